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
    [["dev", "prod"], /"prod" is too much; allowed is one stack/],
    [["../etc"], /"..\/etc" is not a stack's name; allowed are letters, digits/],
    [["a b"], /"a b" is not a stack's name/],
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

        STACK              the stack, default dev
        --volumes          deletes the data
        --to DIR           where to
        --yes              answers yes to the command's questions
        --help             shows this help"
    `);
  });

  it("say nothing where every flag has its own name", () => {
    expect(readArguments(usage, ["--to", "x"])).toMatchObject({ warnings: [] });
  });

  it("are told with one pair of dashes, also for a command of two words", () => {
    const text = usageText({ ...usage, command: "rotate -- leaves" });
    expect(text.split("\n")[0]).toBe("npm run rotate -- leaves [OPTIONS] [STACK]");
  });

  it("of a command for the whole project offer no stack, and take none", () => {
    const check = { ...usage, command: "check", withoutStack: true } as const;
    expect(usageText(check).split("\n")[0]).toBe("npm run check -- [OPTIONS]");
    expect(usageText(check)).not.toContain("STACK");
    expect(() => readArguments(check, ["dev"])).toThrow('"dev" is too much; this command takes no stack');
    expect(readArguments(check, ["--volumes"])).toMatchObject({ given: new Set(["volumes"]) });
  });
});

describe("a flag that had another name in the release before", () => {
  const renamed = {
    command: "up",
    help: "Brings a stack up.",
    flags: [{ name: "skip", oldName: "without", argument: "PODS", help: "skips pods" }, yesFlag],
  };
  const start =
    "--without is the old word for --skip. The next release does not read it. Write: npm run up --";

  it.each([
    [["--without", "no,se", "prod"], "--skip no,se prod"],
    [["prod", "--yes", "--without=no"], "prod --yes --skip=no"],
    [["--without", "it's $HOME"], "--skip 'it'\\''s $HOME'"],
  ])("is read by the old one, with one warning that shows the line to write: %j", (argv, line) => {
    const old = readArguments(renamed, argv);
    const now = readArguments(
      renamed,
      argv.map((word) => word.replace("--without", "--skip")),
    );
    if (old === "help" || now === "help") throw new Error("nobody asked for help");
    expect(old).toEqual({ ...now, warnings: [`${start} ${line}`] });
    expect(now.warnings).toEqual([]);
    expect(now.given).toContain("skip");
  });

  it("is refused by both, with both names", () => {
    const both = () => readArguments(renamed, ["--without", "no", "--skip", "se"]);
    expect(both).toThrow(UsageError);
    expect(both).toThrow(
      "--without and --skip are given together, and only one of them is allowed: --without is the old word for --skip. " +
        "Write only --skip\n\n" +
        "npm run up -- [OPTIONS] [STACK]",
    );
  });

  it("is shown by its new one alone", () => {
    expect(usageText(renamed)).toContain("  --skip PODS        skips pods");
    expect(usageText(renamed)).not.toContain("without");
  });
});
