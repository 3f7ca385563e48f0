import type { JetStreamClient, JetStreamManager, JsMsg } from "nats";
import { pause } from "../../client/poll.ts";
import type { Messages } from "./messages.ts";
import { idHeader, loadSubjects } from "./subjects.ts";

const batchSize = 1_000;

/** What the stream has of one run. */
export class Stored {
  private readonly messages: Messages;
  private readonly published: number;
  /** By the message's number: how often it is there. */
  private readonly copies: number[] = [];
  private readonly alteredIds = new Set<string>();

  /** @param published how many messages the run has published: all their numbers are below */
  constructor(messages: Messages, published: number) {
    this.messages = messages;
    this.published = published;
  }

  add(id: string, content: Uint8Array): void {
    const number = this.messages.number(id);
    if (number === undefined) return;
    const known = number >= 0 && number < this.published;
    if (!known || !this.messages.content(number).equals(content)) this.alteredIds.add(id);
    if (known) this.copies[number] = (this.copies[number] ?? 0) + 1;
  }

  get altered(): string[] {
    return [...this.alteredIds];
  }

  get duplicated(): string[] {
    return this.ids((number) => (this.copies[number] ?? 0) > 1);
  }

  /** @param acknowledged by the message's number */
  lost(acknowledged: readonly boolean[]): string[] {
    return this.ids((number) => acknowledged[number] === true && this.copies[number] === undefined);
  }

  private ids(which: (number: number) => boolean): string[] {
    const ids: string[] = [];
    for (let number = 0; number < this.published; number++) {
      if (which(number)) ids.push(this.messages.id(number));
    }
    return ids;
  }
}

interface Reading {
  readonly manager: JetStreamManager;
  readonly client: JetStreamClient;
  readonly stream: string;
  readonly deadline: number;
}

/**
 * Reads every message of every load that the stream has, each once. A consumer may sit on a server that is behind, so
 * it goes on until it has seen as many as the stream's leader says there are.
 * @throws Error when that has not happened by the deadline
 */
export async function readStream(reading: Reading, onMessage: (message: JsMsg) => void): Promise<void> {
  let read = 0;
  let last = 0;
  for (;;) {
    const expected = await count(reading).catch(() => undefined);
    if (expected !== undefined && read >= expected) return;
    if (Date.now() >= reading.deadline) {
      throw new Error(`the stream ${reading.stream} was read up to ${read} of ${expected ?? "?"} messages`);
    }
    const visit = (message: JsMsg) => {
      if (message.seq <= last) return;
      last = message.seq;
      read++;
      onMessage(message);
    };
    await readFrom(last + 1, reading, visit).catch(() => pause(100));
  }
}

/** Until nothing comes any more. */
async function readFrom(sequence: number, reading: Reading, visit: (message: JsMsg) => void): Promise<void> {
  const options = { filterSubjects: loadSubjects, opt_start_seq: sequence };
  const consumer = await reading.client.consumers.get(reading.stream, options);
  try {
    for (let left = true; left; ) {
      left = false;
      for await (const message of await consumer.fetch({ max_messages: batchSize, expires: 1_000 })) {
        visit(message);
        left = message.info.pending > 0;
        if (!left) break;
      }
    }
  } finally {
    await consumer.delete();
  }
}

async function count({ manager, stream }: Reading): Promise<number> {
  const { state } = await manager.streams.info(stream, { subjects_filter: loadSubjects });
  return Object.values(state.subjects ?? {}).reduce((sum, messages) => sum + messages, 0);
}

export function idOf(message: JsMsg): string {
  return message.headers?.get(idHeader) ?? "";
}
