import {
  AckPolicy,
  type Consumer,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  type NatsConnection,
  nanos,
} from "nats";
import { pause, poll } from "../../client/poll.ts";
import type { Messages } from "./messages.ts";
import { idHeader, loadSubjects } from "./subjects.ts";

const batchSize = 500;
const batchWaitMs = 1_000;
const batchLimitMs = 4_000;
/** Short, so that what was on the way through a lost connection comes again while the run still lasts. */
const ackWaitMs = 5_000;
const deleteMs = 30_000;
/** err_code of "consumer not found". */
const notFound = 10_014;

/** A durable consumer of one pod, which is consumed all the time until `stop`. */
export class LoadConsumer {
  readonly podId: string;
  /** Deliveries after the first of the same message. */
  redelivered = 0;
  /** By the message's number. */
  private readonly seen: boolean[] = [];
  private readonly connection: NatsConnection;
  private readonly stream: string;
  private readonly messages: Messages;
  private stopped = false;

  constructor(podId: string, connection: NatsConnection, stream: string, messages: Messages) {
    this.podId = podId;
    this.connection = connection;
    this.stream = stream;
    this.messages = messages;
  }

  /** Takes the place of one that a killed run left behind. @param firstSequence what the stream will store next */
  async create(manager: JetStreamManager, firstSequence: number): Promise<void> {
    await this.delete(manager);
    await manager.consumers.add(this.stream, {
      durable_name: this.name,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: 5_000,
      // Not "new": that is worked out again by a server that restarts before the first delivery.
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: firstSequence,
      filter_subject: loadSubjects,
    });
  }

  /** Tries for a while: the cluster may be in the middle of something. */
  async delete(manager: JetStreamManager): Promise<void> {
    await poll(Date.now() + deleteMs, async () => {
      try {
        await manager.consumers.delete(this.stream, this.name);
      } catch (error) {
        if (!isNotFound(error)) return { waitingFor: `${this.name} could not be deleted: ${error}` };
      }
      return { done: undefined };
    });
  }

  /** Whether it is gone from the cluster, so that nothing can come any more. */
  async isGone(manager: JetStreamManager): Promise<boolean> {
    try {
      await manager.consumers.info(this.stream, this.name);
      return false;
    } catch (error) {
      return isNotFound(error);
    }
  }

  /** Batches that end by themselves: the client's `consume` may wait for ever after several leaders have changed. */
  async run(): Promise<void> {
    const client = this.connection.jetstream({ timeout: 2_000 });
    while (!this.stopped) {
      try {
        const consumer = await client.consumers.get(this.stream, this.name);
        while (!this.stopped) await this.takeBatch(consumer);
      } catch {
        // Its leader or this connection is away for a moment; what never comes is in the report.
        await pause(100);
      }
    }
  }

  has(number: number): boolean {
    return this.seen[number] === true;
  }

  stop(): void {
    this.stopped = true;
  }

  private async takeBatch(consumer: Consumer): Promise<void> {
    const batch = await consumer.fetch({ max_messages: batchSize, expires: batchWaitMs });
    // One whose connection was lost at the wrong moment never ends by itself.
    const limit = setTimeout(() => void batch.close(), batchLimitMs);
    try {
      for await (const message of batch) this.take(message);
    } finally {
      clearTimeout(limit);
    }
  }

  private take(message: JsMsg): void {
    const number = this.messages.number(message.headers?.get(idHeader) ?? "");
    if (number !== undefined) {
      if (this.has(number)) this.redelivered++;
      this.seen[number] = true;
    }
    message.ack();
  }

  private get name(): string {
    return `load-${this.podId}`;
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { api_error?: { err_code?: number } }).api_error?.err_code === notFound;
}
