import { oldestRelease, type ReleaseLine, releaseLines } from "./release-lines.ts";

export interface Consent {
  /** `cluster.allowDowngrade` */
  readonly downgrade: boolean;
  /** `rollout: all-at-once` */
  readonly allAtOnce: boolean;
}

interface Version {
  readonly text: string;
  /** As in "2.15". */
  readonly line: string;
  readonly patch: number;
  /** The line's place in the table. −1: before the table. Each minor version after the table adds one. */
  readonly place: number;
}

const oldest = releaseLines[0];
const last = releaseLines.length - 1;
const newest = releaseLines[last] ?? oldest;

/**
 * The version in an image's tag: "2.15.1" of `nats:2.15.1-alpine` and of `registry/x/nats:2.15.1@sha256:…`.
 * @returns undefined where the tag does not name all three numbers
 */
export function versionOfImage(reference: string): string | undefined {
  const name = reference.replace(/@.*$/, "").replace(/^.*\//, "");
  return /^[^:]+:v?(\d+\.\d+\.\d+)(?:-[\w.-]+)?$/.exec(name)?.[1];
}

/**
 * Why a server of this release can't run this program's nats.conf, with the fix. undefined: it can, or the tag does not
 * name the release.
 */
export function oldReleaseFault(reference: string): string | undefined {
  const version = versionOfImage(reference);
  if (version === undefined || !isOlder(version, oldestRelease)) return undefined;
  return (
    `nats-server ${version} does not know "min_version", which this program writes into nats.conf, and would not start; ` +
    `allowed is ${oldestRelease} or newer. Go to nats:${oldest.tried} first, and then on to nats:${newest.tried}, one ` +
    "release line in each update"
  );
}

/** Compares number by number: 2.9.25 is older than 2.10.0. */
function isOlder(version: string, floor: string): boolean {
  return version.localeCompare(floor, "en", { numeric: true }) < 0;
}

/**
 * Why servers must not go from one version to the other in one update, with the fix. undefined: they may. Every change
 * within a line is allowed, and every change to the next line, because each guide is written for users of the line
 * before.
 */
export function versionChangeFault(from: string, to: string, allow: Consent): string | undefined {
  if (from === to) return undefined;
  const [start, end] = [parse(from), parse(to)];
  if (typeof end === "string") return end;
  if (typeof start === "string") return start;
  if (end.place < 0) return `${to} is older than any server that this project can run; ${advice}`;
  if (start.place < 0) return tooOldFault(start, end, allow);
  const faults = [backFault(start, end, allow), skipFault(start, end, allow)];
  return faults.filter((fault) => fault !== undefined).join(". ") || undefined;
}

/** Warnings about a change that {@link versionChangeFault} allows. */
export function versionChangeWarnings(from: string, to: string): string[] {
  const [start, end] = [parse(from), parse(to)];
  if (typeof start === "string" || typeof end === "string" || end.place < 0) return [];
  const warnings = linesLeft(start, end).map(({ before, guide }) => `${before?.atStake} (${guide})`);
  if (end.place > last)
    warnings.push(`this project is tested with servers up to ${newest.tried}, not with this version`);
  const entered = end.place === start.place + 1 ? releaseLines[end.place] : undefined;
  if (entered !== undefined && isBelow(start, entered.before?.atLeast)) {
    const doing = "until all servers run the new version, scale no stream and move no stream";
    warnings.push(
      `NATS advises to start from ${entered.before?.atLeast} or newer; ${doing} (${entered.guide})`,
    );
  }
  return warnings.map((warning) => `${from} → ${to}: ${warning}`);
}

const advice = `use a version from ${oldest.name} to ${newest.name}, for example nats:${newest.tried}`;

/** @returns the version, or the fault of a text that is not a version which this project can run */
function parse(text: string): Version | string {
  const [, major, minor = "", patch] = /^(\d+)\.(\d+)\.(\d+)(?:-[\w.-]+)?$/.exec(text) ?? [];
  if (major === undefined) return `"${text}" is not a version of nats-server; ${advice}`;
  if (major !== "2")
    return `${text} is not a version of nats-server 2, and this project runs no other; ${advice}`;
  const line = `${major}.${minor}`;
  if (line === "2.13") return `${text} does not exist: NATS released 2.14 after 2.12; ${advice}`;
  const known = releaseLines.findIndex(({ name }) => name === line);
  const ahead = Number(minor) - Number(newest.name.slice("2.".length));
  const place = known >= 0 ? known : ahead > 0 ? last + ahead : -1;
  return { text, line, patch: Number(patch), place };
}

function tooOldFault(start: Version, end: Version, { allAtOnce }: Consent): string | undefined {
  if (end.place === 0 && allAtOnce) return undefined;
  const fix = `go to nats:${oldest.tried} first, with rollout: all-at-once`;
  return `${start.text} is older than any server that this project can run; ${fix}`;
}

/** The known lines that a change back leaves, newest first. */
function linesLeft(start: Version, end: Version): ReleaseLine[] {
  return releaseLines.slice(end.place + 1, start.place + 1).reverse();
}

function isBelow({ line, patch }: Version, floor = ""): boolean {
  const version = parse(floor);
  return typeof version !== "string" && version.line === line && patch < version.patch;
}

function backFault(start: Version, end: Version, { downgrade }: Consent): string | undefined {
  if (downgrade || end.place >= start.place) return undefined;
  const left = linesLeft(start, end);
  const reasons: string[] = [];
  if (start.place > last) reasons.push(`this project does not know how ${start.line} stores streams`);
  if (left.some(({ before }) => before?.readsIndex === false))
    reasons.push("the storage format changed in between, so each server must read all its messages again");
  const floor = left.find(({ before }) => isBelow(end, before?.atLeast))?.before?.atLeast;
  if (floor !== undefined) reasons.push(`only ${floor} or newer can read what the newer servers wrote`);
  if (reasons.length === 0) return undefined;
  const all = [...reasons, ...left.map(({ before }) => before?.atStake)].join("; ");
  const fix =
    "If you need the downgrade, back up the streams (`nats stream backup`) and set cluster.allowDowngrade: true";
  return `${start.text} → ${end.text} is a downgrade: ${all}. ${fix}`;
}

function skipFault(start: Version, end: Version, { allAtOnce }: Consent): string | undefined {
  if (allAtOnce) return undefined;
  const change = `${start.text} → ${end.text}`;
  const [low, high] = [Math.min(start.place, end.place), Math.max(start.place, end.place)];
  const atOnce = "set rollout: all-at-once, which interrupts the service";
  if (high > last + 1 && high > low) {
    const limit = `goes more than one release past ${newest.name}, the newest that this project knows`;
    return `${change} ${limit}; update the project, or ${atOnce}`;
  }
  const between = releaseLines.slice(low + 1, high);
  if (between.length === 0) return undefined;
  const way = end.place > start.place ? between : between.reverse();
  const skipped = list(way.map(({ name }) => name));
  const stops = list(way.map(({ tried }) => `nats:${tried}`));
  const why = "NATS supports and describes only updates from one release line to the next";
  return `${change} skips ${skipped}: ${why}. Update to ${stops} first, one update each, or ${atOnce}`;
}

function list(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}
