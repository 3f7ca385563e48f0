import type { ClusterClient } from "../../client/cluster-client.ts";
import type { SeenServer } from "../../client/cluster-health.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { lookAtStream } from "../../client/jetstream/streams.ts";
import { lookAtServers } from "../../client/look.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenStream, UnseenStream } from "../../model/jetstream/copies.ts";

export interface Seen {
  readonly servers: readonly SeenServer[];
  /** Why no server could be asked. */
  readonly unreachable?: string | undefined;
  readonly streams: ReadonlyMap<string, SeenStream | UnseenStream>;
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
  const [{ servers, unreachable }, streams, certificates] = await Promise.all([
    lookAtCluster(cluster, deadline),
    Promise.all(
      outputs.streams.map(async (name) => {
        const stream = await lookAtStream(cluster, name, deadline);
        return [name, stream ?? { fault: "the stream does not exist" }] as const;
      }),
    ),
    lookAtCertificates(cluster, outputs),
  ]);
  return { servers, unreachable, streams: new Map(streams), certificates };
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
