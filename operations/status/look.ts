import type { Cluster } from "../../client/cluster.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { lookAtServers } from "../../client/look.ts";
import type { PeerInfo } from "../../client/system.ts";
import type { SeenServer } from "../../client/whole.ts";
import type { StackOutputs } from "../stack.ts";

/** What the servers say of one stream; undefined where nobody could say anything. */
export interface SeenStream {
  readonly name: string;
  readonly leader: string;
  readonly copies: number;
  readonly replicas: readonly PeerInfo[];
  readonly messages: number;
  readonly bytes: number;
  readonly consumers: number;
}

export interface Seen {
  readonly servers: readonly SeenServer[];
  readonly streams: ReadonlyMap<string, SeenStream | { readonly fault: string }>;
  /** By pod id: when the certificate that is served now ends. */
  readonly certificates: ReadonlyMap<string, Date>;
}

interface StreamInfo {
  readonly config: { readonly num_replicas: number };
  readonly state: { readonly messages: number; readonly bytes: number; readonly consumer_count: number };
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly PeerInfo[] };
}

/** How long a status may take to hear from a server that does not answer. */
const patienceMs = 4_000;

/** Asks everything at once; what does not answer is missing from the answer. */
export async function look(cluster: Cluster, outputs: StackOutputs): Promise<Seen> {
  const deadline = Date.now() + patienceMs;
  const [servers, streams, certificates] = await Promise.all([
    lookAtCluster(cluster, Object.keys(outputs.pods).length, deadline),
    Promise.all(
      outputs.streams.map(async (name) => [name, await lookAtStream(cluster, name, deadline)] as const),
    ),
    lookAtCertificates(outputs),
  ]);
  return { servers, streams: new Map(streams), certificates };
}

async function lookAtCluster(cluster: Cluster, expected: number, deadline: number): Promise<SeenServer[]> {
  const connection = await cluster.system(deadline).catch(() => undefined);
  return connection === undefined ? [] : lookAtServers(connection, expected);
}

async function lookAtStream(cluster: Cluster, name: string, deadline: number) {
  try {
    const info = await cluster.jetStream<StreamInfo>(`STREAM.INFO.${name}`, undefined, { deadline });
    return {
      name,
      leader: info.cluster?.leader ?? "",
      copies: info.config.num_replicas,
      replicas: info.cluster?.replicas ?? [],
      messages: info.state.messages,
      bytes: info.state.bytes,
      consumers: info.state.consumer_count,
    };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

async function lookAtCertificates(outputs: StackOutputs): Promise<Map<string, Date>> {
  const found = new Map<string, Date>();
  await Promise.all(
    Object.entries(outputs.pods).map(async ([id, pod]) => {
      const [host = "", port = ""] = pod.clusterAddress.split(":");
      const served = await servedCertificate({ host, port: Number(port) }, "cluster", patienceMs).catch(
        () => undefined,
      );
      if (served !== undefined) found.set(id, served.expires);
    }),
  );
  return found;
}
