import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a program with the person's own terminal, and waits for its end also after a signal: the program may have to
 * release a lock, and the person must see its last lines.
 * @returns its exit code; 128 and the signal's number when this process was asked to end
 */
export function runAttached(
  program: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args], { ...options, stdio: "inherit" });
    let asked: NodeJS.Signals | undefined;
    const onSignal = (signal: NodeJS.Signals) => {
      asked = signal;
      // A terminal gives Ctrl-C to the whole group, so the child has it already. Pulumi takes an interrupt as the
      // wish to stop in order.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill("SIGINT");
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
    for (const signal of signals) process.on(signal, onSignal);
    child.on("error", reject);
    child.on("exit", (code) => {
      for (const signal of signals) process.off(signal, onSignal);
      resolve(asked === undefined ? (code ?? 1) : 128 + constants.signals[asked]);
    });
  });
}
