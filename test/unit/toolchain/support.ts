import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder that goes when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-toolchain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file; its folder is made. */
export function put(file: string, content: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

/** Writes a shell script that stands for a program. */
export function putScript(file: string, lines: string): string {
  put(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** A PATH with the given folder first and the system's own after it, for the scripts' sake. */
export function pathWith(folder: string): NodeJS.ProcessEnv {
  return { PATH: `${folder}:/usr/bin:/bin`, HOME: folder };
}
