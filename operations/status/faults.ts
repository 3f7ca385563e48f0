import { missing } from "../../client/whole.ts";
import type { StackOutputs } from "../stack.ts";
import type { Seen, SeenStream } from "./look.ts";

const dayMs = 24 * 60 * 60 * 1000;

/** Days until then, rounded down; negative when it has passed. */
export function daysLeft(expires: Date, now: Date): number {
  return Math.floor((expires.getTime() - now.getTime()) / dayMs);
}

/** Everything that is not as it should be, in words; empty means healthy. */
export function faultsOf(outputs: StackOutputs, seen: Seen, now: Date): string[] {
  const configured = Object.values(outputs.pods).map((pod) => pod.serverName);
  const { faults, extra } = missing(configured, seen.servers);
  return [
    ...faults,
    ...extra.map((name) => `${name} is in the cluster and not in the configuration`),
    ...outputs.streams.flatMap((name) => streamFaults(name, seen.streams.get(name))),
    ...Object.keys(outputs.pods).flatMap((id) => certificateFaults(id, seen.certificates.get(id), now)),
  ];
}

function streamFaults(name: string, stream: SeenStream | { readonly fault: string } | undefined): string[] {
  if (stream === undefined) return [`${name} was not looked at`];
  if ("fault" in stream) return [`${name}: ${stream.fault}`];
  if (stream.leader === "") return [`${name} has no leader`];
  const behind = stream.replicas.flatMap((replica) => {
    if (replica.offline === true) return [`${name}: the copy on ${replica.name} is offline`];
    if (!replica.current || (replica.lag ?? 0) > 0) {
      return [
        `${name}: the copy on ${replica.name} is behind by ${replica.lag ?? "an unknown number of"} entries`,
      ];
    }
    return [];
  });
  const copies = stream.replicas.length + 1;
  return copies === stream.copies ? behind : [...behind, `${name} has ${copies} of ${stream.copies} copies`];
}

function certificateFaults(id: string, expires: Date | undefined, now: Date): string[] {
  if (expires === undefined) return [`${id} serves no certificate on its cluster port`];
  return daysLeft(expires, now) < 0
    ? [`${id} serves a certificate that ended on ${expires.toISOString()}`]
    : [];
}
