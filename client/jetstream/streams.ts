import type { PeerInfo } from "../../model/jetstream/peer.ts";
import type { Cluster } from "../cluster.ts";
import { ApiError, jetStreamErrors } from "../errors.ts";
import type { RequestOptions } from "./request.ts";

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
  readonly config: {
    readonly name: string;
    readonly num_replicas: number;
    readonly metadata?: Readonly<Record<string, string>>;
  };
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
    return seenIn(info);
  } catch (error) {
    if (error instanceof ApiError && error.errorCode === jetStreamErrors.streamNotFound) return undefined;
    return { fault: (error as Error).message };
  }
}

function seenIn(info: StreamInfo): SeenStream {
  return {
    leader: info.cluster?.leader ?? "",
    copies: info.config.num_replicas,
    replicas: info.cluster?.replicas ?? [],
    messages: info.state.messages,
    bytes: info.state.bytes,
    consumers: info.state.consumer_count,
  };
}

interface ListedStream {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly stream: SeenStream;
}

/** Every stream of the applications' account whose leader answers, page by page. */
export async function listStreams(cluster: Cluster, options: RequestOptions): Promise<ListedStream[]> {
  const found: ListedStream[] = [];
  for (;;) {
    const page = { offset: found.length };
    const { streams, total } = await cluster.jetStream<StreamPage>("STREAM.LIST", page, options);
    for (const info of streams ?? []) {
      found.push({ name: info.config.name, metadata: info.config.metadata, stream: seenIn(info) });
    }
    if ((streams ?? []).length === 0 || found.length >= total) return found;
  }
}

interface StreamPage {
  readonly total: number;
  readonly streams?: readonly StreamInfo[] | null;
}

/** Copies that were seen current, over the looks of one wait: `STREAM/SERVER`. */
export type SeenCurrent = Set<string>;

/**
 * What keeps a stream from being healthy: no leader, or a copy that is missing, offline or behind.
 * @param seenCurrent under load some copy is always a few entries behind, so one look at all of them at once may never
 *   find all current: who looks again and again gives the same set each time, and each copy counts once it was
 */
export function streamFaults(
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
