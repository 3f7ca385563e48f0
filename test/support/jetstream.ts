import type { ClusterClient } from "../../client/cluster-client.ts";
import { isNotFound } from "../../client/jetstream/asset-request.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { markIn } from "../../model/jetstream/ownership.ts";
import type { StreamInfo } from "../../model/jetstream/stream-info.ts";
import { askAgain } from "./no-responders.ts";
import { consumer, stream } from "./plugin.ts";

const patience = 30_000;

/** A request to the JetStream API as anyone with a client could make it. */
export function byHand<T = unknown>(cluster: ClusterClient, subject: string, body?: unknown): Promise<T> {
  return cluster.jetStream<T>(subject, body, { deadline: Date.now() + patience });
}

/** Deletes every stream, emptied first: see deleteStream in client/jetstream/stream-api.ts. */
export async function deleteAll(cluster: ClusterClient): Promise<void> {
  const { streams } = await byHand<{ streams: string[] | null }>(cluster, "STREAM.NAMES");
  for (const name of streams ?? []) {
    await byHand(cluster, `STREAM.PURGE.${name}`).catch(() => {});
    // A request that took long is made again, and then finds nothing.
    await byHand(cluster, `STREAM.DELETE.${name}`).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

export function infoOf(cluster: ClusterClient, name: string): Promise<StreamInfo> {
  return byHand<StreamInfo>(cluster, `STREAM.INFO.${name}`);
}

export async function markOf(cluster: ClusterClient, name: string) {
  return markIn((await infoOf(cluster, name)).config.metadata);
}

/** Names of the servers that have a copy. */
export async function copiesOf(cluster: ClusterClient, name: string): Promise<string[]> {
  const { leader = "", replicas = [] } = (await infoOf(cluster, name)).cluster ?? {};
  return [leader, ...replicas.map((replica) => replica.name)].sort();
}

/** Publishes and waits for every acknowledgement. */
export async function publish(cluster: ClusterClient, subject: string, count: number): Promise<void> {
  const client = (await cluster.application(Date.now() + patience)).jetstream();
  const batch = 500;
  for (let sent = 0; sent < count; sent += batch) {
    const size = Math.min(batch, count - sent);
    await Promise.all(
      Array.from({ length: size }, (_, index) =>
        client.publish(subject, `message ${sent + index}`, askAgain),
      ),
    );
  }
}

/** Checked inputs; the test fails where they have a fault. */
export function streamInputs(given: Properties): Properties {
  return mustBeFaultless(stream.check(given, undefined));
}

export function consumerInputs(given: Properties): Properties {
  return mustBeFaultless(consumer.check(given, undefined));
}

function mustBeFaultless({ inputs, failures }: ReturnType<typeof stream.check>): Properties {
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  return inputs;
}
