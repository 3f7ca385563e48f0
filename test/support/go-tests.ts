import { join } from "node:path";
import type { Go } from "../../toolchain/go.ts";
import { runProgram } from "../../toolchain/run-program.ts";
import { goTestEnv, type TestedModule, testBinaries } from "./go-test-binaries.ts";

/** What the Go tests of a module came to. */
export interface GoTestsRan {
  readonly passed: number;
  /** How many failed, and each binary that broke off without saying which test it was. */
  readonly failed: number;
  readonly skipped: number;
  /** All that they said. */
  readonly output: string;
}

/**
 * Runs all Go tests of a module, as `go test ./...` does: each package's in its own folder. Only their compilation is
 * taken from the cache.
 * @throws Error with what Go said, where they don't compile
 */
export async function runGoTests(
  cache: string,
  module: TestedModule,
  go: Go,
  env: NodeJS.ProcessEnv = process.env,
): Promise<GoTestsRan> {
  const ran: GoTestsRan[] = [];
  for (const { file, packageFolder } of await testBinaries(cache, module, go, env)) {
    const cwd = join(module.folder, packageFolder);
    const { code, output, stopped } = await runProgram(file, flags, {
      cwd,
      env: { ...goTestEnv(env), PWD: cwd },
    });
    ran.push(countTests(`${output}\n${file}: ${stopped ?? `exit code ${code}`}\n`, code === 0));
  }
  const sum = (key: "passed" | "failed" | "skipped") => ran.reduce((total, one) => total + one[key], 0);
  return {
    passed: sum("passed"),
    failed: sum("failed"),
    skipped: sum("skipped"),
    output: ran.map(({ output }) => output).join("\n"),
  };
}

/**
 * @returns how many passed
 * @throws Error with all that Go said, where a test failed or was skipped, or where none ran
 */
export function mustHavePassed({ passed, failed, skipped, output }: GoTestsRan): number {
  if (passed > 0 && failed === 0 && skipped === 0) return passed;
  throw new Error(`${passed} Go tests passed, ${failed} failed, ${skipped} were skipped:\n${output}`);
}

/** `go test` gives the same: a test that ends the process with 0 has not passed. */
const flags = ["-test.v", "-test.paniconexit0", "-test.timeout=10m"];

/** Counts tests, not the tests within a test, whose lines are indented. */
export function countTests(output: string, exitedWell: boolean): GoTestsRan {
  const count = (word: string) => output.match(new RegExp(`^--- ${word}: `, "gm"))?.length ?? 0;
  const failed = count("FAIL");
  return {
    passed: count("PASS"),
    failed: exitedWell ? failed : Math.max(failed, 1),
    skipped: count("SKIP"),
    output,
  };
}
