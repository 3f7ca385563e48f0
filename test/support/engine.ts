import { mustRun } from "./run.ts";

export type Kind = "container" | "network" | "volume";

/** Names of what carries a prefix on the engine, sorted. */
export async function engineNames(kind: Kind, prefix: string): Promise<string[]> {
  const [all, format] = kind === "container" ? [["--all"], "{{.Names}}"] : [[], "{{.Name}}"];
  const names = (await mustRun("docker", [kind, "ls", ...all, "--format", format])).split("\n");
  return names.filter((name) => name.startsWith(prefix)).sort();
}

/** Removes everything that carries a prefix, whatever state it is in. */
export async function removeByPrefix(prefix: string): Promise<void> {
  const flags = { container: ["--force", "--volumes"], network: [], volume: [] };
  for (const kind of ["container", "network", "volume"] as const) {
    const own = await engineNames(kind, prefix);
    if (own.length > 0) await mustRun("docker", [kind, "rm", ...flags[kind], ...own]);
  }
}
