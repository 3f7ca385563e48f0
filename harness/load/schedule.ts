import { performance } from "node:perf_hooks";
import type { Publisher } from "./publisher.ts";

const tickMs = 5;
const retryEveryMs = 25;
/** Beyond this a connection's messages are left out: the memory would not last for a cluster that stays away. */
const mostPending = 2_000;

/** Publishes at a steady pace over all connections in turn, however long the acknowledgements take. */
export class Schedule {
  /** Messages published so far; also the number of the next. */
  published = 0;
  private readonly publishers: readonly Publisher[];
  private readonly ticking: NodeJS.Timeout;
  private readonly retrying: NodeJS.Timeout;

  constructor(publishers: readonly Publisher[], perSecond: number) {
    this.publishers = publishers;
    const from = performance.now();
    let turns = 0;
    this.ticking = setInterval(() => {
      const due = ((performance.now() - from) / 1000) * perSecond;
      while (turns < due) this.publishOn(turns++ % publishers.length);
    }, tickMs);
    this.retrying = setInterval(() => this.retry(), retryEveryMs);
  }

  get pending(): number {
    return this.publishers.reduce((sum, { pending }) => sum + pending, 0);
  }

  longestWaitMs(): number {
    const now = performance.now();
    return Math.max(...this.publishers.map((publisher) => publisher.longestWaitMs(now)));
  }

  /** What waits for its acknowledgement is tried further. */
  stopPublishing(): void {
    clearInterval(this.ticking);
  }

  stop(): void {
    this.stopPublishing();
    clearInterval(this.retrying);
  }

  private publishOn(index: number): void {
    const publisher = this.publishers[index];
    if (publisher === undefined || publisher.pending >= mostPending) return;
    publisher.publish(this.published++);
  }

  private retry(): void {
    const now = performance.now();
    for (const publisher of this.publishers) publisher.retry(now);
  }
}
