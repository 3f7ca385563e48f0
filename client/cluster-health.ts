import type { PeerInfo } from "../model/jetstream/peer.ts";
import { routePoolSize } from "../model/routes.ts";

/** What one server says of itself and of the others. */
export interface SeenServer {
  readonly name: string;
  readonly version: string;
  /** RFC 3339. */
  readonly started: string;
  /** Names of the servers at the other ends of its pooled routes; a whole pool goes to each. */
  readonly routes: readonly string[];
  readonly jetStream: boolean;
  /** Empty while there is none. */
  readonly metaLeader: string;
  /** The other members of the meta group, which only their leader knows about. */
  readonly metaPeers: readonly PeerInfo[];
}

export interface ClusterHealth {
  /** What is missing until the cluster is healthy; empty when it is. */
  readonly faults: readonly string[];
  /** Servers that answer and are not configured. */
  readonly extra: readonly string[];
}

/**
 * Whether the configured servers form one healthy cluster: all answer, all are connected with all, and the meta group has
 * a leader that sees every one of them current. `/healthz` alone stays green for many seconds after a quorum is lost.
 */
export function clusterHealth(configured: readonly string[], seen: readonly SeenServer[]): ClusterHealth {
  const byName = new Map(seen.map((server) => [server.name, server]));
  const faults = configured.flatMap((name) => faultsOf(name, byName.get(name), configured));
  const extra = seen.map((server) => server.name).filter((name) => !configured.includes(name));
  return { faults: [...faults, ...metaFaults(configured, seen)], extra: extra.sort() };
}

function faultsOf(name: string, server: SeenServer | undefined, configured: readonly string[]): string[] {
  if (server === undefined) return [`${name} does not answer`];
  if (!server.jetStream) return [`${name} has no JetStream`];
  return configured.flatMap((other) => {
    const routes = server.routes.filter((end) => end === other).length;
    if (other === name || routes >= routePoolSize) return [];
    return [`${name} has ${routes === 0 ? "no route" : `${routes} of ${routePoolSize} routes`} to ${other}`];
  });
}

function metaFaults(configured: readonly string[], seen: readonly SeenServer[]): string[] {
  const leaders = [...new Set(seen.map((server) => server.metaLeader).filter((name) => name !== ""))];
  if (leaders.length === 0) return ["the meta group has no leader"];
  if (leaders.length > 1) return [`the meta group has more than one leader: ${leaders.sort().join(", ")}`];
  const leader = seen.find((server) => server.name === leaders[0]);
  if (leader === undefined) return [`the meta group's leader ${leaders[0]} does not answer`];
  return configured.flatMap((name) => {
    if (name === leader.name) return [];
    const peer = leader.metaPeers.find((candidate) => candidate.name === name);
    if (peer === undefined) return [`${name} is not in the meta group`];
    if (peer.offline === true) return [`${name} is offline in the meta group`];
    return peer.current
      ? []
      : [`${name} is behind in the meta group by ${peer.lag ?? "an unknown number of"} entries`];
  });
}
