import { describe, expect, it } from "vitest";
import { Samples } from "../../../bench/samples.ts";
import { barsTable, scaleTable, shown, stepsTable } from "../../../bench/screen.ts";

describe("the screen of the benchmark", () => {
  it("shows median, fastest and slowest", () => {
    expect(shown({ median: 3.914, min: 3.8, max: 4.116 })).toBe("3.91 s (3.80–4.12)");
  });

  it("has a column for everybody and a dash for what was not timed", () => {
    const samples = new Samples();
    samples.add("one", "cold up", 1);
    samples.add("two", "cold up", 2);
    samples.add("two", "cold up", 4);
    samples.add("one", "down", 3);
    expect(stepsTable(samples)).toMatchInlineSnapshot(`
      "               one                 two
      cold up        1.00 s (1.00–1.00)  3.00 s (2.00–4.00)
      no-op up       -                   -
      look after up  -                   -
      no-op preview  -                   -
      down           3.00 s (3.00–3.00)  -"
    `);
  });

  it("says of each bar whether it is passed", () => {
    const text = barsTable([
      { name: "a", limit: 1.6, unit: "×", measured: 1.2 },
      { name: "b", limit: 0.15, unit: "s", measured: 0.2 },
      { name: "c", limit: 1.1, unit: "×", measured: undefined },
    ]);
    expect(text).toMatchInlineSnapshot(`
      "BAR  AT MOST  MEASURED
      a    1.6 ×    1.20 ×    pass
      b    0.15 s   0.20 s    MISS
      c    1.1 ×    -         not measured"
    `);
  });

  it("shows sizes in a row each", () => {
    const sizes = [{ count: 5, up: [5, 6, 7], noOp: [2] }];
    expect(scaleTable({ of: "streams", sizes })).toMatchInlineSnapshot(`
      "streams  cold up             no-op up
      5        6.00 s (5.00–7.00)  2.00 s (2.00–2.00)"
    `);
  });
});
