import { type Arguments, readArguments, type Usage, UsageError, usageText } from "./arguments.ts";

/** Something that is expected to happen to people; its message says what to do, and a stack trace would only hide it. */
export class Failure extends Error {
  override name = "Failure";
}

/** Runs a command as a process: `--help`, errors in words, exit code 1 for a failure and 2 for wrong usage. */
export async function runCommand(usage: Usage, main: (given: Arguments) => Promise<number>): Promise<void> {
  try {
    const given = readArguments(usage, process.argv.slice(2));
    if (given === "help") process.stdout.write(`${usageText(usage)}\n`);
    else process.exitCode = await main(given);
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : 1;
    const unexpected =
      process.env.UNITYPLAN_DEBUG === "1" && error instanceof Error ? error.stack : undefined;
    process.stderr.write(`\n${unexpected ?? (error instanceof Error ? error.message : String(error))}\n`);
  }
}
