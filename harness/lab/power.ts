import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { LoopDisk } from "../power/disk.ts";
import { all, run } from "./run.ts";

/** In the lab's folder. */
const disksFolder = "disks";

/** The disk that a host's engine keeps its data on, when the lab has such disks. */
/** Images and what streams may fill; only what is written takes room. */
const diskBytes = 2 * 1024 ** 3;

export function diskOf(labFolder: string, id: string): LoopDisk {
  return new LoopDisk(join(labFolder, disksFolder), id, diskBytes);
}

/** Makes a disk for a host. @returns where it is mounted */
export async function makeDisk(labFolder: string, id: string): Promise<string> {
  await mkdir(join(labFolder, disksFolder), { recursive: true });
  const disk = diskOf(labFolder, id);
  await disk.create();
  return disk.mountPoint;
}

/** Lets go of every disk that was made, whether its host ever was. */
export async function releaseDisks(labFolder: string): Promise<void> {
  const folder = join(labFolder, disksFolder);
  if (!existsSync(folder)) return;
  const ids = readdirSync(folder).flatMap((name) => /^(.+?)(?<!\.copy)\.img$/.exec(name)?.[1] ?? []);
  await all(ids, (id) => diskOf(labFolder, id).dispose());
}

/**
 * Cuts the power of hosts at once: what their engines' disks had not got by then is lost. They are off afterwards.
 * Only the engine's data is lost like that: the rest of a host is on this machine's own disk.
 */
export async function cutPower(
  labFolder: string,
  hosts: readonly { readonly id: string; readonly containerName: string }[],
): Promise<void> {
  const names = hosts.map(({ containerName }) => containerName);
  const disks = hosts.map(({ id }) => diskOf(labFolder, id));
  // Frozen, so that the copies are of one moment, which is before anything that is answered afterwards.
  await run("docker", ["pause", ...names]);
  await all(disks, (disk) => disk.copyImage());
  await all(names, killFrozen);
  await run("docker", ["kill", ...names]);
  await all(disks, (disk) => disk.becomeCopy());
}

/**
 * The engine thaws what it kills, and the host's init is killed first: for some milliseconds the servers would run, and
 * acknowledge what is not on the copy. Frozen processes die of this without another step.
 */
async function killFrozen(containerName: string): Promise<void> {
  const id = (await run("docker", ["inspect", "--format", "{{.Id}}", containerName])).trim();
  const numbers = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  for (const pid of numbers.filter((number) => cgroupOf(number).includes(id)))
    process.kill(Number(pid), "SIGKILL");
}

function cgroupOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    // It ended meanwhile.
    return "";
  }
}
