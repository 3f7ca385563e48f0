import { lastLines, type RunOptions, runProgram } from "../../toolchain/run-program.ts";

const systemFolders = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/** The environment with the folders of administration on PATH, which a user's may lack. */
export function systemEnv(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: [process.env.PATH, ...systemFolders].join(":") };
}

/** Runs a program that has to succeed. @returns what it printed. @throws Error with its last lines */
export async function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const { code, output, stdout, stopped } = await runProgram(program, [...args], {
    env: systemEnv(),
    timeoutSeconds: 120,
    ...options,
  });
  if (code === 0) return stdout.trim();
  const command = `${program} ${args.slice(0, 3).join(" ")}`;
  throw new Error(`${command} failed: ${stopped ?? `exit code ${code}`}\n${lastLines(output)}`);
}

/** Runs all at once and waits for all, also when one fails. @throws AggregateError with every failure */
export async function all<T, R>(items: Iterable<T>, work: (item: T) => Promise<R>): Promise<R[]> {
  const results = await Promise.allSettled([...items].map(work));
  const failures = results
    .filter((result) => result.status === "rejected")
    .map(({ reason }) => reason as Error);
  if (failures.length > 0)
    throw new AggregateError(failures, failures.map(({ message }) => message).join("\n"));
  return results.map((result) => (result as PromiseFulfilledResult<R>).value);
}
