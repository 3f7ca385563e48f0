import type { Cluster } from "./cluster.ts";
import { ApiError, jetStreamErrors } from "./errors.ts";
import type { PeerInfo } from "./system.ts";

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

/** Nobody could say anything of the stream, and why. */
export interface UnseenStream {
  readonly fault: string;
}

interface StreamInfo {
  readonly config: { readonly num_replicas: number };
  readonly state: { readonly messages: number; readonly bytes: number; readonly consumer_count: number };
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly PeerInfo[] };
}

/** @returns undefined when there is no such stream */
export async function lookAtStream(
  cluster: Cluster,
  name: string,
  deadline: number,
): Promise<SeenStream | UnseenStream | undefined> {
  try {
    const info = await cluster.jetStream<StreamInfo>(`STREAM.INFO.${name}`, undefined, { deadline });
    return {
      leader: info.cluster?.leader ?? "",
      copies: info.config.num_replicas,
      replicas: info.cluster?.replicas ?? [],
      messages: info.state.messages,
      bytes: info.state.bytes,
      consumers: info.state.consumer_count,
    };
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === jetStreamErrors.streamNotFound) return undefined;
    return { fault: (error as Error).message };
  }
}

/** What keeps a stream from being healthy: no leader, or a copy that is missing, offline or behind. */
export function streamFaults(name: string, stream: SeenStream | UnseenStream): string[] {
  if ("fault" in stream) return [`${name}: ${stream.fault}`];
  if (stream.leader === "") return [`${name} has no leader`];
  const faults = stream.replicas.flatMap((replica) => {
    if (replica.offline === true) return [`${name}: the copy on ${replica.name} is offline`];
    if (replica.current && (replica.lag ?? 0) === 0) return [];
    return [
      `${name}: the copy on ${replica.name} is behind by ${replica.lag ?? "an unknown number of"} entries`,
    ];
  });
  const copies = stream.replicas.length + 1;
  return copies === stream.copies ? faults : [...faults, `${name} has ${copies} of ${stream.copies} copies`];
}
