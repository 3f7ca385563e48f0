import { parseArgs } from "node:util";
import { quoted } from "../../model/ssh.ts";

export interface Flag {
  readonly name: string;
  /** Its name in the release before this one: read with a warning, and not by the next release. */
  readonly oldName?: string;
  /** A flag with an argument's name takes a value: `--to DIR`. */
  readonly argument?: string;
  readonly help: string;
}

export interface Usage {
  readonly command: string;
  /** What the command does, in short sentences. */
  readonly help: string;
  readonly flags: readonly Flag[];
  /** The command works on the whole project, and takes no stack. Default: false. */
  readonly withoutStack?: true;
}

export interface Arguments {
  readonly stack: string;
  readonly given: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  /** For the person, before the command begins. */
  readonly warnings: readonly string[];
}

/** The person used the command in a wrong way. The message shows the right way. */
export class UsageError extends Error {
  override name = "UsageError";
}

export const yesFlag: Flag = { name: "yes", help: "answers yes to the command's questions" };

/** @throws UsageError with the words that are wrong, and with the whole usage */
export function readArguments(usage: Usage, argv: readonly string[]): Arguments | "help" {
  const options = Object.fromEntries(
    [...usage.flags, { name: "help", help: "" } as Flag].flatMap((flag) => {
      const option = { type: flag.argument === undefined ? ("boolean" as const) : ("string" as const) };
      const names = flag.oldName === undefined ? [flag.name] : [flag.name, flag.oldName];
      return names.map((name) => [name, option]);
    }),
  );
  try {
    const { values: written, positionals } = parseArgs({
      args: [...argv],
      options,
      allowPositionals: true,
      strict: true,
    });
    if (written.help === true) return "help";
    const { values, warnings } = inTodaysWords(usage, written, argv);
    const [stack = "dev", ...rest] = positionals;
    if (usage.withoutStack && positionals.length > 0)
      throw new Error(`"${positionals.join(" ")}" is too much; this command takes no stack`);
    if (rest.length > 0) throw new Error(`"${rest.join(" ")}" is too much; allowed is one stack`);
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(stack))
      throw new Error(
        `"${stack}" is not a stack's name; allowed are letters, digits, ".", "_" and "-", and the first is a letter or a digit`,
      );
    const entries = Object.entries(values);
    return {
      stack,
      given: new Set(entries.map(([name]) => name)),
      values: new Map(entries.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : []))),
      warnings,
    };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${usageText(usage)}`);
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** @throws Error where a flag is given by its old and by its new name */
function inTodaysWords(usage: Usage, written: Values, argv: readonly string[]) {
  const old = usage.flags.flatMap(({ name, oldName }) =>
    oldName === undefined || written[oldName] === undefined ? [] : [{ name, oldName }],
  );
  const both = old.find(({ name }) => written[name] !== undefined);
  if (both !== undefined) {
    throw new Error(
      `--${both.oldName} and --${both.name} are given together, and only one of them is allowed: --${both.oldName} is the ` +
        `old word for --${both.name}. Write only --${both.name}`,
    );
  }
  const todays = (word: string) => old.find(({ oldName }) => oldName === word)?.name ?? word;
  const line = argv.map((word) =>
    shellWord(word.replace(/^--([^=]+)/, (_, name: string) => `--${todays(name)}`)),
  );
  return {
    values: Object.fromEntries(Object.entries(written).map(([name, value]) => [todays(name), value])),
    warnings: old.map(
      ({ name, oldName }) =>
        `--${oldName} is the old word for --${name}. The next release does not read it. ` +
        `Write: ${npmRun(usage)} ${line.join(" ")}`,
    ),
  };
}

function npmRun({ command }: Usage): string {
  return `npm run ${command}${command.includes(" -- ") ? "" : " --"}`;
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : quoted(word);
}

export function usageText(usage: Usage): string {
  const lines = usage.flags.map((flag) => {
    const shown = flag.argument === undefined ? `--${flag.name}` : `--${flag.name} ${flag.argument}`;
    return `  ${shown.padEnd(18)} ${flag.help}`;
  });
  const options = lines.length > 0 ? " [OPTIONS]" : "";
  return [
    `${npmRun(usage)}${options}${usage.withoutStack ? "" : " [STACK]"}`,
    "",
    usage.help,
    "",
    ...(usage.withoutStack ? [] : [`  ${"STACK".padEnd(18)} the stack, default dev`]),
    ...lines,
    `  ${"--help".padEnd(18)} shows this help`,
  ].join("\n");
}
