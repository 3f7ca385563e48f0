import { parseArgs } from "node:util";

export interface Flag {
  readonly name: string;
  /** A flag with an argument's name takes a value: `--to DIR`. */
  readonly argument?: string;
  readonly help: string;
}

export interface Usage {
  readonly command: string;
  /** What it does, in one or two sentences. */
  readonly help: string;
  readonly flags: readonly Flag[];
}

export interface Arguments {
  readonly stack: string;
  readonly given: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
}

/** The person used the command wrongly; the message says how to use it. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const yesFlag: Flag = { name: "yes", help: "answers yes to what would be asked" };

/** @throws UsageError naming what is not understood, with the whole usage behind it */
export function readArguments(usage: Usage, argv: readonly string[]): Arguments | "help" {
  const options = Object.fromEntries(
    [...usage.flags, { name: "help", help: "" } as Flag].map((flag) => [
      flag.name,
      { type: flag.argument === undefined ? ("boolean" as const) : ("string" as const) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (values.help === true) return "help";
    const [stack = "dev", ...rest] = positionals;
    if (rest.length > 0) throw new Error(`"${rest.join(" ")}" is too much: one stack at a time`);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(stack)) throw new Error(`"${stack}" is no name of a stack`);
    const entries = Object.entries(values);
    return {
      stack,
      given: new Set(entries.map(([name]) => name)),
      values: new Map(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []))),
    };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usageText(usage)}`);
  }
}

export function usageText(usage: Usage): string {
  const lines = usage.flags.map((flag) => {
    const shown = flag.argument === undefined ? `--${flag.name}` : `--${flag.name} ${flag.argument}`;
    return `  ${shown.padEnd(18)} ${flag.help}`;
  });
  const options = lines.length > 0 ? "[OPTIONS] " : "";
  return [
    `npm run ${usage.command}${usage.command.includes(" -- ") ? "" : " --"} ${options}[STACK]`,
    "",
    usage.help,
    "",
    `  ${"STACK".padEnd(18)} which stack, default dev`,
    ...lines,
    `  ${"--help".padEnd(18)} shows this`,
  ].join("\n");
}
