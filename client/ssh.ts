import { execFile, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { asRoot, type SshHost, sshArguments } from "../model/ssh.ts";
import { endOf, type SshEnd } from "./ssh-child.ts";
import { sshWords } from "./ssh-words.ts";

export interface RemoteResult {
  /** Exit code; 255 is OpenSSH's own, when it did not get there. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a shell script on a host as root. Never throws: what went wrong is in the result. */
export async function runOnHost(host: SshHost, script: string, timeoutMs: number): Promise<RemoteResult> {
  try {
    await openShared(host);
  } catch (error) {
    return { code: 255, stdout: "", stderr: (error as Error).message };
  }
  return new Promise((resolve) => {
    const options = { timeout: timeoutMs, killSignal: "SIGKILL", maxBuffer: 16 * 1024 * 1024 } as const;
    execFile("ssh", [...sshArguments(host), asRoot(host, script)], options, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr });
      if (error.killed) return resolve({ code: 255, stdout, stderr: `no answer within ${timeoutMs} ms` });
      resolve({
        code: typeof error.code === "number" ? error.code : 255,
        stdout,
        stderr: stderr || error.message,
      });
    });
  });
}

/** OpenSSH makes its shared connection in a folder that it does not make itself, and takes no notice of $HOME. */
export function prepareControlFolder(): void {
  mkdirSync(join(userInfo().homedir, ".ssh"), { recursive: true, mode: 0o700 });
}

const opening = new Map<string, Promise<void>>();

/**
 * Opens the connection that all share, or finds it open. Of several first ones at a time each would become a connection
 * of its own, so everything that goes to a host from this process waits for this.
 * @throws Error with OpenSSH's own words
 */
export function openShared(host: SshHost): Promise<void> {
  const key = JSON.stringify(host);
  const underWay = opening.get(key);
  if (underWay !== undefined) return underWay;
  const fresh = openOnce(host).finally(() => opening.delete(key));
  opening.set(key, fresh);
  return fresh;
}

/** The connection and the exchange of keys have 10 s (model/ssh.ts), logging in has the rest. */
const openTimeoutMs = 20_000;
/** This only asks a process of this machine. */
const checkTimeoutMs = 5_000;

async function openOnce(host: SshHost): Promise<void> {
  prepareControlFolder();
  const known = await run(["-O", "check", ...sshArguments(host)], checkTimeoutMs);
  if (known.code === 0) return;
  // At a lower level it says nothing when the two ends find no kind of key in common. The first of two options counts.
  const { code, stderr } = await run(["-o", "LogLevel=INFO", ...sshArguments(host), "true"], openTimeoutMs);
  if (code !== 0) throw new Error(sshWords(stderr, code));
}

async function run(args: readonly string[], timeoutMs: number): Promise<SshEnd> {
  const child = spawn("ssh", [...args], { stdio: ["ignore", "ignore", "pipe"] });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = child.kill("SIGKILL");
  }, timeoutMs);
  const end = await endOf(child);
  clearTimeout(timer);
  return isLate ? { ...end, stderr: `no answer within ${timeoutMs} ms` } : end;
}
