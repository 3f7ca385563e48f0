import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const minute = 60_000;

/** Most of a test's time is waiting, so two files run side by side, also on two cores. */
const sideBySide = 2;

/** No other file runs beside such a file: the comment at its top says why. */
const alone = "**/*.alone.test.ts";
/** Too long for every run. */
const long = "**/*.long.test.ts";

/** Minutes each. A file that starts last keeps the others' workers idle until it ends. */
const longest = ["rotation", "drift", "life", "rotate", "versions", "memory-stream", "preview", "workflows"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return found === -1 ? longest.length : found;
    };
    const sorted = await super.sort(files);
    const group = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    return sorted.sort((one, other) => group(one) - group(other) || place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts", "test/component/**/*.test.ts"],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // The plugins that are built here have tests of their own, in Go.
        test: {
          name: "go",
          include: ["test/go/**/*.test.ts"],
          // Compiling the vendor's bridge takes minutes, the first time.
          testTimeout: 20 * minute,
          sequence: { groupOrder: 1 },
        },
      },
      {
        // Real servers on loopback, no engine.
        test: {
          name: "servers",
          include: ["test/servers/**/*.test.ts"],
          exclude: [alone, long],
          testTimeout: minute,
          hookTimeout: minute,
          maxWorkers: sideBySide,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // Real Pulumi on the real Docker engine, a stack of its own for each file.
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          exclude: [alone, long],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
          maxWorkers: sideBySide,
          sequence: { groupOrder: 2 },
        },
      },
      {
        // What measures time, of both.
        test: {
          name: "alone",
          include: ["test/{servers,engine}/**/*.alone.test.ts"],
          testTimeout: 5 * minute,
          hookTimeout: 5 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        // The prod stack on three test hosts.
        test: {
          name: "rehearsal",
          include: ["test/rehearsal/**/*.test.ts"],
          exclude: [long, "test/rehearsal/matrix.test.ts"],
          testTimeout: 5 * minute,
          hookTimeout: 10 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
      {
        // `npm run rehearse -- --all`; too long for every run.
        test: {
          name: "matrix",
          include: ["test/rehearsal/matrix.test.ts"],
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
          sequence: { groupOrder: 5 },
        },
      },
      {
        // `npm run test:long`
        test: {
          name: "long",
          include: ["test/**/*.long.test.ts"],
          testTimeout: 10 * minute,
          hookTimeout: 10 * minute,
          fileParallelism: false,
          sequence: { groupOrder: 6 },
        },
      },
    ],
  },
});
