import { type JetStreamManager, type NatsConnection, StringCodec } from "nats";
import { askAgain, nextMessage } from "./no-responders.ts";

const codec = StringCodec();

/** Messages of every stream, each with its subject and its place: what must be the same afterwards. */
export async function contents(connection: NatsConnection): Promise<Record<string, string[]>> {
  const manager = await connection.jetstreamManager();
  const all: Record<string, string[]> = {};
  for await (const { config, state } of manager.streams.list()) {
    all[config.name] = [];
    for (let seq = Math.max(1, state.first_seq); seq <= state.last_seq; seq++) {
      const message = await manager.streams.getMessage(config.name, { seq });
      all[config.name]?.push(`${seq} ${message.subject} ${codec.decode(message.data)}`);
    }
  }
  return all;
}

/** Configuration and state of every stream and consumer, without what changes by itself. */
export async function infos(connection: NatsConnection): Promise<unknown> {
  const manager = await connection.jetstreamManager();
  const streams = await manager.streams.list().next();
  return Promise.all(
    streams
      .sort((left, right) => (left.config.name < right.config.name ? -1 : 1))
      .map(async ({ config, state, created, cluster }) => ({
        ...{ config, state, created, leader: cluster?.leader },
        consumers: await consumersOf(manager, config.name),
      })),
  );
}

async function consumersOf(manager: JetStreamManager, stream: string) {
  const consumers = await manager.consumers.list(stream).next();
  return consumers.map((one) => ({ name: one.name, config: one.config, ...placeOf(one) }));
}

interface Placed {
  readonly delivered: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly ack_floor: { readonly consumer_seq: number; readonly stream_seq: number };
  readonly num_pending: number;
}

/** Where a consumer is. */
function placeOf({ delivered, ack_floor, num_pending }: Placed) {
  return {
    ...{ delivered: delivered.stream_seq, acknowledged: ack_floor.stream_seq, waiting: num_pending },
  };
}

export async function place(connection: NatsConnection, stream: string, consumer: string) {
  return placeOf(await (await connection.jetstreamManager()).consumers.info(stream, consumer));
}

export async function publish(connection: NatsConnection, subject: string, count: number): Promise<void> {
  const client = connection.jetstream();
  for (let number = 1; number <= count; number++)
    await client.publish(subject, codec.encode(`${number} of ${subject}`), askAgain);
}

/** Takes messages and waits until the server has every acknowledgement. @returns their numbers in the stream */
export async function take(
  connection: NatsConnection,
  stream: string,
  name: string,
  count: number,
): Promise<number[]> {
  const consumer = await connection.jetstream().consumers.get(stream, name);
  const taken: number[] = [];
  while (taken.length < count) {
    const message = await nextMessage(consumer);
    await message.ackAck();
    taken.push(message.seq);
  }
  return taken;
}
