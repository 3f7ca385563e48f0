import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { sameValue as sameOfConsumer } from "../../model/jetstream/consumer-canonical.ts";
import { immutableDifferences as immutableOfConsumer } from "../../model/jetstream/consumer-diff.ts";
import { dropsUnneeded, lowersPerSubject, shortensAge } from "../../model/jetstream/loss/changes.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { sameValue } from "../../model/jetstream/stream-canonical.ts";
import { immutableDifferences } from "../../model/jetstream/stream-diff.ts";
import { subjectsOverlap, subjectWithin } from "../../model/jetstream/subjects.ts";

/** A difference between a live stream or consumer and the configuration. */
export interface Difference<Key> {
  readonly property: Key;
  /** Why the configuration gets the live value; undefined: the first `up` changes the property in place. */
  readonly kept: string | undefined;
}

type StreamRule = (live: StreamSpec, wanted: StreamSpec) => string | undefined;

const deletes = "the value of the configuration would delete messages";

/** What must keep its live value, so that the first `up` neither loses a message nor refuses. */
const streamRules: { readonly [Key in keyof StreamSpec]?: StreamRule } = {
  description: (live) => (live.description === "" ? undefined : "a person wrote it"),
  subjects: (live, wanted) =>
    live.subjects.every((one) => isWithin(one, wanted.subjects))
      ? undefined
      : "no stream would store the messages on the subjects that are missing there",
  discard: (live) => (live.discard === "new" ? deletes : undefined),
  maxAgeSeconds: (live, wanted) => (shortensAge(live, wanted) ? deletes : undefined),
  maxBytes: (live, wanted) => (lowers(live.maxBytes, wanted.maxBytes) ? deletes : undefined),
  maxMessages: (live, wanted) => (lowers(live.maxMessages, wanted.maxMessages) ? deletes : undefined),
  maxMessagesPerSubject: (live, wanted) => (lowersPerSubject(live, wanted) ? deletes : undefined),
  retention: (live, wanted) => (dropsUnneeded(live, wanted) ? deletes : undefined),
};

/**
 * @param maxPayloadBytes the limit of the servers: a stream with a larger limit gets no larger messages
 */
export function compareStream(
  live: StreamSpec,
  wanted: StreamSpec,
  maxPayloadBytes: number,
): Difference<keyof StreamSpec>[] {
  const immutable = immutableDifferences(live, wanted);
  return differing(live, wanted, sameValue).map((property) => {
    const fixed = immutable.some((fault) => fault.startsWith(`${property} `));
    if (fixed) return { property, kept: "no server changes it" };
    if (property === "maxMessageSizeBytes") {
      const taken = live.maxMessageSizeBytes < 0 ? maxPayloadBytes : live.maxMessageSizeBytes;
      const smaller = lowers(Math.min(taken, maxPayloadBytes), wanted.maxMessageSizeBytes);
      return { property, kept: smaller ? "the stream accepts larger messages now" : undefined };
    }
    return { property, kept: streamRules[property]?.(live, wanted) };
  });
}

/** @param streamSubjects of its stream as it will be: a consumer without filters reads all of them */
export function compareConsumer(
  live: ConsumerSpec,
  wanted: ConsumerSpec,
  streamSubjects: readonly string[],
): Difference<keyof ConsumerSpec>[] {
  const immutable = immutableOfConsumer(live, wanted);
  const filters = ({ filterSubjects }: ConsumerSpec) =>
    filterSubjects.length === 0 ? streamSubjects : filterSubjects;
  return differing(live, wanted, sameOfConsumer).map((property) => {
    if (immutable.some((fault) => fault.startsWith(`${property} `)))
      return { property, kept: "no server changes it" };
    if (property === "description" && live.description !== "") return { property, kept: "a person wrote it" };
    if (property !== "filterSubjects") return { property, kept: undefined };
    const covered = filters(live).every((one) => isWithin(one, filters(wanted)));
    return {
      property,
      kept: covered ? undefined : "the consumer would no longer get messages that it reads now",
    };
  });
}

/**
 * The subjects of a stream that has other subjects than the configuration: those of the configuration, and its own. If the
 * two overlap, only its own, because no server allows an overlap.
 */
export function keptSubjects(live: readonly string[], wanted: readonly string[]): readonly string[] {
  const besides = live.filter((one) => !isWithin(one, wanted));
  const overlap = besides.some((one) => wanted.some((other) => subjectsOverlap(one, other)));
  return overlap ? live : [...wanted, ...besides];
}

function isWithin(subject: string, wide: readonly string[]): boolean {
  return wide.some((other) => subjectWithin(subject, other));
}

/** -1 is unlimited. */
function lowers(from: number, to: number): boolean {
  return to >= 0 && (from < 0 || to < from);
}

function differing<Spec extends object>(
  live: Spec,
  wanted: Spec,
  same: (path: string, left: unknown, right: unknown) => boolean,
): (keyof Spec)[] {
  // A configured stream also has a consent, which is not a property of the stream.
  const properties = Object.keys(live) as (keyof Spec & string)[];
  return properties.filter((property) => !same(property, live[property], wanted[property]));
}
