import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Reporter, TestModule } from "vitest/node";
import type { FileTime } from "./test-times.ts";

/** Names the file that the times go into. */
export const timesFileVariable = "UNITYPLAN_TEST_TIMES";

/**
 * Vitest's reporter that writes when each file ran, and in which project. Vitest's own JSON report does not name the
 * project, and it does not count the hooks before a file's first test, where most stacks are deployed.
 */
export default class TimesReporter implements Reporter {
  readonly #started = new Map<string, number>();
  readonly #ended = new Map<string, number>();

  onTestModuleQueued(testModule: TestModule): void {
    this.#started.set(testModule.id, performance.now());
  }

  onTestModuleEnd(testModule: TestModule): void {
    this.#ended.set(testModule.id, performance.now());
  }

  /** A file whose process died has no end of its own: it ran until now. */
  onTestRunEnd(testModules: readonly TestModule[]): void {
    const file = process.env[timesFileVariable];
    if (file === undefined) return;
    const now = performance.now();
    const times: FileTime[] = testModules.map(({ id, project, relativeModuleId }) => ({
      project: project.name,
      file: relativeModuleId,
      startMs: this.#started.get(id) ?? now,
      endMs: this.#ended.get(id) ?? now,
    }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(times));
  }
}
