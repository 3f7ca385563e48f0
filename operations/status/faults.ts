import { clusterHealth } from "../../client/cluster-health.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { healthFaults, type SeenCurrent, withCopiesOn } from "../../model/jetstream/copies.ts";
import { consumerName } from "../../model/jetstream/names.ts";
import type { Seen, UnseenCertificate } from "./look.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Days until then, rounded down; negative when it has passed. */
export function daysLeft(expires: Date, now: Date): number {
  return Math.floor((expires.getTime() - now.getTime()) / dayMs);
}

export function hasEnded(expires: Date, now: Date): boolean {
  return daysLeft(expires, now) < 0;
}

/**
 * Everything that is not as it should be, in words; empty means healthy.
 * @param skipped servers that may be away: neither they nor their copies count
 */
export function faultsOf(
  outputs: StackOutputs,
  seen: Seen,
  now: Date,
  seenCurrent: SeenCurrent = new Set(),
  skipped: readonly string[] = [],
): string[] {
  const counts = (server: string) => !skipped.includes(server);
  const configured = Object.values(outputs.pods).map((pod) => pod.serverName);
  const { faults, extra } = clusterHealth(configured, seen.servers);
  // The fault of every server is the same, and each stream would repeat it.
  if (seen.unreachable !== undefined) return [seen.unreachable, ...endedOnes(seen, now)];
  return [
    ...faults,
    ...extra.filter(counts).map((name) => `${name} is in the cluster, but not in the configuration`),
    ...[...seen.streams].flatMap(([name, stream]) =>
      healthFaults(name, withCopiesOn(stream, counts), seenCurrent),
    ),
    ...[...seen.consumers].flatMap(([name, fault]) => consumerFaults(name, fault, seen)),
    ...Object.keys(outputs.pods).flatMap((id) => certificateFaults(id, seen.certificates.get(id), now)),
  ];
}

/** A stream without an answer has consumers without an answer, and each consumer would repeat the fault. */
function consumerFaults(name: string, fault: string, { streams }: Seen): string[] {
  const stream = streams.get(consumerName.parse(name)?.stream ?? "");
  return stream !== undefined && "fault" in stream ? [] : [`${name}: ${fault}`];
}

/** A certificate that has ended may be the reason that no one can connect. */
function endedOnes({ certificates }: Seen, now: Date): string[] {
  return [...certificates].flatMap(([id, expires]) =>
    expires instanceof Date ? certificateFaults(id, expires, now) : [],
  );
}

function certificateFaults(id: string, expires: Date | UnseenCertificate | undefined, now: Date): string[] {
  if (expires === undefined) return [`${id} serves no certificate on its cluster port`];
  if ("fault" in expires) return [`${id} serves no certificate on its cluster port: ${expires.fault}`];
  return hasEnded(expires, now) ? [`${id} serves a certificate that ended on ${expires.toISOString()}`] : [];
}
