import { spawn } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

export type Outcome = {
  /** Exit code; undefined if a signal or the time limit ended it, or it could not be started. */
  code: number | undefined;
  /** Standard output and standard error, in the order of arrival. */
  output: string;
  /** Standard output alone. */
  stdout: string;
  /** What ended it, where that was not an exit of its own. */
  stopped?: string;
};

export type RunOptions = {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: Uint8Array;
  /** @default none */
  timeoutSeconds?: number;
  /** Ends the program if its first line is not there by then. @default none */
  firstLineWithinSeconds?: number;
  /** Is told each line as it comes. */
  onLine?: (line: string) => void;
};

/** Runs a program to its end and gathers what it says. Never throws: the outcome tells what happened. */
export function runProgram(program: string, args: string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawn(program, args, { cwd: options.cwd, env: options.env, stdio: "pipe" });
  let output = "";
  let stdout = "";
  let rest = "";
  let stopped: string | undefined;
  const stop = (why: string) => {
    stopped = why;
    child.kill("SIGTERM");
    timers.push(setTimeout(() => child.kill("SIGKILL"), 5_000).unref());
  };
  const timers: NodeJS.Timeout[] = [];
  const limit = (seconds: number | undefined, why: string, broken: () => boolean) =>
    seconds !== undefined && timers.push(setTimeout(() => broken() && stop(why), seconds * 1000));
  limit(options.timeoutSeconds, `ended after ${options.timeoutSeconds} s`, () => true);
  limit(
    options.firstLineWithinSeconds,
    `no answer within ${options.firstLineWithinSeconds} s`,
    () => output === "",
  );

  const take = (chunk: string) => {
    output += chunk;
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) options.onLine?.(line);
  };
  // A character of several bytes may come in two pieces.
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  child.stdout.on("data", (chunk: string) => {
    stdout += chunk;
    take(chunk);
  });
  child.stderr.on("data", take);
  // A program that ends without reading its input breaks the pipe; its exit code tells more.
  child.stdin.on("error", () => {});
  child.stdin.end(options.input);

  return new Promise((resolve) => {
    const done = (outcome: Outcome) => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcome);
    };
    child.on("error", (error) => done({ code: undefined, output, stdout, stopped: error.message }));
    child.on("close", (code, signal) => {
      const why = stopped ?? (signal ? `ended by ${signal}` : undefined);
      done({
        code: stopped ? undefined : (code ?? undefined),
        output,
        stdout,
        ...(why === undefined ? {} : { stopped: why }),
      });
    });
  });
}

/** The last `count` lines of a program's output, indented, for an error message. */
export function lastLines(output: string, count = 15): string {
  const lines = output.trimEnd().split("\n").slice(-count);
  return lines.map((line) => `    ${line}`).join("\n");
}

/** The first executable file of that name in `folders`. */
export function findInFolders(name: string, folders: string[]): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The first executable file of that name on PATH. */
export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return findInFolders(name, (env.PATH ?? "").split(delimiter).filter(Boolean));
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
