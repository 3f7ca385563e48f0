import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { load } from "js-yaml";
import { hiddenSecret } from "../../plan/config/reading.ts";

/** A value of a stack's configuration that is not there where nothing is decrypted, or was never set. */
export interface StandIn {
  /** As in `hosts.oslo.ssh.hostKey`, without the project's name. */
  readonly path: string;
  readonly why: "placeholder" | "secret";
  /** Nothing can stand for it: what is said is what goes for a configuration without it. */
  readonly isLeftOut: boolean;
  /** Tells one encrypted text from another; empty for a placeholder. */
  readonly digest: string;
}

/** A stack's configuration that can be read without any secret. */
export interface ReadableConfiguration {
  /** A stack's file for Pulumi, without what only the stack's own secrets need. */
  readonly text: string;
  readonly standIns: readonly StandIn[];
}

/**
 * Puts something in place of every secret and every placeholder of a stack's file, the same each time.
 * @throws YAMLException where the text is not YAML
 */
export function withStandIns(text: string): ReadableConfiguration {
  const { config = {} } = (load(text) ?? {}) as { config?: unknown };
  const standIns: StandIn[] = [];
  const readable = { config: replaced(config ?? {}, [], standIns) ?? {} };
  const sorted = standIns.sort((left, right) => (left.path < right.path ? -1 : 1));
  return { text: asWritten(text, readable) ?? JSON.stringify(readable), standIns: sorted };
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
    ([key, inner]) => [key, replaced(inner, [...path, bare(key, path)], found)] as const,
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** https://www.pulumi.com/docs/iac/concepts/secrets/#configuration-and-secrets */
function encryptedText(value: object): string | undefined {
  const entries = Object.entries(value);
  const [only] = entries;
  return entries.length === 1 && only?.[0] === "secure" && typeof only[1] === "string" ? only[1] : undefined;
}

function bare(key: string, path: Path): string {
  return path.length === 0 ? key.replace(/^unityplan-nats:/, "") : key;
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

/** Belongs to the stack's own secrets, or is fetched from elsewhere. */
const linesOfSecrets = /^(?:encryptionsalt|encryptedkey|secretsprovider):.*\n?/gm;

/**
 * The text as people wrote it with placeholders replaced: Pulumi reads YAML otherwise than the library here (to it 010
 * is 8), and is to find what it would find. undefined: that is not all there is to do.
 */
function asWritten(text: string, readable: object): string | undefined {
  const edited = text
    .replace(linesOfSecrets, "")
    .replace(/(\bhostKey["']?:[ \t]+)(?:"<[^"\n]*>"|'<[^'\n]*>'|<[^\n,}]*>)/g, `$1"${hostKey}"`);
  const read = (load(edited) ?? {}) as { config?: unknown };
  return isDeepStrictEqual({ ...read, config: read.config ?? {} }, readable) ? edited : undefined;
}
