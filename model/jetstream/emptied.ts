import type { HeldStream } from "./held.ts";

/** Servers that stop, and how. */
export interface Stops {
  /** server_name of each. */
  readonly servers: readonly string[];
  /** One after the other, and each turn waits until the copies in memory are there again. */
  readonly turns: boolean;
  /** Of them, those that start again with another data volume, and so without any copy. */
  readonly withoutData: readonly string[];
}

/**
 * Streams whose messages go when these servers stop. A copy in memory goes with its server, and comes back from the
 * others: https://docs.nats.io/nats-concepts/jetstream/streams#storagetype. So a stream is lost with its last copy, and
 * also when most of its copies start empty at the same time: these could elect one of themselves, and the copy that is
 * left would follow. A stream without messages loses none.
 */
export function emptiedBy(stops: Stops, streams: readonly HeldStream[]): HeldStream[] {
  return streams.filter((stream) => stream.messages > 0 && isEmptied(stops, stream));
}

function isEmptied({ servers, turns, withoutData }: Stops, stream: HeldStream): boolean {
  const { leader, replicas, storage } = stream;
  const places = [...(leader === "" ? [] : [leader]), ...replicas.map(({ name }) => name)];
  const goes = (server: string) =>
    servers.includes(server) && (storage === "memory" || withoutData.includes(server));
  if (!places.some(goes)) return false;
  // Each turn waits for the others' copies, so no copy but the last one takes the messages along.
  if (turns) return places.length === 1;
  const behind = replicas
    .filter(({ current, offline }) => !current || offline === true)
    .map(({ name }) => name);
  const empty = places.filter((server) => goes(server) || behind.includes(server));
  return empty.length > places.length / 2;
}

/** Streams in memory that are lost when every server stops. */
export function inMemory(streams: readonly HeldStream[]): HeldStream[] {
  return streams.filter(({ storage, messages }) => storage === "memory" && messages > 0);
}
