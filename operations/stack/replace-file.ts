import { chmodSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";

/** Replaces what a file says at one stroke. Its mode stays, and so does a link that leads to it. */
export function replaceFile(path: string, text: string): void {
  const file = realpathSync(path);
  const aside = `${file}.${process.pid}`;
  const { mode } = statSync(file);
  writeFileSync(aside, text, { mode: 0o600 });
  // The umask of the user may take a part of the mode away.
  chmodSync(aside, mode);
  renameSync(aside, file);
}
