import { mustRun } from "./run.ts";

export type Kind = "container" | "network" | "volume";

/** Names of what carries a prefix on the engine, sorted. */
export async function engineNames(kind: Kind, prefix: string): Promise<string[]> {
  return (await list(kind, prefix)).map(({ name }) => name).sort();
}

/** Removes everything that carries a prefix, whatever state it is in. */
export async function removeByPrefix(prefix: string): Promise<void> {
  const flags = { container: ["--force", "--volumes"], network: [], volume: [] };
  for (const kind of ["container", "network", "volume"] as const) {
    // An engine lets two networks have one name.
    const own = (await list(kind, prefix)).map(({ id }) => id);
    if (own.length > 0) await mustRun("docker", [kind, "rm", ...flags[kind], ...own]);
  }
}

const formats = {
  container: "{{.ID}} {{.Names}}",
  network: "{{.ID}} {{.Name}}",
  volume: "{{.Name}} {{.Name}}",
};

async function list(kind: Kind, prefix: string): Promise<{ id: string; name: string }[]> {
  const all = kind === "container" ? ["--all"] : [];
  const lines = (await mustRun("docker", [kind, "ls", ...all, "--format", formats[kind]])).split("\n");
  return lines
    .map((line) => line.split(" "))
    .flatMap(([id = "", name = ""]) => (name.startsWith(prefix) ? [{ id, name }] : []));
}
