import { describe, expect, it } from "vitest";
import { barsOf, passes, scaleBars } from "../../../bench/bars.ts";
import { ours, terraform } from "../../../bench/names.ts";
import { Samples, type Step } from "../../../bench/samples.ts";

function samplesOf(values: Readonly<Record<string, Partial<Record<Step, number[]>>>>): Samples {
  const samples = new Samples();
  for (const [who, steps] of Object.entries(values)) {
    for (const [step, all] of Object.entries(steps)) {
      for (const seconds of all) samples.add(who, step as Step, seconds);
    }
  }
  return samples;
}

function barNamed(samples: Samples, name: RegExp) {
  const bar = barsOf(samples).find((one) => name.test(one.name));
  if (bar === undefined) throw new Error(`no bar ${name}`);
  return bar;
}

describe("a bar", () => {
  it.each([
    ["cold up", /cold up \/ Terraform/, 1.6],
    ["no-op preview", /preview/, 1.1],
    ["down", /down/, 1.5],
  ] as const)("compares the medians of %s with Terraform's", (step, name, limit) => {
    const at = samplesOf({ [ours]: { [step]: [1, limit * 2, 90] }, [terraform]: { [step]: [0.5, 2, 70] } });
    expect(barNamed(at, name)).toMatchObject({ limit, measured: limit });
    expect(passes(barNamed(at, name))).toBe(true);
    const over = samplesOf({ [ours]: { [step]: [limit * 2 + 0.01] }, [terraform]: { [step]: [2] } });
    expect(passes(barNamed(over, name))).toBe(false);
  });

  it("limits the look after an up by its median", () => {
    const at = samplesOf({ [ours]: { "look after up": [0.2, 0.5, 3] } });
    expect(barNamed(at, /look/)).toMatchObject({ limit: 0.5, unit: "s", measured: 0.5 });
    expect(passes(barNamed(at, /look/))).toBe(true);
    expect(passes(barNamed(samplesOf({ [ours]: { "look after up": [0.51] } }), /look/))).toBe(false);
  });

  it("is neither passed nor missed where Terraform was not measured", () => {
    const alone = samplesOf({ [ours]: { "cold up": [5], "no-op preview": [2], down: [4] } });
    for (const bar of barsOf(alone).filter((one) => one.name.toLowerCase().includes("terraform"))) {
      expect(passes(bar)).toBeUndefined();
    }
  });

  it("is missed by a cold up with two modes", () => {
    const twoModes = samplesOf({ [ours]: { "cold up": [5, 5.1, 10, 5.2, 4.9] } });
    expect(passes(barNamed(twoModes, /slowest/))).toBe(false);
    const oneMode = samplesOf({ [ours]: { "cold up": [5, 5.1, 6.5, 5.2, 4.9] } });
    expect(passes(barNamed(oneMode, /slowest/))).toBe(true);
  });

  it("is set for each further stream between two numbers of them", () => {
    const bars = scaleBars([
      { count: 5, seconds: 5 },
      { count: 50, seconds: 9.5 },
      { count: 200, seconds: 39.5 },
    ]);
    expect(bars.map(({ name }) => name)).toEqual([
      "a further stream, 5 to 50",
      "a further stream, 50 to 200",
    ]);
    expect(bars.map(passes)).toEqual([true, false]);
  });

  it("is not set for streams that were not measured", () => {
    expect(scaleBars([])).toEqual([]);
  });
});
