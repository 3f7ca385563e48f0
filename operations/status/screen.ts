import type { SeenServer } from "../../client/cluster-health.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenStream } from "../../model/jetstream/copies.ts";
import type { PeerInfo } from "../../model/jetstream/peer.ts";
import { table } from "../cli/table.ts";
import { daysLeft } from "./faults.ts";
import type { Seen } from "./look.ts";

/** What `npm run status` prints. */
export function screen(outputs: StackOutputs, seen: Seen, faults: readonly string[], now: Date): string {
  return [serverTable(outputs, seen, now), streamTable(outputs, seen), verdict(outputs, faults)].join("\n\n");
}

/** The last line of a healthy cluster; of an unhealthy cluster, the list of its faults too. */
export function verdict(
  { clusterName }: Pick<StackOutputs, "clusterName">,
  faults: readonly string[],
): string {
  if (faults.length === 0) return `${clusterName}: healthy`;
  return `${clusterName}: UNHEALTHY\n${faults.map((fault) => `  - ${fault}`).join("\n")}`;
}

function serverTable(outputs: StackOutputs, seen: Seen, now: Date): string {
  const rows = Object.entries(outputs.pods).map(([id, pod]) => {
    const server = seen.servers.find((candidate) => candidate.name === pod.serverName);
    const expires = seen.certificates.get(id);
    const certificate = expires instanceof Date ? `${daysLeft(expires, now)} days left` : "none served";
    if (server === undefined) return [id, pod.serverName, "does not answer", "", "", "", certificate];
    return [
      id,
      server.name,
      server.version,
      server.started.slice(0, 19).replace("T", " "),
      [...new Set(server.routes)].sort().join(", ") || "none",
      metaRole(server, seen.servers),
      certificate,
    ];
  });
  return table([["POD", "SERVER", "VERSION", "UP SINCE (UTC)", "ROUTES", "META", "CERTIFICATE"], ...rows]);
}

function metaRole(server: SeenServer, servers: readonly SeenServer[]): string {
  if (!server.jetStream) return "no JetStream";
  if (server.metaLeader === "") return "no leader";
  if (server.metaLeader === server.name) return "leader";
  const leader = servers.find((candidate) => candidate.name === server.metaLeader);
  const peer = leader?.metaPeers.find((candidate) => candidate.name === server.name);
  return peer === undefined ? "unknown" : copyState(peer);
}

function streamTable(outputs: StackOutputs, seen: Seen): string {
  const rows = outputs.streams.map((name) => {
    const stream = seen.streams.get(name);
    if (stream === undefined || "fault" in stream) return [name, "does not answer"];
    return streamRow(name, stream);
  });
  return table([["STREAM", "LEADER", "REPLICAS", "MESSAGES", "BYTES", "CONSUMERS"], ...rows]);
}

function streamRow(name: string, stream: SeenStream): string[] {
  const replicas = stream.replicas.map((replica) => `${replica.name} ${copyState(replica)}`).sort();
  return [
    name,
    stream.leader || "none",
    `R${stream.copies}${replicas.length === 0 ? "" : `: ${replicas.join(", ")}`}`,
    String(stream.messages),
    String(stream.bytes),
    String(stream.consumers),
  ];
}

function copyState(peer: PeerInfo): string {
  if (peer.offline === true) return "offline";
  return peer.current && (peer.lag ?? 0) === 0 ? "current" : `lag ${peer.lag ?? "?"}`;
}
