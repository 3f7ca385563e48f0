import { performance } from "node:perf_hooks";
import { Empty, type NatsConnection } from "nats";
import type { Meter } from "./figures.ts";
import { replySubject } from "./subjects.ts";

const timeoutMs = 1_000;
const everyMs = 100;

/** Core request and reply from each pod to each other, about 10 requests a second for each pair, until `stop`. */
export class Requests {
  private readonly meter: Meter;
  private readonly timers: NodeJS.Timeout[] = [];

  /** @param connections by pod id */
  constructor(connections: ReadonlyMap<string, NatsConnection>, meter: Meter) {
    this.meter = meter;
    for (const [podId, connection] of connections) {
      connection.subscribe(replySubject(podId), {
        callback: (error, message) => {
          if (error !== null) throw error;
          message.respond(message.data);
        },
      });
    }
    for (const [podId, connection] of connections) {
      for (const other of connections.keys()) {
        if (other === podId) continue;
        this.timers.push(setInterval(() => void this.ask(connection, other), everyMs));
      }
    }
  }

  stop(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private async ask(connection: NatsConnection, podId: string): Promise<void> {
    const from = performance.now();
    const answer = connection.request(replySubject(podId), Empty, { timeout: timeoutMs });
    const failed = await answer.then(
      () => false,
      () => true,
    );
    this.meter.request(performance.now() - from, failed);
  }
}
