import { readFileSync } from "node:fs";

/** What is read of vitest's JSON report: https://vitest.dev/guide/reporters#json-reporter */
export interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults: readonly {
    /** `failed` also where the file could not be loaded or a hook threw, and no test of it failed. */
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** @returns undefined where the run broke before it could write one */
export function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as VitestReport;
  } catch {
    return undefined;
  }
}

/**
 * The last line of a test run, counted from the runner's own report.
 * @param exitCode the runner's: it also counts errors outside of tests, which the report does not have
 */
export function closingLine(
  report: VitestReport | undefined,
  exitCode: number,
): { readonly line: string; readonly passed: boolean } {
  if (report === undefined) return { line: "0 passed, 1 failed", passed: false };
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((result) => result.status === "failed"),
  );
  const counted = report.numFailedTests + broken.length;
  const failed = counted === 0 && (exitCode !== 0 || report.numPassedTests === 0) ? 1 : counted;
  const skipped = report.numPendingTests > 0 ? `, ${report.numPendingTests} skipped` : "";
  return { line: `${report.numPassedTests} passed, ${failed} failed${skipped}`, passed: failed === 0 };
}
