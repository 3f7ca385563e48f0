// Plain JavaScript: run.mjs needs it on a Node that cannot strip types yet.
import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const HEARTBEAT_MS = 5_000;
/** A holder whose last heartbeat is older than this may be gone, whatever its process id says. */
export const STALE_AFTER_MS = 60_000;

/**
 * Whether the holder of a lock is gone. Age alone does not tell: after the machine slept every lock is old.
 * @param {{ owner: string, ageMs: number, silentBeats: number, hostName: string,
 *   isAlive: (pid: number) => boolean }} seen
 *   `owner` is the lock's text, "host pid nonce"; `ageMs` the time since its last heartbeat; `silentBeats` how many
 *   heartbeats the waiter itself has waited for in vain.
 */
export function isStale({ owner, ageMs, silentBeats, hostName, isAlive }) {
  const [host, pid] = owner.split(" ");
  if (host === hostName && pid !== undefined && !isAlive(Number(pid))) return true;
  return ageMs > STALE_AFTER_MS && silentBeats >= 2;
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

/** The lock as it is now; undefined if nobody holds it. @param {string} file */
async function look(file) {
  try {
    const [owner, { mtimeMs }] = await Promise.all([readFile(file, "utf8"), stat(file)]);
    return { owner, mtimeMs };
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Watches a lock that another holds.
 * @param {string} file @param {{ pollMs: number, heartbeatMs: number }} times
 */
function watch(file, { pollMs, heartbeatMs }) {
  /** @type {Awaited<ReturnType<typeof look>>} */
  let last;
  let silentMs = 0;
  return async () => {
    const now = await look(file);
    const isSame = now !== undefined && now.owner === last?.owner && now.mtimeMs === last.mtimeMs;
    // The waiter's own pauses are counted: a clock may run on while the machine sleeps and no holder can beat.
    silentMs = isSame ? silentMs + pollMs : 0;
    last = now;
    if (!now) return undefined;
    const seen = { ageMs: Date.now() - now.mtimeMs, silentBeats: silentMs / heartbeatMs };
    return { ...now, stale: isStale({ ...seen, owner: now.owner, hostName: hostname(), isAlive }) };
  };
}

/** A lock's text, which no other holder has. */
const ownText = () => `${hostname()} ${process.pid} ${randomBytes(8).toString("hex")}`;

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

/** Removes a lock, unless another holder has taken it over. @param {string} file @param {string} text */
async function removeOwn(file, text) {
  if ((await look(file))?.owner === text) await rm(file, { force: true });
}

/**
 * Takes a dead holder's lock away. Only one may do so at a time, or the second would remove the first one's
 * new lock.
 * @param {string} file @param {{ owner: string, mtimeMs: number }} dead
 * @param {ReturnType<typeof watch>} lookAtBreaker
 * @returns {Promise<boolean>} false if another one is about it
 */
async function removeStale(file, dead, lookAtBreaker) {
  const breaking = `${file}.breaking`;
  const text = ownText();
  if (!(await createExclusively(breaking, text))) {
    const breaker = await lookAtBreaker();
    if (breaker?.stale) await removeOwn(breaking, breaker.owner);
    return false;
  }
  try {
    const now = await look(file);
    if (now?.owner === dead.owner && now.mtimeMs === dead.mtimeMs) await rm(file, { force: true });
    return true;
  } finally {
    await removeOwn(breaking, text);
  }
}

/** Gives a sign of life until it is called off. @param {string} file @param {string} text */
function beat(file, text, heartbeatMs) {
  const touch = async () => {
    const now = new Date();
    if ((await look(file))?.owner === text) await utimes(file, now, now);
  };
  const heartbeat = setInterval(() => touch().catch(() => {}), heartbeatMs);
  heartbeat.unref();
  return () => clearInterval(heartbeat);
}

/**
 * Runs `work` while holding the lock `file`; waits as long as a living process holds it.
 * @template T
 * @param {string} file path of the lock; its folder is made
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: string) => void, pollMs?: number, heartbeatMs?: number }} [options] `onWait` is told
 *   once who holds the lock ("host pid")
 * @returns {Promise<T>}
 */
export async function withLock(
  file,
  work,
  { onWait = () => {}, pollMs = 250, heartbeatMs = HEARTBEAT_MS } = {},
) {
  await mkdir(dirname(file), { recursive: true });
  const text = ownText();
  const times = { pollMs, heartbeatMs };
  const [lookAtHolder, lookAtBreaker] = [watch(file, times), watch(`${file}.breaking`, times)];
  for (let told = false; !(await createExclusively(file, text)); ) {
    const held = await lookAtHolder();
    if (held?.stale && (await removeStale(file, held, lookAtBreaker))) continue;
    if (held && !held.stale && !told) {
      onWait(held.owner.split(" ").slice(0, 2).join(" "));
      told = true;
    }
    await pause(pollMs);
  }
  const stopBeating = beat(file, text, heartbeatMs);
  try {
    return await work();
  } finally {
    stopBeating();
    await removeOwn(file, text);
  }
}
