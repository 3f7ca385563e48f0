import type { HeldStream } from "../held.ts";

/** Servers that an update stops. */
export interface Stops {
  /** server_name of each. */
  readonly servers: readonly string[];
  /** One after the other, and each turn waits until the copies in memory are there again. */
  readonly turns: boolean;
}

/**
 * Streams whose messages go when these servers stop. A copy in memory goes with its server, and comes back from the
 * others: https://docs.nats.io/nats-concepts/jetstream/streams#storagetype. So a stream is lost with its last copy, and
 * also when most of its copies start empty at the same time: these could elect one of themselves, and the copy that is
 * left would follow. A stream without messages loses none.
 */
export function emptiedBy(stops: Stops, streams: readonly HeldStream[]): HeldStream[] {
  return inMemory(streams).filter((stream) => isEmptied(stops, stream));
}

/** Streams that are lost when every server stops. */
export function inMemory(streams: readonly HeldStream[]): HeldStream[] {
  return streams.filter(({ storage, messages }) => storage === "memory" && messages > 0);
}

function isEmptied({ servers, turns }: Stops, stream: HeldStream): boolean {
  const places = placesOf(stream);
  const stopped = places.filter((server) => servers.includes(server));
  if (stopped.length === 0) return false;
  // Each turn waits for the others' copies, so only the last copy takes the messages along.
  if (turns) return places.length === 1;
  const behind = stream.replicas
    .filter(
      ({ name, current, offline }) =>
        !stopped.includes(name) && (!current || offline === true || stream.lastSequences[name] === 0),
    )
    .map(({ name }) => name);
  return stopped.length + behind.length > places.length / 2;
}

/** server_name of every server that has a copy. */
export function placesOf({ leader, replicas }: Pick<HeldStream, "leader" | "replicas">): string[] {
  return [...(leader === "" ? [] : [leader]), ...replicas.map(({ name }) => name)];
}
