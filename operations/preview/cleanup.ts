import { mkdtempSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What is to be cleaned up now, the innermost last. */
const cleanups: (() => void)[] = [];

function onSignal(signal: NodeJS.Signals): void {
  for (const cleanup of cleanups.toReversed()) cleanup();
  process.exit(128 + constants.signals[signal]);
}

/**
 * Does some work and cleans up, also if the work fails or a signal ends this process.
 * @param cleanup must not wait for anything
 */
export async function withCleanup<Result>(cleanup: () => void, work: () => Promise<Result>): Promise<Result> {
  if (cleanups.length === 0) for (const signal of signals) process.on(signal, onSignal);
  cleanups.push(cleanup);
  try {
    return await work();
  } finally {
    cleanups.splice(cleanups.indexOf(cleanup), 1);
    if (cleanups.length === 0) for (const signal of signals) process.off(signal, onSignal);
    cleanup();
  }
}

/** Gives some work a folder that is there for as long as it takes. */
export async function inTemporaryFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-preview-"));
  return withCleanup(
    () => rmSync(folder, { recursive: true, force: true }),
    () => work(folder),
  );
}
