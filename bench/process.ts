import { type ChildProcess, spawn } from "node:child_process";
import { Failure } from "../operations/cli/command.ts";
import { lastLines } from "../toolchain/run-program.ts";

/** A command as a person would type it. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** The person stopped the benchmark; what it made is removed all the same. */
export class Interrupted extends Error {
  override name = "Interrupted";
}

/** Ten times what anything here takes. */
const limitMs = 600_000;
/** Longer than Pulumi takes to end its plugins and to save its state. */
const graceMs = 20_000;

/** @returns the time that a part of a command takes in this process, in seconds */
export async function timedPart(part: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await part();
  return (performance.now() - start) / 1000;
}

/**
 * Runs a command to its end.
 * @returns the time from its start to its end, in seconds
 * @throws Failure with its last lines when it failed, Interrupted when `signal` ended it
 */
export async function timed(command: Command, signal: AbortSignal): Promise<number> {
  if (signal.aborted) throw new Interrupted("interrupted");
  const { program, args, cwd, env } = command;
  const start = performance.now();
  // A group of its own: Ctrl-C reaches it once, from here, and its children with it.
  const child = spawn(program, [...args], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const stop = () => end(child);
  const timer = setTimeout(stop, limitMs);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const code = await ended(child);
    const seconds = (performance.now() - start) / 1000;
    if (signal.aborted) throw new Interrupted("interrupted");
    if (code === 0) return seconds;
    throw new Failure(`${program} ${args.join(" ")} failed (${code}):\n${lastLines(output, 30)}`);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal));
  });
}

/** Asks the whole group to end, and makes it. */
function end(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  process.kill(-pid, "SIGINT");
  const kill = setTimeout(() => process.kill(-pid, "SIGKILL"), graceMs);
  child.once("close", () => clearTimeout(kill));
}
