import { type Arguments, readArguments, type Usage, UsageError, usageText } from "./arguments.ts";

/** A failure that people can expect. Its message says what to do. */
export class Failure extends Error {
  override name = "Failure";
}

/**
 * Runs a command as a process: `--help`, and the rest as {@link runReporting}.
 * @param argv what the person wrote behind the command
 */
export async function runCommand(
  usage: Usage,
  main: (given: Arguments) => Promise<number>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<void> {
  await runReporting(async () => {
    const given = readArguments(usage, argv);
    if (given !== "help") {
      for (const warning of given.warnings) process.stderr.write(`Warning: ${warning}\n`);
      return main(given);
    }
    process.stdout.write(`${usageText(usage)}\n`);
    return 0;
  });
  // The NATS library leaves the sockets of failed attempts open. They would keep this process alive.
  process.stderr.write("", () => process.stdout.write("", () => process.exit()));
}

/**
 * Prints errors in words, without a stack trace (`UNITYPLAN_DEBUG=1` shows it). The exit code is 1 for a failure, and 2
 * for wrong usage.
 * @param main gives the exit code
 */
export async function runReporting(main: () => Promise<number>): Promise<void> {
  // The reader may close the pipe early, as `head` does.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    process.exitCode = error instanceof UsageError ? 2 : 1;
    const trace = process.env.UNITYPLAN_DEBUG === "1" && error instanceof Error ? error.stack : undefined;
    process.stderr.write(`\n${trace ?? (error instanceof Error ? error.message : String(error))}\n`);
  }
}
