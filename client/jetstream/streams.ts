import type { SeenStream, UnseenStream } from "../../model/jetstream/copies.ts";
import type { PeerInfo } from "../../model/jetstream/peer.ts";
import type { StreamConfig } from "../../model/jetstream/stream-info.ts";
import type { ClusterClient } from "../cluster-client.ts";
import { ApiError, jetStreamErrors } from "../errors.ts";
import type { RequestOptions } from "./request.ts";

interface StreamInfo {
  readonly config: {
    readonly name: string;
    readonly num_replicas: number;
    readonly storage: StreamConfig["storage"];
    readonly metadata?: Readonly<Record<string, string>>;
  };
  readonly state: { readonly messages: number; readonly bytes: number; readonly consumer_count: number };
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly PeerInfo[] };
}

/** @returns undefined when there is no such stream */
export async function lookAtStream(
  cluster: ClusterClient,
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

export interface ListedStream {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly storage: StreamConfig["storage"];
  readonly stream: SeenStream;
}

/** Every stream of the applications' account whose leader answers, page by page. */
export async function listStreams(cluster: ClusterClient, options: RequestOptions): Promise<ListedStream[]> {
  const found: ListedStream[] = [];
  for (;;) {
    const page = { offset: found.length };
    const { streams, total } = await cluster.jetStream<StreamPage>("STREAM.LIST", page, options);
    for (const info of streams ?? []) {
      const { name, metadata, storage } = info.config;
      found.push({ name, metadata, storage, stream: seenIn(info) });
    }
    if ((streams ?? []).length === 0 || found.length >= total) return found;
  }
}

interface StreamPage {
  readonly total: number;
  readonly streams?: readonly StreamInfo[] | null;
}
