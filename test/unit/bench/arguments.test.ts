import { describe, expect, it } from "vitest";
import { readBenchArguments } from "../../../bench/arguments.ts";
import { UsageError } from "../../../operations/cli/arguments.ts";

describe("arguments of the benchmark", () => {
  it("are five runs without scale when nothing is said", () => {
    expect(readBenchArguments([])).toEqual({ runs: 5, scale: false });
  });

  it("choose the runs and the scale", () => {
    expect(readBenchArguments(["--scale", "--runs", "2"])).toEqual({ runs: 2, scale: true });
  });

  it("ask for help", () => {
    expect(readBenchArguments(["--help"])).toBe("help");
  });

  it.each([["0"], ["-1"], ["1.5"], ["many"], ["101"], [""]])(
    "refuse %j runs with what is allowed",
    (runs) => {
      const read = () => readBenchArguments([`--runs=${runs}`]);
      expect(read).toThrow(UsageError);
      expect(read).toThrow("a whole number from 1 to 100");
    },
  );

  it.each([[["--scales"]], [["dev"]]])("refuse %j with the usage", (argv) => {
    expect(() => readBenchArguments(argv)).toThrow("npm run bench -- [OPTIONS]");
  });
});
