import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { withLock } from "./lock.mjs";
import { isExecutable } from "./run-program.ts";

/** What one folder of the cache holds: programs that belong together, and how they are made and proved. */
export type Entry = {
  /** Name of the cache folder: it must change whenever anything does that the programs are made of. */
  folderName: string;
  /** Executables that a complete folder holds. */
  programs: string[];
  /** Makes the programs in `folder`. @throws if it can't */
  make: (folder: string) => Promise<void>;
  /** Runs them to see that they work. @throws if one does not */
  prove: (folder: string) => Promise<void>;
};

/** Written last into a folder of the cache; one without it was never finished. */
const MANIFEST = "complete.json";
type Manifest = { sizesBytes: Record<string, number> };

const LEFT_BEHIND_AFTER_MS = 24 * 3600 * 1000;

/** The project's folder under the user's cache: `$XDG_CACHE_HOME`, else `~/.cache`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "unityplan-nats");
}

/** No program is made of prose and tests. */
const PROSE_AND_TESTS = /\.md$|_test\.go$/;

/**
 * SHA-256 over the names and the content of all files in `folder`.
 * @param without the names of the files that do not count
 */
export function hashOfFolder(folder: string, without = PROSE_AND_TESTS): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !without.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/** The folder's path if its programs are all there, whole and executable; never a partial one. */
export function findComplete(
  cache: string,
  entry: Pick<Entry, "folderName" | "programs">,
): string | undefined {
  const folder = join(cache, "tools", entry.folderName);
  try {
    const { sizesBytes }: Manifest = JSON.parse(readFileSync(join(folder, MANIFEST), "utf8"));
    const whole = Object.entries(sizesBytes).every(
      ([name, size]) => statSync(join(folder, name)).size === size,
    );
    const executable = entry.programs.every((name) => name in sizesBytes && isExecutable(join(folder, name)));
    return whole && executable ? folder : undefined;
  } catch {
    return undefined;
  }
}

async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Lists what was made and forces it to disk, so that after a power cut the list is there only if the files are. */
async function seal(folder: string): Promise<void> {
  const sizesBytes: Record<string, number> = {};
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (!entry.isFile()) continue;
    await syncToDisk(join(folder, entry.name));
    sizesBytes[entry.name] = (await stat(join(folder, entry.name))).size;
  }
  const manifest: Manifest = { sizesBytes };
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await syncToDisk(join(folder, MANIFEST));
  await syncToDisk(folder);
}

/** Removes what killed set-ups left: this entry's at once, as its lock is held, and any other's when it is old. */
async function removeLeftovers(tools: string, entry: Entry): Promise<void> {
  for (const name of await readdir(tools)) {
    if (!name.startsWith(".making-")) continue;
    const path = join(tools, name);
    const isOwn = name.startsWith(`.making-${entry.folderName}-`);
    if (isOwn || Date.now() - (await stat(path)).mtimeMs > LEFT_BEHIND_AFTER_MS) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

async function makeAtomically(tools: string, entry: Entry): Promise<string> {
  const making = join(tools, `.making-${entry.folderName}-${randomBytes(4).toString("hex")}`);
  await mkdir(making);
  try {
    await entry.make(making);
    for (const name of entry.programs) {
      if (!isExecutable(join(making, name))) throw new Error(`${entry.folderName}: ${name} was not made`);
    }
    await entry.prove(making);
    await seal(making);
    const folder = join(tools, entry.folderName);
    // What stands there now was found incomplete: a rename would not replace it.
    if (existsSync(folder)) await rm(folder, { recursive: true });
    await rename(making, folder);
    await syncToDisk(tools);
    return folder;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

/**
 * The folder with the entry's programs, made if it is not complete. Two processes never make the same one at once.
 * @param onWait is told who makes it, if another process does ("host pid")
 * @throws what `make` or `prove` throws; nothing is then left in the cache
 */
export async function obtain(cache: string, entry: Entry, onWait?: (owner: string) => void): Promise<string> {
  const tools = join(cache, "tools");
  await mkdir(tools, { recursive: true });
  const work = async () => {
    const complete = findComplete(cache, entry);
    if (complete) return complete;
    await removeLeftovers(tools, entry);
    return makeAtomically(tools, entry);
  };
  return withLock(join(cache, "locks", entry.folderName), work, onWait ? { onWait } : {});
}
