import type { PeerInfo } from "./peer.ts";

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
 * @param cluster undefined on a server without a cluster
 */
export function missingCopies(cluster: ClusterInfo | undefined, expected: Expected): string | undefined {
  if (cluster === undefined) return undefined;
  if (cluster.desired !== undefined) {
    return `its copies are on their way: ${cluster.desired.status?.description ?? "just begun"}`;
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
