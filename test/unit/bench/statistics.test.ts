import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { median, perFurther, summarize } from "../../../bench/statistics.ts";

const seconds = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });

describe("the median", () => {
  it("is the middle one of an odd number, in whatever order they come", () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it("is the mean of the two in the middle of an even number", () => {
    expect(median([10, 1, 2, 4])).toBe(3);
  });

  it("sorts by size and not by spelling", () => {
    expect(median([10, 9, 100])).toBe(10);
  });

  it("has no more than half of the values on either side", () => {
    fc.assert(
      fc.property(seconds, (values) => {
        const middle = median(values);
        expect(values.filter((value) => value < middle).length).toBeLessThanOrEqual(values.length / 2);
        expect(values.filter((value) => value > middle).length).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it("leaves the values in their order", () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it("is refused of no values", () => {
    expect(() => median([])).toThrow("no median of no values");
  });
});

describe("a summary", () => {
  it("has the fastest and the slowest beside the median", () => {
    expect(summarize([4, 2, 9])).toEqual({ median: 4, min: 2, max: 9 });
  });
});

describe("what a further thing costs", () => {
  it("is the difference in time over the difference in number", () => {
    expect(perFurther({ count: 50, seconds: 8 }, { count: 200, seconds: 23 })).toBeCloseTo(0.1);
  });
});
