import { performance } from "node:perf_hooks";
import { createInbox, headers, type Msg, type NatsConnection } from "nats";
import type { Meter } from "./figures.ts";
import type { Messages } from "./messages.ts";
import { idHeader } from "./subjects.ts";

const attemptTimeoutMs = 1_000;
const firstPauseMs = 100;
const longestPauseMs = 500;

/** A message that was published and is not acknowledged yet. */
interface Waiting {
  readonly firstAttempt: number;
  refusals: number;
  /** An answer may still come; otherwise it pauses until the next attempt. */
  attempted: boolean;
  /** When it is to be tried again. */
  due: number;
}

export interface Publishing {
  /** The stream that has to acknowledge. */
  readonly stream: string;
  readonly subject: string;
  readonly messages: Messages;
  readonly meter: Meter;
  readonly onAcknowledged: (number: number) => void;
}

/**
 * Publishes on one connection, and each message again under the same id until the stream acknowledges it. Not with
 * the client's own `publish`, which forgets an attempt that timed out: here a late acknowledgement counts too.
 */
export class Publisher {
  private readonly connection: NatsConnection;
  private readonly publishing: Publishing;
  private readonly inbox = `${createInbox()}.`;
  private readonly waiting = new Map<number, Waiting>();

  constructor(connection: NatsConnection, publishing: Publishing) {
    this.connection = connection;
    this.publishing = publishing;
    connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => {
        if (error !== null) throw error;
        this.answered(message);
      },
    });
  }

  /** Messages without an acknowledgement. */
  get pending(): number {
    return this.waiting.size;
  }

  longestWaitMs(now: number): number {
    // In the order of their first attempts.
    const [oldest] = this.waiting.values();
    return oldest === undefined ? 0 : now - oldest.firstAttempt;
  }

  publish(number: number): void {
    const now = performance.now();
    const entry = { firstAttempt: now, refusals: 0, attempted: true, due: now + attemptTimeoutMs };
    this.waiting.set(number, entry);
    this.send(number);
  }

  /** Tries again what is due. */
  retry(now: number): void {
    for (const [number, entry] of this.waiting) {
      if (entry.due > now) continue;
      if (entry.attempted) this.publishing.meter.count("failedAttempts");
      entry.attempted = true;
      entry.due = now + attemptTimeoutMs;
      this.send(number);
    }
  }

  private send(number: number): void {
    const { subject, messages } = this.publishing;
    const header = headers();
    header.set(idHeader, messages.id(number));
    const options = { headers: header, reply: `${this.inbox}${number}` };
    this.connection.publish(subject, messages.content(number), options);
  }

  private answered(message: Msg): void {
    const now = performance.now();
    const number = Number(message.subject.slice(this.inbox.length));
    const entry = this.waiting.get(number);
    if (entry === undefined) return;
    if (acknowledges(message, this.publishing.stream)) {
      this.waiting.delete(number);
      this.publishing.meter.acknowledged(now - entry.firstAttempt);
      this.publishing.onAcknowledged(number);
    } else if (entry.attempted) {
      this.publishing.meter.count("failedAttempts");
      entry.attempted = false;
      entry.due = now + pauseAfter(entry.refusals++);
    }
  }
}

/** Where the stream has no leader, thousands wait, and their attempts must not become a load of their own. */
function pauseAfter(refusals: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** refusals);
}

/** Whether the answer is the stream's promise: docs.nats.io, "JetStream API reference", PubAck. */
function acknowledges(message: Msg, stream: string): boolean {
  // No one listens on the subject: a header with the status 503, and no data.
  if (message.data.length === 0) return false;
  const answer = message.json<{ stream?: string; seq?: number; error?: unknown }>();
  return answer.error === undefined && answer.stream === stream && (answer.seq ?? 0) > 0;
}
