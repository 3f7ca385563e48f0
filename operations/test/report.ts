import { readFileSync } from "node:fs";

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** A file that could not even be loaded has no tests to fail. */
  readonly numFailedTestSuites: number;
  readonly success: boolean;
}

/**
 * The last line of a test run, counted from the report that the runner wrote.
 * @param file the runner's JSON report; without it the run broke before it could count
 */
export function closingLine(file: string): { line: string; passed: boolean } {
  let report: VitestReport;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    return { line: "0 passed, 1 failed", passed: false };
  }
  const broken = report.success
    ? 0
    : Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0, 1);
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  return {
    line: `${report.numPassedTests} passed, ${broken} failed${skipped}`,
    passed: report.success && report.numPassedTests > 0,
  };
}
