import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TestModule } from "vitest/node";
import { type FileTime, readTimes, timesReport } from "../../../../operations/cli/test-times.ts";
import TimesReporter, { timesFileVariable } from "../../../../operations/cli/test-times-reporter.ts";
import { temporaryFolder } from "../../toolchain/support.ts";

const time = (project: string, file: string, startSeconds: number, endSeconds: number): FileTime => ({
  project,
  file,
  startMs: startSeconds * 1000,
  endMs: endSeconds * 1000,
});

describe("what a test run says of its time", () => {
  it("names the longest files first, and how long each project ran in the order of their starts", () => {
    const times = [
      time("engine", "test/engine/rotation.test.ts", 12, 285.26),
      time("unit", "test/unit/walls.test.ts", 1, 4.5),
      time("engine", "test/engine/drift.test.ts", 285.5, 383.5),
    ];
    expect(timesReport(times)).toBe(
      [
        "seconds  project  longest files",
        "  273.3  engine   test/engine/rotation.test.ts",
        "   98.0  engine   test/engine/drift.test.ts",
        "    3.5  unit     test/unit/walls.test.ts",
        "",
        "seconds  project  files",
        "    3.5  unit     1",
        "  371.5  engine   2",
      ].join("\n"),
    );
  });

  it("names ten files and counts all", () => {
    const times = Array.from({ length: 12 }, (_, place) => time("unit", `${place}.test.ts`, 0, place + 1));
    const [files, projects] = timesReport(times).split("\n\n");
    expect(files?.split("\n").slice(1)).toEqual(
      Array.from({ length: 10 }, (_, place) =>
        expect.stringMatching(new RegExp(` ${11 - place}\\.test\\.ts$`)),
      ),
    );
    expect(projects).toMatch(/^ +12\.0 {2}unit +12$/m);
  });

  it("counts the time of files that ran side by side once", () => {
    const times = [time("engine", "a.test.ts", 0, 60), time("engine", "b.test.ts", 10, 50)];
    expect(timesReport(times)).toMatch(/^ +60\.0 {2}engine +2$/m);
  });

  it("is empty where no file ran, or the run broke before it could write its times", () => {
    expect(timesReport([])).toBe("");
    const file = join(temporaryFolder(), "times.json");
    expect(readTimes(file)).toEqual([]);
    writeFileSync(file, "[{");
    expect(readTimes(file)).toEqual([]);
  });
});

describe("the reporter of times", () => {
  const testModule = (project: string, file: string) =>
    ({ id: file, relativeModuleId: file, project: { name: project } }) as TestModule;

  it("writes each file's project, start and end, also of a file that never came to its end", () => {
    const file = join(temporaryFolder(), "reports", "times.json");
    process.env[timesFileVariable] = file;
    try {
      const [whole, cut, untouched] = ["whole", "cut", "untouched"].map((name) => testModule("unit", name));
      if (!whole || !cut || !untouched) throw new Error("there are three");
      const reporter = new TimesReporter();
      reporter.onTestModuleQueued(whole);
      reporter.onTestModuleEnd(whole);
      reporter.onTestModuleQueued(cut);
      reporter.onTestRunEnd([whole, cut, untouched]);
      const [first, second, third] = readTimes(file);
      expect([first?.project, first?.file]).toEqual(["unit", "whole"]);
      expect(first?.endMs).toBeGreaterThanOrEqual(first?.startMs ?? Number.NaN);
      expect(second?.startMs).toBeGreaterThanOrEqual(first?.endMs ?? Number.NaN);
      expect(second?.endMs).toBeGreaterThan(second?.startMs ?? Number.NaN);
      expect(third?.endMs).toBe(third?.startMs);
    } finally {
      delete process.env[timesFileVariable];
    }
  });
});
