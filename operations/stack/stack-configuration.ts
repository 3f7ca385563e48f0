import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { stackFileName } from "./plan.ts";

/**
 * Pulumi writes the salt of a stack's passphrase into Pulumi.STACK.yaml. Where the passphrase was made up on this
 * machine, that line would fit no other clone, and every clone would have a changed file: so the file that Pulumi is
 * given is a copy in the state folder, made again from the tracked one, with a salt of its own.
 */
export interface LocalConfiguration {
  /** Where `pulumi stack init` may write the salt. */
  readonly folder: string;
  /** The copy, for `--config-file`. */
  readonly file: string;
}

const saltLine = /^encryptionsalt:.*\n?/m;

/** Makes the copy again. */
export function localConfiguration(project: string, stateFolder: string, stack: string): LocalConfiguration {
  const name = stackFileName(stack);
  const tracked = readFileSync(join(project, name), "utf8");
  const file = join(stateFolder, name);
  writeFileSync(file, withSalt(tracked, existsSync(file) ? readFileSync(file, "utf8") : ""));
  copyFileSync(join(project, "Pulumi.yaml"), join(stateFolder, "Pulumi.yaml"));
  return { folder: stateFolder, file };
}

/** Takes what `pulumi config set` wrote into the copy over into the tracked file, whose own salt stays as it is. */
export function keepEdits(project: string, { file }: LocalConfiguration): void {
  const trackedFile = join(project, basename(file));
  const tracked = readFileSync(trackedFile, "utf8");
  const copy = readFileSync(file, "utf8");
  if (copy !== withSalt(tracked, copy)) writeFileSync(trackedFile, withSalt(copy, tracked));
}

/** What Pulumi keeps beside `config` to read a stack's secrets. */
const secretsLine = /^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?/gm;

/**
 * A new stack's lines for its secrets, in the text as people wrote it: Pulumi lays the whole file out again to add them.
 * @param laidOut what Pulumi made of the text
 */
export function withSecretsLines(text: string, laidOut: string): string {
  const lines = (laidOut.match(secretsLine) ?? []).map((line) => line.trimEnd());
  if (lines.every((line) => text.includes(line))) return text;
  const ending = /\r?\n/.exec(text)?.[0] ?? "\n";
  const rest = text.replace(secretsLine, "");
  const gap = rest === "" || rest.endsWith("\n") ? "" : ending;
  return rest + gap + lines.map((line) => line + ending).join("");
}

function withoutSalt(text: string): string {
  return text.replace(saltLine, "");
}

/** The tracked text with the salt that the copy has had until now, and never with somebody else's. */
export function withSalt(tracked: string, copy: string): string {
  const salt = saltLine.exec(copy)?.[0].trimEnd();
  const bare = withoutSalt(tracked);
  return salt === undefined ? bare : `${bare.trimEnd()}\n${salt}\n`;
}
