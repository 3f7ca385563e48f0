import { describe, expect, it, vi } from "vitest";
import { aboutTime, createReport, elapsedTime, runningLine } from "../../../toolchain/report.ts";

function output(isTTY: boolean) {
  const written: string[] = [];
  return { written, isTTY, columns: 100, write: (text: string) => written.push(text) };
}

const steps = [
  { title: "pulling the image", estimateSeconds: 20 },
  { title: "building pulumi", estimateSeconds: 240 },
];

describe("times", () => {
  it.each([
    [0.2, "1 s"],
    [7, "7 s"],
    [33, "35 s"],
    [58, "1 min"],
    [240, "4 min"],
    [3900, "1 h 5 min"],
  ])("an estimate of %d s is said as %s", (seconds, text) => {
    expect(aboutTime(seconds)).toBe(text);
  });

  it("that passed are told to the second", () => {
    expect(elapsedTime(7_900)).toBe("0:07");
    expect(elapsedTime(230_000)).toBe("3:50");
  });
});

describe("a running step", () => {
  it("says how long it takes and how long the rest, if there is one", () => {
    const [, step] = steps as [never, (typeof steps)[number]];
    expect(runningLine(step, "[2/3] ", 60)).toBe(
      "[2/3] building pulumi (about 4 min, the rest about 1 min) …",
    );
    expect(runningLine(step, "[3/3] ", 0)).toBe("[3/3] building pulumi (about 4 min) …");
  });
});

describe("a report in a log", () => {
  it("has a line when a step begins and one when it is done, counted", async () => {
    const log = output(false);
    const report = createReport(log);
    report.plan(steps);
    for (const step of steps) await report.step(step, async () => {});
    expect(log.written).toEqual([
      "[1/2] pulling the image (about 20 s, the rest about 4 min) …\n",
      "[1/2] pulling the image: done in 0:00\n",
      "[2/2] building pulumi (about 4 min) …\n",
      "[2/2] building pulumi: done in 0:00\n",
    ]);
  });

  it("tells once a minute that a long step still runs, and what it does", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    const log = output(false);
    const [step] = steps as [(typeof steps)[number]];
    await createReport(log).step(step, async (note) => {
      note("layer 2 of 3");
      vi.advanceTimersByTime(61_000);
    });
    vi.useRealTimers();
    expect(log.written[1]).toBe("pulling the image: layer 2 of 3 1:00\n");
    expect(log.written).toHaveLength(3);
  });

  it("says that a step failed, and hands on why", async () => {
    const log = output(false);
    const [step] = steps as [(typeof steps)[number]];
    const failing = createReport(log).step(step, () => Promise.reject(new Error("no route")));
    await expect(failing).rejects.toThrow("no route");
    expect(log.written.at(-1)).toBe("pulling the image: failed after 0:00\n");
  });
});

describe("a report at a terminal", () => {
  it("keeps one line alive, no longer than the terminal is wide, and leaves one line per step", async () => {
    const terminal = output(true);
    const [step] = steps as [(typeof steps)[number]];
    await createReport(terminal).step(step, async (note) => note("x".repeat(500)));
    const lines = terminal.written.filter((text) => text.endsWith("\n"));
    expect(lines).toEqual(["pulling the image: done in 0:00\n"]);
    for (const text of terminal.written) expect(text.replace("\r\u001b[2K", "").length).toBeLessThan(100);
  });
});
