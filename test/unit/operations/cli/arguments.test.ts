import { describe, expect, it } from "vitest";
import { readArguments, UsageError, usageText, yesFlag } from "../../../../operations/cli/arguments.ts";

const usage = {
  command: "down",
  help: "Takes a stack down.",
  flags: [
    { name: "volumes", help: "deletes the data" },
    { name: "to", argument: "DIR", help: "where to" },
    yesFlag,
  ],
};

describe("arguments", () => {
  it("are about dev when no stack is named", () => {
    expect(readArguments(usage, [])).toMatchObject({ stack: "dev" });
  });

  it("name a stack and flags in any order", () => {
    const given = readArguments(usage, ["--volumes", "prod", "--to", "/tmp/x"]);
    expect(given).toMatchObject({ stack: "prod" });
    expect(given).toHaveProperty("given", new Set(["volumes", "to"]));
    expect(given).toHaveProperty("values", new Map([["to", "/tmp/x"]]));
  });

  it.each([
    [["--volume"], /--volume/],
    [["dev", "prod"], /"prod" is too much/],
    [["../etc"], /"..\/etc" is no name of a stack/],
    [["a b"], /"a b" is no name of a stack/],
    [["--to"], /--to/],
  ])("%j are refused with the usage behind the reason", (argv, reason) => {
    expect(() => readArguments(usage, argv)).toThrow(UsageError);
    expect(() => readArguments(usage, argv)).toThrow(reason);
    expect(() => readArguments(usage, argv)).toThrow("npm run down -- [OPTIONS] [STACK]");
  });

  it("ask for help", () => {
    expect(readArguments(usage, ["--help"])).toBe("help");
    expect(usageText(usage)).toMatchInlineSnapshot(`
      "npm run down -- [OPTIONS] [STACK]

      Takes a stack down.

        STACK              which stack, default dev
        --volumes          deletes the data
        --to DIR           where to
        --yes              answers yes to what would be asked
        --help             shows this"
    `);
  });

  it("are told with one pair of dashes, also for a command of two words", () => {
    const text = usageText({ ...usage, command: "rotate -- leaves" });
    expect(text.split("\n")[0]).toBe("npm run rotate -- leaves [OPTIONS] [STACK]");
  });
});
