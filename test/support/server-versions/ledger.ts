import { headers, type JsMsg, type NatsConnection } from "nats";
import { poll } from "../../../client/poll.ts";
import { askAgain, nextMessage } from "../no-responders.ts";
import { readCopies, type Stored } from "../power/copies.ts";
import type { VersionedCluster } from "./cluster.ts";

const consumer = "WORKER";
const batch = 200;
/** Messages of each fetch that are left without an acknowledgement. */
const unacknowledged = 5;
const patienceMs = 45_000;

/**
 * Where a consumer stands: https://docs.nats.io/reference/reference-protocols/nats_api_reference. Not `num_pending`,
 * which a leader counts by itself and counts wrong now and then when a message is deleted; the next one counts anew.
 */
interface Position {
  readonly delivered: { readonly stream_seq: number };
  readonly ack_floor: { readonly stream_seq: number };
  readonly num_ack_pending: number;
}

/** A stream with a durable consumer, and a book of what the servers acknowledged. */
export class Ledger {
  readonly stream: string;
  private readonly cluster: VersionedCluster;
  /** By sequence. */
  private readonly stored = new Map<number, Stored>();
  private readonly acknowledged = new Set<number>();
  private position: Position | undefined;

  private constructor(cluster: VersionedCluster, stream: string) {
    this.cluster = cluster;
    this.stream = stream;
  }

  static async create(cluster: VersionedCluster, stream: string, replicas: number): Promise<Ledger> {
    const subjects = [`${stream}.>`];
    await cluster.api(`STREAM.CREATE.${stream}`, { name: stream, subjects, num_replicas: replicas });
    // No message comes again by itself while the test runs.
    const config = { durable_name: consumer, ack_policy: "explicit", ack_wait: 3_600_000_000_000 };
    await cluster.api(`CONSUMER.DURABLE.CREATE.${stream}.${consumer}`, { stream_name: stream, config });
    return new Ledger(cluster, stream);
  }

  /** Publishes, deletes one of them from the middle, and consumes; some of what was fetched stays without an ack. */
  async use(label: string, count: number): Promise<void> {
    const sequences: number[] = [];
    for (let sent = 0; sent < count; sent += batch) {
      const size = Math.min(batch, count - sent);
      const ids = Array.from({ length: size }, (_, index) => `${label} ${sent + index}`);
      sequences.push(...(await Promise.all(ids.map((id) => this.publish(id)))));
    }
    const seq = sequences[Math.floor(count / 2)] ?? 0;
    await this.cluster.api(`STREAM.MSG.DELETE.${this.stream}`, { seq });
    this.stored.delete(seq);
    await this.consume(Math.floor(count / 4));
  }

  private async publish(id: string): Promise<number> {
    const header = headers();
    header.set("Nats-Msg-Id", id);
    const content = id.padEnd(200, ".");
    const options = { ...askAgain, headers: header };
    const { seq } = await this.connection.jetstream().publish(`${this.stream}.x`, content, options);
    this.stored.set(seq, { sequence: seq, id, content });
    return seq;
  }

  /** @throws if a message comes that was acknowledged before */
  private async consume(count: number): Promise<void> {
    const worker = await this.connection.jetstream().consumers.get(this.stream, consumer);
    const messages: JsMsg[] = [];
    while (messages.length < count) messages.push(await nextMessage(worker));
    const again = messages.find(({ seq }) => this.acknowledged.has(seq));
    if (again !== undefined) throw new Error(`${this.stream} ${again.seq} came again`);
    // The copies agree on what was delivered, and on what was acknowledged after that: the last answer tells that
    // both are done.
    for (const message of messages.slice(0, -unacknowledged)) {
      await message.ackAck();
      this.acknowledged.add(message.seq);
    }
    this.position = await this.readPosition();
  }

  /** What was acknowledged, and what the leader has. */
  async compare(): Promise<{ expected: unknown; actual: unknown }> {
    const actual = { messages: await this.readMessages(), position: await this.readPosition() };
    return { expected: { messages: this.messages, position: this.position }, actual };
  }

  /** The content of every copy, each read from its own server; takes servers from 2.11 on. */
  async copies(): Promise<(readonly Stored[])[]> {
    // Leaders may move by themselves meanwhile, which it does not take.
    const all = await poll(Date.now() + patienceMs, async () => {
      try {
        return { done: await readCopies(this.connection, this.stream) };
      } catch (error) {
        return { waitingFor: (error as Error).message };
      }
    });
    return all.map(({ messages }) => messages);
  }

  get messages(): Stored[] {
    return [...this.stored.values()].sort((one, other) => one.sequence - other.sequence);
  }

  private get connection(): NatsConnection {
    return this.cluster.connection;
  }

  private async readPosition(): Promise<Position> {
    const info = await this.cluster.api<Position>(`CONSUMER.INFO.${this.stream}.${consumer}`);
    return {
      delivered: { stream_seq: info.delivered.stream_seq },
      ack_floor: { stream_seq: info.ack_floor.stream_seq },
      num_ack_pending: info.num_ack_pending,
    };
  }

  private async readMessages(): Promise<Stored[]> {
    const read: Stored[] = [];
    const ordered = await this.connection.jetstream().consumers.get(this.stream);
    // A pull that is lost is noticed after this time.
    const messages = await ordered.consume({ expires: 2_000 });
    for await (const message of messages) {
      const id = message.headers?.get("Nats-Msg-Id") ?? "";
      read.push({ sequence: message.seq, id, content: message.string() });
      if (message.info.pending === 0) break;
    }
    await messages.close();
    return read;
  }
}
