import type { Configuration } from "./config/configuration.ts";

/**
 * Streams that are kept in memory on several servers. One of their copies goes with each restart, and comes back from the
 * others: https://docs.nats.io/nats-concepts/jetstream/streams#storagetype
 */
export function sharedMemoryStreams({ streams }: Pick<Configuration, "streams">): string[] {
  return streams
    .filter(({ storage, replicas }) => storage === "memory" && replicas > 1)
    .map(({ name }) => name)
    .sort();
}

/**
 * Whether servers take turns although the configuration says parallel: restarted together they would lose every copy of
 * such a stream. Who says all-at-once accepts that.
 */
export function takesTurnsForMemory(configuration: Pick<Configuration, "streams" | "rollout">): boolean {
  return configuration.rollout.mode === "parallel" && sharedMemoryStreams(configuration).length > 0;
}
