import { poll } from "../../client/poll.ts";

const patienceMs = 60_000;
/** A size that is too small after this time stays too small. */
const growthMs = 15_000;
/** A cluster that forms wrongly one time in ten does so four times in a row once in ten thousand. */
const attempts = 4;

/** Servers that were started with empty disks, and are to become one cluster. */
interface Forming {
  /** Makes a stream with a copy on every server, and deletes that stream. @throws while the servers can't */
  tryStream(): Promise<void>;
  readonly monitorPorts: readonly number[];
}

/**
 * Starts servers, and waits until a stream can have a copy on each of them.
 *
 * nats-server 2.10 can form a cluster without one of its servers, for ever. A leader that has just been elected may still
 * hold a server that connects for one without JetStream. That leader makes the cluster's size smaller, and no later word
 * of the server makes the size larger again:
 * https://github.com/nats-io/nats-server/blob/v2.10.27/server/jetstream_cluster.go#L1392. Such a cluster is discarded.
 * @param discard removes the servers with their disks
 */
export async function formed<T extends Forming>(
  start: () => Promise<T>,
  discard: (servers: T) => Promise<void>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const servers = await start();
    const isFormed = await isWhole(servers).catch(async (error: unknown) => {
      await discard(servers);
      throw error;
    });
    if (isFormed) return servers;
    await discard(servers);
    if (attempt === attempts)
      throw new Error(`a cluster formed without one of its servers ${attempts} times`);
  }
}

/** @returns false when the cluster has too few servers, and that will not change by itself any more */
async function isWhole(servers: Forming): Promise<boolean> {
  const started = Date.now();
  return poll(started + patienceMs, async () => {
    try {
      await servers.tryStream();
      return { done: true };
    } catch (error) {
      const isTooSmall = async () =>
        Math.min(...(await Promise.all(servers.monitorPorts.map(clusterSize)))) < servers.monitorPorts.length;
      return Date.now() - started > growthMs && (await isTooSmall())
        ? { done: false }
        : { waitingFor: (error as Error).message };
    }
  });
}

/** Infinity while the server does not tell. https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
async function clusterSize(monitorPort: number): Promise<number> {
  try {
    const answer = await fetch(`http://127.0.0.1:${monitorPort}/jsz`);
    const { meta_cluster: meta } = (await answer.json()) as { meta_cluster?: { cluster_size?: number } };
    return meta?.cluster_size || Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
