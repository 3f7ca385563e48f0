import type { Configuration } from "./config/configuration.ts";

/**
 * Streams with copies in memory on several servers. A restart loses the server's copy, which comes back from the other
 * copies: https://docs.nats.io/nats-concepts/jetstream/streams#storagetype
 */
export function sharedMemoryStreams({ streams }: Pick<Configuration, "streams">): string[] {
  return streams
    .filter(({ storage, replicas }) => storage === "memory" && replicas > 1)
    .map(({ name }) => name)
    .sort();
}

/**
 * Whether servers restart one after the other although the configuration has parallel: a restart of all servers at once
 * would lose every copy of such a stream. all-at-once accepts that loss.
 */
export function takesTurnsForMemory(configuration: Pick<Configuration, "streams" | "rollout">): boolean {
  return configuration.rollout.mode === "parallel" && sharedMemoryStreams(configuration).length > 0;
}
