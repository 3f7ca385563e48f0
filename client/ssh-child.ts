import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { pause } from "./poll.ts";

/** How a child `ssh` ended. */
export interface SshEnd {
  /** undefined: it was ended by a signal, or never ran. */
  readonly code: number | undefined;
  readonly stderr: string;
}

/** Never throws. Call this as soon as the child was started, or output is missed. */
export async function endOf(child: ChildProcess): Promise<SshEnd> {
  const { stderr } = child;
  let said = "";
  stderr?.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  try {
    const [code] = (await once(child, "exit")) as [number | null];
    // Where this child opened the shared connection, the process that keeps it may hold stderr for long.
    if (stderr?.closed === false) await Promise.race([once(stderr, "close"), pause(100)]);
    return { code: code ?? undefined, stderr: said };
  } catch (error) {
    return { code: undefined, stderr: (error as Error).message };
  } finally {
    stderr?.destroy();
  }
}
