import { execFile, spawn } from "node:child_process";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end; a failure is an answer and not an exception. */
export function run(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly input?: string } = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      [...args],
      { cwd: options.cwd, env: options.env, maxBuffer: 256 * 1024 * 1024, encoding: "utf8" },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ code, stdout, stderr: error !== null && stderr === "" ? String(error.message) : stderr });
      },
    );
    // A program that ends without reading is no failure. Without this handler the write would be an uncaught exception.
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.input);
  });
}

/** @returns what it printed. @throws Error with everything that it printed, when it failed */
export async function mustRun(...args: Parameters<typeof run>): Promise<string> {
  const { code, stdout, stderr } = await run(...args);
  if (code !== 0)
    throw new Error(`${args[0]} ${args[1].join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
  return stdout;
}

/** A program that runs, with what it has printed so far. */
export interface Running {
  /**
   * Waits until it has printed this.
   * @param after what it has to have printed before
   * @throws Error with all that it printed, when it ends before
   */
  says(text: string, after?: string): Promise<void>;
  /** Kills it and everything it started, as a crash of the machine would. */
  kill(): void;
  readonly ended: Promise<Ran>;
}

/** Starts a program in a process group of its own. */
export function begin(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Running {
  const child = spawn(program, [...args], { ...options, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
  return {
    ended,
    kill: () => process.kill(-(child.pid ?? 0), "SIGKILL"),
    says: (text, after = "") =>
      new Promise((resolve, reject) => {
        const look = () => {
          const start = stdout.indexOf(after);
          if (start !== -1 && stdout.includes(text, start)) resolve();
        };
        child.stdout.on("data", look);
        void ended.then(() =>
          reject(new Error(`the program ended before it printed ${text}:\n${stdout}\n${stderr}`)),
        );
        look();
      }),
  };
}
