import { hostname } from "node:os";
import { run } from "./run.ts";

/** Whose lab it is: of a process, or of a person who will remove it. */
export type Owner = "this process" | "a person";

/** Says which lab a container, volume or network belongs to. */
export const labLabel = (prefix: string) => `--label=org.unityplan.lab=${prefix}`;

/** Selects what belongs to a lab. */
export const labFilter = (prefix: string) => `--filter=label=org.unityplan.lab=${prefix}`;

/** Labels of the lab's network, from which it can be removed when its process was killed. */
export function networkLabels(prefix: string, folder: string, owner: Owner): string[] {
  const process_ = owner === "this process" ? `${hostname()} ${process.pid}` : "a person";
  return [
    labLabel(prefix),
    `--label=org.unityplan.lab.folder=${folder}`,
    `--label=org.unityplan.lab.owner=${process_}`,
  ];
}

export interface Leftover {
  readonly prefix: string;
  readonly folder: string;
}

/** Labs of this machine whose process is gone. */
export async function leftovers(isAlive = processIsAlive): Promise<Leftover[]> {
  const names = await run("docker", ["network", "ls", "--quiet", "--filter=label=org.unityplan.lab.owner"]);
  const ids = names.split("\n").filter(Boolean);
  if (ids.length === 0) return [];
  const format = "--format={{json .Labels}}";
  const lines = (await run("docker", ["network", "inspect", format, ...ids])).split("\n");
  return lines.flatMap((line) => leftover(JSON.parse(line), isAlive) ?? []);
}

/** What the labels of a network say about a lab, if its process is gone. */
export function leftover(
  labels: Readonly<Record<string, string>>,
  isAlive: (pid: number) => boolean,
): Leftover | undefined {
  const { "org.unityplan.lab": prefix, "org.unityplan.lab.folder": folder } = labels;
  const [machine, pid] = labels["org.unityplan.lab.owner"]?.split(" ") ?? [];
  if (prefix === undefined || folder === undefined) return undefined;
  // Another machine's processes, which share the engine, can't be seen from here.
  if (machine !== hostname() || isAlive(Number(pid))) return undefined;
  return { prefix, folder };
}

function processIsAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
