import type { PeerInfo } from "./peer.ts";

/**
 * Two rules for "all copies are current". They differ on purpose: who has just changed a stream or consumer waits for
 * that change to be done, and who lets servers restart, or looks at a running cluster, asks whether it is healthy.
 */

/** Where the copies of a stream or consumer are, as a server tells of it. */
export interface ClusterInfo {
  /** Empty or not there while there is none. */
  readonly leader?: string;
  /** The copies but the leader's. */
  readonly replicas?: readonly PeerInfo[];
  /** There while copies are being made, moved or dropped: nats-server 2.15. */
  readonly desired?: { readonly status?: { readonly description?: string } };
}

/**
 * What to wait for: that many copies, all of them current; all that there are, where another decides how many; or just
 * somebody who leads, where a change has nothing to do with copies and should go on although a server is down.
 */
export type Expected = number | "all" | "leader";

/**
 * What is missing until all copies are where they should be and up to date; undefined when nothing is. A server
 * accepts a change at once and works on it afterwards.
 *
 * The provider's rule after a create or update of a stream or consumer. One look has to find everything right: the
 * change itself says how many copies there will be, and while copies move, those that are seen are not final.
 * @param cluster undefined on a server without a cluster
 */
export function missingAfterChange(cluster: ClusterInfo | undefined, expected: Expected): string | undefined {
  if (cluster === undefined) return undefined;
  if (cluster.desired !== undefined) {
    return `its copies are moving: ${cluster.desired.status?.description ?? "the move has begun"}`;
  }
  if (cluster.leader === undefined || cluster.leader === "") return "it has no leader";
  if (expected === "leader") return undefined;
  const others = cluster.replicas ?? [];
  const copies = others.length + 1;
  if (expected !== "all" && copies !== expected) return `it has ${copies} of ${expected} copies`;
  const faults = others.flatMap(faultOf);
  return faults.length === 0 ? undefined : faults.join("; ");
}

function faultOf({ name, current, offline, lag }: PeerInfo): string[] {
  if (offline === true) return [`its copy on ${name} is offline`];
  if (!current) return [`its copy on ${name} is not current`];
  return lag === undefined || lag === 0 ? [] : [`its copy on ${name} is ${lag} entries behind`];
}

/** What the servers say of one stream. */
export interface SeenStream {
  /** Empty while there is none. */
  readonly leader: string;
  /** How many copies there should be, the leader's included. */
  readonly copies: number;
  /** The other copies. */
  readonly replicas: readonly PeerInfo[];
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: number;
}

/** No server could report on the stream, and why. */
export interface UnseenStream {
  readonly fault: string;
}

/** Copies that were seen current, over the looks of one wait: `STREAM/SERVER`. */
export type SeenCurrent = Set<string>;

/**
 * What keeps a stream from being healthy: no leader, or a copy that is missing, offline or behind.
 *
 * The rule of the cluster's gate, of the preflight before a restart and the proof after it, and of `npm run status`. The
 * stream's own configuration says how many copies there should be.
 * @param seenCurrent under load some copy is always a few entries behind, so one look at all of them at once may never
 *   find all current: who looks again and again gives the same set each time, and each copy counts once it was
 */
export function healthFaults(
  name: string,
  stream: SeenStream | UnseenStream,
  seenCurrent: SeenCurrent = new Set(),
): string[] {
  if ("fault" in stream) return [`${name}: ${stream.fault}`];
  if (stream.leader === "") return [`${name} has no leader`];
  const faults = stream.replicas.flatMap((replica) => {
    const key = `${name}/${replica.name}`;
    if (replica.offline === true) return [`${name}: the copy on ${replica.name} is offline`];
    if (replica.current && (replica.lag ?? 0) === 0) seenCurrent.add(key);
    if (seenCurrent.has(key)) return [];
    return [
      `${name}: the copy on ${replica.name} is behind by ${replica.lag ?? "an unknown number of"} entries`,
    ];
  });
  const copies = stream.replicas.length + 1;
  return copies === stream.copies ? faults : [...faults, `${name} has ${copies} of ${stream.copies} copies`];
}

/** The stream without the copies on servers that do not count, for example because an update skips them. */
export function withCopiesOn<Stream extends SeenStream | UnseenStream>(
  stream: Stream,
  counts: (server: string) => boolean,
): Stream {
  if ("fault" in stream) return stream;
  const replicas = stream.replicas.filter(({ name }) => counts(name));
  const copies = stream.copies - (stream.replicas.length - replicas.length);
  return { ...stream, replicas, copies };
}
