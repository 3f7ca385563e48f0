import { randomBytes } from "node:crypto";
import type { JetStreamClient, NatsConnection } from "nats";
import { poll } from "../../../client/poll.ts";
import type { TestStack } from "../../../harness/stack.ts";

/** One connection of an application that publishes into one stream. */
export interface Lane {
  /** The pod that it is connected to. */
  readonly podId: string;
  readonly stream: string;
  readonly subject: string;
}

export interface Sent {
  readonly stream: string;
  readonly content: string;
  /** The sequence that the server acknowledged it with; undefined when it never did. */
  acknowledged?: number;
}

/** What was published, by message id. No id is used twice, and nothing is published a second time. */
export type Ledger = ReadonlyMap<string, Sent>;

const inFlightPerLane = 32;
const randomBytesPerMessage = 128;
const loadMs = 60_000;

/** Publishes through all lanes at once, without a break, until it is stopped. */
export class Load {
  private readonly ledger = new Map<string, Sent>();
  private readonly connections: NatsConnection[] = [];
  private readonly publishing: Promise<void>[] = [];
  private stopped = false;
  private lastFailure = "none failed";

  async start(stack: TestStack, lanes: readonly Lane[]): Promise<void> {
    for (const lane of lanes) {
      const connection = await stack.connect(lane.podId);
      this.connections.push(connection);
      const client = connection.jetstream();
      for (let publisher = 0; publisher < inFlightPerLane; publisher++)
        this.publishing.push(this.publish(client, lane));
    }
  }

  /** Waits until each of these streams has acknowledged so many messages. */
  async acknowledged(streams: readonly string[], count: number): Promise<void> {
    await poll(Date.now() + loadMs, async () => {
      const seen = Map.groupBy(
        [...this.ledger.values()].filter((sent) => sent.acknowledged !== undefined),
        (sent) => sent.stream,
      );
      const counts = streams.map((stream) => ({ stream, count: seen.get(stream)?.length ?? 0 }));
      return counts.every((one) => one.count >= count)
        ? { done: true }
        : {
            waitingFor:
              `not every stream acknowledged ${count} messages: ` +
              `${counts.map((one) => `${one.stream} ${one.count}`).join(", ")}; ${this.lastFailure}`,
          };
    });
  }

  /** Closes the connections: what was not acknowledged by then never will be. */
  async stop(): Promise<Ledger> {
    this.stopped = true;
    await Promise.allSettled(this.connections.map((connection) => connection.close()));
    await Promise.allSettled(this.publishing);
    return this.ledger;
  }

  private async publish(client: JetStreamClient, { podId, stream, subject }: Lane): Promise<void> {
    while (!this.stopped) {
      const id = `${podId}-${stream}-${this.ledger.size}`;
      const sent: Sent = { stream, content: `${id} ${randomBytes(randomBytesPerMessage).toString("hex")}` };
      this.ledger.set(id, sent);
      try {
        sent.acknowledged = (await client.publish(subject, sent.content, { msgID: id })).seq;
      } catch (error) {
        // Cut off before its acknowledgement: the server owes nothing.
        this.lastFailure = String(error);
      }
    }
  }
}
