import type { ClusterClient } from "../../client/cluster-client.ts";
import type { SeenServer } from "../../client/cluster-health.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { findConsumer } from "../../client/jetstream/consumer-api.ts";
import { lookAtStream } from "../../client/jetstream/streams.ts";
import { lookAtServers } from "../../client/look.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenStream, UnseenStream } from "../../model/jetstream/copies.ts";
import { consumerName } from "../../model/jetstream/names.ts";

export interface Seen {
  readonly servers: readonly SeenServer[];
  /** Why no server could be asked. */
  readonly unreachable?: string | undefined;
  readonly streams: ReadonlyMap<string, SeenStream | UnseenStream>;
  /** Faults of consumers, by `STREAM/CONSUMER`. A consumer that answers has no entry. */
  readonly consumers: ReadonlyMap<string, string>;
  /** Streams and consumers that the servers do not know, named as above. */
  readonly missing: ReadonlySet<string>;
  /** By pod id: when the certificate that is served now ends. */
  readonly certificates: ReadonlyMap<string, Date | UnseenCertificate>;
}

export interface UnseenCertificate {
  /** Why there was no answer. */
  readonly fault: string;
}

/** How long a status may take to hear from a server that does not answer. */
const patienceMs = 4_000;

/** Asks everything at once. A server that does not answer is missing from the result. */
export async function look(cluster: ClusterClient, outputs: StackOutputs): Promise<Seen> {
  const deadline = Date.now() + patienceMs;
  const [{ servers, unreachable }, streams, consumers, certificates] = await Promise.all([
    lookAtCluster(cluster, deadline),
    Promise.all(
      outputs.streams.map(async (name) => [name, await lookAtStream(cluster, name, deadline)] as const),
    ),
    Promise.all(
      outputs.consumers.map(async (name) => [name, await faultOfConsumer(cluster, name, deadline)] as const),
    ),
    lookAtCertificates(cluster, outputs),
  ]);
  return {
    servers,
    unreachable,
    streams: new Map(
      streams.map(([name, stream]) => [name, stream ?? { fault: "the stream does not exist" }]),
    ),
    consumers: new Map(consumers.flatMap(([name, fault]) => (fault === undefined ? [] : [[name, fault]]))),
    missing: new Set([
      ...streams.flatMap(([name, stream]) => (stream === undefined ? [name] : [])),
      ...consumers.flatMap(([name, fault]) => (fault === noConsumer ? [name] : [])),
    ]),
    certificates,
  };
}

const noConsumer = "the consumer does not exist";

/** @returns undefined: its leader answers */
async function faultOfConsumer(
  cluster: ClusterClient,
  name: string,
  deadline: number,
): Promise<string | undefined> {
  const identity = consumerName.parse(name);
  if (identity === undefined) return undefined;
  try {
    const found = await findConsumer(identity, { cluster, deadline, progress: () => {} });
    return found === undefined ? noConsumer : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

async function lookAtCluster(
  cluster: ClusterClient,
  deadline: number,
): Promise<Pick<Seen, "servers" | "unreachable">> {
  try {
    return { servers: await lookAtServers(await cluster.system(deadline)) };
  } catch (error) {
    return { servers: [], unreachable: (error as Error).message };
  }
}

async function lookAtCertificates(
  cluster: ClusterClient,
  outputs: StackOutputs,
): Promise<Map<string, Date | UnseenCertificate>> {
  const found = new Map<string, Date | UnseenCertificate>();
  await Promise.all(
    Object.entries(outputs.pods).map(async ([id, pod]) => {
      const port = cluster.port("cluster", pod.clusterAddress);
      const served = await servedCertificate(port, patienceMs).then(
        ({ expires }) => expires,
        ({ message }: Error) => ({ fault: message }),
      );
      found.set(id, served);
    }),
  );
  return found;
}
