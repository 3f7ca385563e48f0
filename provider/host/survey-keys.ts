import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import type { SshHost } from "../../model/ssh.ts";

/** How long a host may take to show a key, in seconds. */
const scanSeconds = 5;

/** What a host shows as its keys, as `ssh-ed25519 SHA256:…`; nothing of it is believed. Empty where it shows none. */
export function shownKeys({ address, port }: SshHost): Promise<string[]> {
  const args = ["-T", String(scanSeconds), "-p", String(port), address];
  return new Promise((resolve) => {
    execFile("ssh-keyscan", args, { timeout: scanSeconds * 4_000 }, (_, stdout) => {
      resolve(
        stdout.split("\n").flatMap((line) => {
          const [, type, key] = /^[^#\s]\S* (\S+) (\S+)/.exec(line) ?? [];
          return type === undefined || key === undefined ? [] : [`${type} ${fingerprintOf(key)}`];
        }),
      );
    });
  });
}

/** As OpenSSH shows it. https://man.openbsd.org/ssh-keygen#l */
export function fingerprintOf(key: string): string {
  const digest = createHash("sha256").update(Buffer.from(key, "base64")).digest("base64");
  return `SHA256:${digest.replace(/=+$/, "")}`;
}
