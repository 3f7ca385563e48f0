import type { StreamSpec } from "../stream.ts";
import type { StreamState } from "../stream-info.ts";
import { filtersOf, subjectWithin } from "../subjects.ts";

/** What a change would delete. */
export interface Loss {
  /** The property that asks for it, with its value: `maxMessages: 10`. */
  readonly because: string;
  readonly messages: number;
  /** Where only a bound or an estimate can be known. */
  readonly accuracy: "exactly" | "about" | "up to";
}

type Limits = Pick<
  StreamSpec,
  "discard" | "retention" | "maxAgeSeconds" | "maxMessages" | "maxBytes" | "maxMessagesPerSubject"
>;

/** With `discard: new` a server refuses new messages, and never deletes old ones to keep a limit. */
export function lossByCount(wanted: Limits, stored: StreamState): Loss[] {
  if (wanted.discard !== "old" || wanted.maxMessages < 0 || stored.messages <= wanted.maxMessages) return [];
  const messages = stored.messages - wanted.maxMessages;
  return [{ because: `maxMessages: ${wanted.maxMessages}`, messages, accuracy: "exactly" }];
}

/** Messages differ in size, and the servers do not report the size of each: judged by the average. */
export function lossByBytes(wanted: Limits, stored: StreamState): Loss[] {
  if (wanted.discard !== "old" || wanted.maxBytes < 0 || stored.bytes <= wanted.maxBytes) return [];
  const messages = Math.ceil(((stored.bytes - wanted.maxBytes) / stored.bytes) * stored.messages);
  return [
    {
      because: `maxBytes: ${wanted.maxBytes} with ${stored.bytes} bytes stored`,
      messages,
      accuracy: "about",
    },
  ];
}

export function shortensAge(live: Limits, wanted: Limits): boolean {
  return wanted.maxAgeSeconds > 0 && (live.maxAgeSeconds === 0 || wanted.maxAgeSeconds < live.maxAgeSeconds);
}

/**
 * @param firstKept sequence of the first message that is young enough; undefined when none is
 * @param stored with its `deleted` sequences, if it has any
 */
export function lossByAge(wanted: Limits, stored: StreamState, firstKept: number | undefined): Loss[] {
  const messages = firstKept === undefined ? stored.messages : messagesBefore(firstKept, stored);
  if (messages <= 0) return [];
  return [{ because: `maxAgeSeconds: ${wanted.maxAgeSeconds}`, messages, accuracy: "exactly" }];
}

function messagesBefore(sequence: number, stored: StreamState): number {
  const gaps = (stored.deleted ?? []).filter((gap) => gap < sequence).length;
  return Math.max(0, sequence - stored.first_seq) - gaps;
}

export function lowersPerSubject(live: Limits, wanted: Limits): boolean {
  const [from, to] = [live.maxMessagesPerSubject, wanted.maxMessagesPerSubject];
  return to > 0 && (from <= 0 || to < from);
}

export function lossPerSubject(wanted: Limits, counts: Iterable<number>): Loss[] {
  const limit = wanted.maxMessagesPerSubject;
  let messages = 0;
  for (const count of counts) messages += Math.max(0, count - limit);
  return messages === 0
    ? []
    : [{ because: `maxMessagesPerSubject: ${limit}`, messages, accuracy: "exactly" }];
}

export function dropsUnneeded(live: Limits, wanted: Limits): boolean {
  return live.retention === "limits" && wanted.retention === "interest";
}

/**
 * A message that no consumer waits for is deleted. Two consumers may wait for the same messages, so only a bound is known.
 * @param needed messages that each consumer has still to deliver or to see acknowledged
 */
export function lossByInterest(stored: StreamState, needed: readonly number[]): Loss[] {
  const messages = stored.messages - Math.max(0, ...needed);
  return messages <= 0 ? [] : [{ because: "retention: interest", messages, accuracy: "up to" }];
}

/**
 * What a stream with retention `interest` deletes when one of its consumers is deleted: at most what this consumer waits
 * for, and nothing that another consumer waits for.
 * @param needed messages that the consumer has not seen acknowledged, at most
 * @param others messages that each other consumer of the stream has still to deliver or to see acknowledged
 */
export function lossByConsumer(stored: StreamState, needed: number, others: readonly number[]): number {
  return Math.max(0, Math.min(needed, stored.messages - Math.max(0, ...others)));
}

/**
 * Whether a consumer would no longer wait for something that it waits for now, whether there is a message of it or not.
 * @param before its filters; none are all subjects
 */
export function dropsSubjects(before: readonly string[], after: readonly string[]): boolean {
  return filtersOf(before).some((one) => !filtersOf(after).some((other) => subjectWithin(one, other)));
}

/**
 * Messages that a consumer would no longer wait for with other filters.
 * @param counts how many messages the stream holds, by subject
 */
export function droppedBySubject(
  before: readonly string[],
  after: readonly string[],
  counts: Iterable<readonly [subject: string, messages: number]>,
): number {
  const matches = (subject: string, filters: readonly string[]) =>
    filtersOf(filters).some((filter) => subjectWithin(subject, filter));
  let messages = 0;
  for (const [subject, number] of counts)
    if (matches(subject, before) && !matches(subject, after)) messages += number;
  return messages;
}

/** What to say when other filters of a consumer would delete messages without consent. */
export function refusedFilters(id: string, messages: number): string {
  return (
    `the consumer ${id} was not changed: its stream keeps a message only for as long as a consumer waits for it ` +
    `(retention: interest), and the new filters would delete up to ${messages} ${plural(messages)}. Let the clients ` +
    "acknowledge these messages first. If the messages may be lost, set allowPositionLoss: true on this consumer"
  );
}

/** What to say when the deletion of a consumer would delete messages without consent. */
export function refusedConsumerDeletion(id: string, messages: number): string {
  return (
    `the consumer ${id} was not deleted: its stream keeps a message only for as long as a consumer waits for it ` +
    `(retention: interest), and up to ${messages} ${plural(messages)} would be deleted with it. If the ` +
    "messages may be lost, put the consumer back into the program with allowPositionLoss: true, run `pulumi up`, and " +
    "remove the consumer after that: a deletion sees only the consent of an earlier update"
  );
}

/** What to say when an update would delete messages without consent. */
export function refusedUpdate(name: string, losses: readonly Loss[]): string {
  const parts = losses.map(({ because, messages, accuracy }) => {
    const how = accuracy === "exactly" ? "" : `${accuracy} `;
    return `${because} would delete ${how}${messages} ${plural(messages)}`;
  });
  return (
    `the stream ${name} was not changed: ${parts.join("; ")}. ` +
    "Give a wider limit. If the messages may be lost, set allowDataLoss: true on this stream"
  );
}

/** What to say when a deletion would delete messages without consent. */
export function refusedDeletion(name: string, { messages, bytes }: StreamState): string {
  return (
    `the stream ${name} was not deleted: it holds ${messages} ${plural(messages)} with ${bytes} bytes. ` +
    "If the messages may be lost, put the stream back into the program with allowDataLoss: true, run `pulumi up`, and " +
    "delete or replace the stream after that: a deletion sees only the consent of an earlier update"
  );
}

function plural(messages: number): string {
  return messages === 1 ? "message" : "messages";
}
