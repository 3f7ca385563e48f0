import { createHistogram, monitorEventLoopDelay, performance } from "node:perf_hooks";

/** What was counted over a span of time. */
export interface LoadFigures {
  readonly seconds: number;
  /** Publishes that the stream has acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged ones. */
  readonly publishesPerSecond: number;
  /** From the first attempt to the acknowledgement. */
  readonly medianMs: number;
  readonly percentile99Ms: number;
  /** The longest time from a first attempt to its acknowledgement, or until now for what still waits. */
  readonly longestStallMs: number;
  /** Attempts to publish that timed out or were refused; each was repeated with the same message id. */
  readonly failedAttempts: number;
  readonly requests: number;
  readonly failedRequests: number;
  /** Failed ones too. */
  readonly longestRequestMs: number;
  /** Connections lost, of all connections of the load. */
  readonly disconnects: number;
  /** Servers' announcements to a connection that they are about to stop. */
  readonly lameDucks: number;
  /** The longest time the generator itself did not run: no stall is known more exactly than this. */
  readonly eventLoopStallMs: number;
}

/** The figures of a whole run, and what became of its messages, by message id. */
export interface LoadReport extends LoadFigures {
  /** What the run's ids and contents were made of, see Messages. */
  readonly seed: string;
  /** Different messages. */
  readonly published: number;
  /** Never acknowledged, and so not promised: they may be in the stream or not. */
  readonly unacknowledged: number;
  /** Acknowledged, and not in the stream. */
  readonly lost: readonly string[];
  /** More than once in the stream. */
  readonly duplicated: readonly string[];
  /** In the stream with a content that was not published under this id. */
  readonly altered: readonly string[];
  /** Acknowledged, and never seen by the durable consumer of this pod. */
  readonly notConsumed: Readonly<Record<string, readonly string[]>>;
  /** Deliveries to any of the consumers after the first of the same message. */
  readonly redelivered: number;
}

type Counter = "failedAttempts" | "disconnects" | "lameDucks";

const resolutionMs = 10;
const microseconds = 1000;

/** Counts over one span of time, which begins when it is made. */
class Tally {
  readonly counts: Record<Counter, number> = { failedAttempts: 0, disconnects: 0, lameDucks: 0 };
  private readonly from = performance.now();
  private readonly latency = createHistogram();
  private readonly eventLoop = monitorEventLoopDelay({ resolution: resolutionMs });
  private longestAcknowledged = 0;
  private requests = 0;
  private failedRequests = 0;
  private longestRequest = 0;

  constructor() {
    this.eventLoop.enable();
  }

  acknowledged(ms: number): void {
    this.latency.record(Math.max(1, Math.round(ms * microseconds)));
    this.longestAcknowledged = Math.max(this.longestAcknowledged, ms);
  }

  request(ms: number, failed: boolean): void {
    this.requests++;
    if (failed) this.failedRequests++;
    this.longestRequest = Math.max(this.longestRequest, ms);
  }

  end(): void {
    this.eventLoop.disable();
  }

  /** Ends it. */
  figures(until: number, longestWaitMs: number): LoadFigures {
    this.end();
    const seconds = (until - this.from) / 1000;
    const acknowledged = this.latency.count;
    return {
      seconds: tenths(seconds),
      acknowledged,
      publishesPerSecond: tenths(acknowledged / seconds),
      medianMs: tenths(acknowledged === 0 ? 0 : this.latency.percentile(50) / microseconds),
      percentile99Ms: tenths(acknowledged === 0 ? 0 : this.latency.percentile(99) / microseconds),
      longestStallMs: tenths(Math.max(this.longestAcknowledged, longestWaitMs)),
      requests: this.requests,
      failedRequests: this.failedRequests,
      longestRequestMs: tenths(this.longestRequest),
      ...this.counts,
      // A sample is the whole time between two of its timers, so the least is the resolution itself.
      eventLoopStallMs: tenths(Math.max(0, this.eventLoop.max / 1e6 - resolutionMs)),
    };
  }
}

/** Counts over the whole run and since the last look at once. */
export class Meter {
  private whole = new Tally();
  private recent = new Tally();

  /** Forgets what was before: connecting takes time in which nothing is published. */
  begin(): void {
    this.whole.end();
    this.recent.end();
    this.whole = new Tally();
    this.recent = new Tally();
  }

  acknowledged(ms: number): void {
    this.whole.acknowledged(ms);
    this.recent.acknowledged(ms);
  }

  request(ms: number, failed: boolean): void {
    this.whole.request(ms, failed);
    this.recent.request(ms, failed);
  }

  count(counter: Counter): void {
    this.whole.counts[counter]++;
    this.recent.counts[counter]++;
  }

  /** @param longestWaitMs of the publishes that wait for an acknowledgement */
  sinceLastLook(longestWaitMs: number): LoadFigures {
    const figures = this.recent.figures(performance.now(), longestWaitMs);
    this.recent = new Tally();
    return figures;
  }

  /** @param until when publishing ended, by `performance.now()` */
  ofAll(until: number, longestWaitMs: number): LoadFigures {
    return this.whole.figures(until, longestWaitMs);
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
