import { rmSync } from "node:fs";
import { removeFaults } from "./faults.ts";
import { labFilter } from "./owner.ts";
import { releaseDisks } from "./power.ts";
import { all, run } from "./run.ts";

/** Removes everything that has the lab's label, as far as it is there. */
export async function removeLab(prefix: string, folder: string): Promise<void> {
  const filter = ["--quiet", labFilter(prefix)];
  const list = async (...args: string[]) =>
    (await run("docker", [...args, ...filter])).split("\n").filter(Boolean);
  await all(await list("ps", "--all"), (id) => run("docker", ["rm", "--force", "--volumes", id]));
  await all(await list("volume", "ls"), (name) => run("docker", ["volume", "rm", "--force", name]));
  await removeFaults(prefix);
  await all(await list("network", "ls"), (id) => run("docker", ["network", "rm", id]));
  await releaseDisks(folder);
  rmSync(folder, { recursive: true, force: true });
}
