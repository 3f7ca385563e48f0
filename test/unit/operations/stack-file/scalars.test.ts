import { describe, expect, it } from "vitest";
import { misreadingOf } from "../../../../operations/stack-file/misreadings.ts";
import { plainScalar } from "../../../../operations/stack-file/scalars.ts";
import { scalars } from "../../../support/scalars.ts";

describe("a scalar without quotes", () => {
  it.each(scalars)("%s is what Pulumi makes of it", (source, value) => {
    expect(plainScalar(source)).toBe(value);
  });

  it.each([
    [".inf", Infinity],
    ["+.INF", Infinity],
    ["-.Inf", -Infinity],
    [".nan", Number.NaN],
    [".NaN", Number.NaN],
  ])("%s is a number that no program is handed", (source, value) => {
    expect(plainScalar(source)).toBe(value);
  });
});

describe("a value that a person and Pulumi read differently", () => {
  it.each([
    ["010", 'Pulumi reads 010 as 8; write 10 for the decimal number, or "010" for the string'],
    ["-0_17", 'Pulumi reads -0_17 as -15; write -17 for the decimal number, or "-0_17" for the string'],
    [
      "2026-01-02",
      'Pulumi reads 2026-01-02 as the string "2026-01-02 00:00:00 +0000 UTC"; write "2026-01-02" in quotes to keep the string as it is',
    ],
  ])("%s is told with what Pulumi reads", (source, message) => {
    expect(misreadingOf(source)).toBe(message);
  });

  it.each([
    "no",
    "on",
    "007",
    "08",
    "0x10",
    "0o10",
    "0b11",
    "1_000",
    "1.0",
    "1e3",
    "12:30:45",
    "~",
    "2026-02-30",
  ])("%s is none of them", (source) => {
    expect(misreadingOf(source)).toBeUndefined();
  });
});
