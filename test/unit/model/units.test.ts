import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatSize, goDuration, parseDuration, parseSize } from "../../../model/units.ts";

describe("durations", () => {
  it.each([
    ["500ms", 0.5],
    ["1s", 1],
    ["2m", 120],
    ["12h", 43_200],
    ["7d", 604_800],
    ["0s", 0],
  ])("reads %s as seconds", (text, seconds) => {
    expect(parseDuration(text)).toEqual({ value: seconds });
  });

  it.each(["7", 7])("refuses %j, which has no unit", (value) => {
    expect(parseDuration(value)).toEqual({
      fault:
        'has no unit; allowed a whole number with one of the units ms, s, m, h, d, for example "2m" or "30d"',
    });
  });

  it.each(["7w", "7MB", "7D", "7S"])("refuses the unit of %s", (text) => {
    expect(parseDuration(text)).toEqual({
      fault: expect.stringContaining(`has the unknown unit "${text.slice(1)}"`),
    });
  });

  it.each(["", "d", "-1d", "1.5h", "1h30m", " 7d", "7 d", "7d\n", true, null, undefined, [], {}, ["7d"]])(
    "refuses %j",
    (value) => {
      expect(parseDuration(value)).toEqual({ fault: expect.stringContaining("is not a duration; allowed") });
    },
  );

  it("refuses what the server's 64 bits of nanoseconds can't hold", () => {
    expect(parseDuration("106751d")).toEqual({ value: 106_751 * 86_400 });
    expect(parseDuration("106752d")).toEqual({ fault: "is too long; allowed at most 106751d" });
  });

  it("gives back what it wrote", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000_000 }), (milliseconds) => {
        const seconds = milliseconds / 1000;
        expect(parseDuration(formatDuration(seconds))).toEqual({ value: seconds });
      }),
    );
  });

  it("writes them for Go without days", () => {
    expect([goDuration(30), goDuration(86_400), goDuration(0.25)]).toEqual(["30s", "86400s", "250ms"]);
  });
});

describe("sizes", () => {
  it.each([
    ["8MB", 8_388_608],
    ["8MiB", 8_388_608],
    ["1KB", 1024],
    ["20GB", 20 * 1024 ** 3],
    ["2TiB", 2 * 1024 ** 4],
  ])("reads %s as bytes, as the server does", (text, bytes) => {
    expect(parseSize(text)).toEqual({ value: bytes });
  });

  it.each(["8", 8_388_608])("refuses %j, which has no unit", (value) => {
    expect(parseSize(value)).toEqual({
      fault: expect.stringContaining("has no unit; allowed a whole number with"),
    });
  });

  it.each(["8mb", "8M", "8B", "8d"])("refuses the unit of %s", (text) => {
    expect(parseSize(text)).toEqual({
      fault: expect.stringContaining(`has the unknown unit "${text.slice(1)}"`),
    });
  });

  it.each(["", "MB", "-8MB", "1.5GB", "8 MB", false, null])("refuses %j", (value) => {
    expect(parseSize(value)).toEqual({ fault: expect.stringContaining("is not a size; allowed") });
  });

  it("refuses what a number can't hold exactly", () => {
    expect(parseSize("8191TB")).toEqual({ value: 8191 * 1024 ** 4 });
    expect(parseSize("8192TB")).toEqual({ fault: "is too large; allowed at most 8191TB" });
  });

  it("gives back what it wrote, where a unit divides it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (kilobytes) => {
        expect(parseSize(formatSize(kilobytes * 1024))).toEqual({ value: kilobytes * 1024 });
      }),
    );
    expect(formatSize(1000)).toBe("1000 bytes");
  });
});
