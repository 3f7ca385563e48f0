import type { ClusterClient } from "../../client/cluster-client.ts";
import type { ConsumerProgress } from "../../model/jetstream/consumer-info.ts";
import { byHand } from "./jetstream.ts";
import { nextMessage } from "./no-responders.ts";

const patienceMs = 30_000;

/** Where a consumer of a test is: which messages it is given, and how far it is. */
export class TestConsumer {
  private readonly cluster: ClusterClient;
  private readonly stream: string;
  private readonly name: string;

  constructor(cluster: ClusterClient, stream: string, name: string) {
    this.cluster = cluster;
    this.stream = stream;
    this.name = name;
  }

  info<T extends object = object>(): Promise<T & ConsumerProgress> {
    return byHand<T & ConsumerProgress>(this.cluster, `CONSUMER.INFO.${this.stream}.${this.name}`);
  }

  /**
   * Takes so many messages; their sequences in the stream.
   * @param acknowledges which of them, by their place among those taken, beginning with 0
   */
  async take(count: number, acknowledges: (place: number) => boolean = () => true): Promise<number[]> {
    if (count === 0) return [];
    const connection = await this.cluster.application(Date.now() + patienceMs);
    const consumer = await connection.jetstream().consumers.get(this.stream, this.name);
    const taken: number[] = [];
    while (taken.length < count) {
      const message = await nextMessage(consumer);
      if (acknowledges(taken.length)) await message.ackAck();
      taken.push(message.seq);
    }
    return taken;
  }

  /** Takes and acknowledges all that it is still to be given. */
  async rest(): Promise<number[]> {
    return this.take((await this.info()).num_pending);
  }

  async names(): Promise<string[]> {
    const { consumers } = await byHand<{ consumers: string[] | null }>(
      this.cluster,
      `CONSUMER.NAMES.${this.stream}`,
    );
    return (consumers ?? []).sort();
  }
}

/** A cluster to which everything goes through until the connection breaks: after a request, or before it. */
export function cutAfter(requests: number, isDone: boolean, cluster: ClusterClient): ClusterClient {
  let left = requests;
  const jetStream: ClusterClient["jetStream"] = async (...request) => {
    left -= 1;
    if (left > 0) return cluster.jetStream(...request);
    if (left === 0 && isDone) await cluster.jetStream(...request).catch(() => undefined);
    throw new Error("the connection broke");
  };
  return new Proxy(cluster, {
    get: (target, property) => (property === "jetStream" ? jetStream : Reflect.get(target, property, target)),
  });
}

/** The sequences from one to another. */
export function span(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
