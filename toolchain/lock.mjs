// Plain JavaScript: run.mjs needs it on a Node that cannot strip types yet.
import { mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const HEARTBEAT_MS = 5_000;
/** A holder that has not touched its lock for this long is gone, whatever its process id says. */
export const STALE_AFTER_MS = 60_000;

/**
 * Whether the holder of a lock is gone.
 * @param {{ owner: string, ageMs: number, hostName: string, isAlive: (pid: number) => boolean }} seen
 *   `owner` is the lock's text, "host pid"; `ageMs` the time since its last heartbeat.
 */
export function isStale({ owner, ageMs, hostName, isAlive }) {
  if (ageMs > STALE_AFTER_MS) return true;
  const [host, pid] = owner.trim().split(" ");
  return host === hostName && pid !== undefined && !isAlive(Number(pid));
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** @param {string} file */
async function look(file) {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    const ageMs = Date.now() - mtimeMs;
    // An empty text is a holder between creating the file and writing to it.
    const stale =
      owner === "" ? ageMs > STALE_AFTER_MS : isStale({ owner, ageMs, hostName: hostname(), isAlive });
    return { owner: owner.trim(), stale };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** @param {string} file @param {string} text */
async function createExclusively(file, text) {
  try {
    await writeFile(file, text, { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Takes a dead holder's lock away. Only one may do so at a time, or the second would remove the first one's
 * new lock.
 * @param {string} file
 */
async function removeStale(file) {
  const breaking = `${file}.breaking`;
  if (!(await createExclusively(breaking, `${hostname()} ${process.pid}`))) {
    if ((await look(breaking))?.stale) await rm(breaking, { force: true });
    return;
  }
  try {
    if ((await look(file))?.stale) await rm(file, { force: true });
  } finally {
    await rm(breaking, { force: true });
  }
}

/**
 * Runs `work` while holding the lock `file`; waits as long as a living process holds it.
 * @template T
 * @param {string} file path of the lock; its folder is made
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: string) => void, pollMs?: number }} [options] `onWait` is told once who holds the
 *   lock ("host pid")
 * @returns {Promise<T>}
 */
export async function withLock(file, work, { onWait = () => {}, pollMs = 250 } = {}) {
  await mkdir(dirname(file), { recursive: true });
  for (let told = false; !(await createExclusively(file, `${hostname()} ${process.pid}`)); ) {
    const held = await look(file);
    if (held?.stale) {
      await removeStale(file);
      continue;
    }
    if (held && !told) onWait(held.owner);
    told = told || held !== undefined;
    await pause(pollMs);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  }
}
