import { createHash } from "node:crypto";
import { hiddenSecret } from "../../plan/config/reading.ts";
import type { Values } from "../stack-file/nodes.ts";
import { encryptedText, ownName, type StackFile } from "../stack-file/read.ts";
import { jsonText } from "../stack-file/write.ts";

/** A value of a stack's configuration that is not there where nothing is decrypted, or was never set. */
export interface StandIn {
  /** As in `hosts.oslo.ssh.hostKey`, without the project's name. */
  readonly path: string;
  readonly why: "placeholder" | "secret";
  /** Nothing can stand for it: the report describes a configuration without it. */
  readonly isLeftOut: boolean;
  /** Tells one encrypted text from another; empty for a placeholder. */
  readonly digest: string;
}

/** A stack's configuration that can be read without any secret. */
export interface ReadableConfiguration {
  /** A stack's file for Pulumi with the stand-ins, without the lines that only the stack's own secrets need. */
  readonly text: string;
  /** The data of `text` below `config`. */
  readonly config: Values;
  readonly standIns: readonly StandIn[];
}

/** Puts something in place of every secret and every placeholder of a stack's file, the same each time. */
export function withStandIns(file: Pick<StackFile, "config">): ReadableConfiguration {
  const standIns: StandIn[] = [];
  const config = (replaced(file.config, [], standIns) ?? {}) as Values;
  const sorted = standIns.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { text: jsonText({ config }), config, standIns: sorted };
}

/** As the report shows it. */
export function shownStandIn({ path, why, isLeftOut }: StandIn): string {
  return `${path} (${why}${isLeftOut ? ", ignored" : ""})`;
}

type Path = readonly string[];

/** undefined: the value is missing. */
function replaced(value: unknown, path: Path, found: StandIn[]): unknown {
  const tell = (why: StandIn["why"], standIn: unknown, encrypted = "") => {
    const digest = encrypted === "" ? "" : createHash("sha256").update(encrypted).digest("hex").slice(0, 8);
    found.push({ path: path.join("."), why, isLeftOut: standIn === undefined, digest });
    return standIn;
  };
  if (typeof value === "string" && /^<.*>$/.test(value) && isHostKey(path))
    return tell("placeholder", hostKey);
  if (typeof value !== "object" || value === null) return value;
  const encrypted = encryptedText(value);
  if (encrypted !== undefined) return tell("secret", standInFor(path), encrypted);
  if (Array.isArray(value)) {
    const items = value.map((item, index) => replaced(item, [...path, nameOf(item, index)], found));
    return items.filter((item) => item !== undefined);
  }
  const entries = Object.entries(value).map(
    ([key, inner]) =>
      [key, replaced(inner, [...path, path.length === 0 ? ownName(key) : key], found)] as const,
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** What an item of a list is known by wherever it stands in it. */
function nameOf(item: unknown, index: number): string {
  const { id, generation } = (item ?? {}) as { id?: unknown; generation?: unknown };
  const name = id ?? generation;
  return typeof name === "string" || typeof name === "number" ? String(name) : String(index);
}

function isHostKey([section, , ...rest]: Path): boolean {
  return section === "hosts" && rest.join(".") === "ssh.hostKey";
}

/** What a value must be like to be read; undefined: it may be missing, or can't be guessed. */
function standInFor(path: Path): string | undefined {
  if (isHostKey(path)) return hostKey;
  const [section, hostId = "", ...rest] = path;
  const last = path.at(-1) ?? "";
  if (section === "tls" && path.length === 4 && ["certificate", "chain", "privateKey"].includes(last))
    return hiddenSecret;
  if (section !== "hosts") return undefined;
  const [first = 0, second = 0] = createHash("sha256").update(hostId).digest();
  // No one has this address: it is for tests of networks, RFC 2544.
  if (rest.join(".") === "ssh.address") return `198.18.${first}.${second}`;
  return rest.join(".") === "wireguard.address" ? `10.${first}.${second}.1` : undefined;
}

/** A key of ED25519 in its form, without a private key that anyone has: https://www.rfc-editor.org/rfc/rfc8709#section-4 */
const hostKey = `ssh-ed25519 ${Buffer.concat([
  Buffer.from("0000000b7373682d6564323535313900000020", "hex"),
  createHash("sha256").update("stands in for a host key").digest(),
]).toString("base64")}`;
