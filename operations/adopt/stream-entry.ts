import { type StreamSpec, streamDefaults } from "../../model/jetstream/stream.ts";
import { age, count, size } from "./words.ts";

/** A stream or consumer in the configuration, by the keys of `streamShape` and `consumerShape`. */
export type Entry = Readonly<Record<string, unknown>>;

/** How the configuration says a property of a stream; undefined: it has no words for it. */
const streamWords: {
  readonly [Key in keyof StreamSpec]?: (spec: StreamSpec) => Entry;
} = {
  description: ({ description }) => ({ description }),
  subjects: ({ subjects }) => ({ subjects }),
  storage: ({ storage }) => ({ storage }),
  retention: ({ retention }) => ({ retention }),
  discard: ({ discard }) => ({ discard }),
  replicas: ({ replicas }) => ({ replicas }),
  maxAgeSeconds: ({ maxAgeSeconds }) => ({ maxAge: age(maxAgeSeconds) }),
  maxBytes: ({ maxBytes }) => ({ maxBytes: size(maxBytes) }),
  maxMessages: ({ maxMessages }) => ({ maxMessages: count(maxMessages) }),
  maxMessagesPerSubject: (spec) => ({ maxMessagesPerSubject: count(spec.maxMessagesPerSubject) }),
  maxMessageSizeBytes: ({ maxMessageSizeBytes }) => ({ maxMessageSize: size(maxMessageSizeBytes) }),
  duplicateWindowSeconds: (spec) => ({ duplicateWindow: age(spec.duplicateWindowSeconds) }),
  compression: ({ compression }) => ({ compression }),
};

/** The configuration's entry for these properties of a stream. */
export function entryOf(spec: StreamSpec, properties: readonly (keyof StreamSpec)[]): Entry {
  return Object.assign({}, ...properties.map((property) => streamWords[property]?.(spec) ?? {}));
}

/** The whole entry of a stream that the catalogue does not know; without what is as by default. */
export function wholeEntryOf(spec: StreamSpec): Entry {
  const properties = (Object.keys(streamWords) as (keyof StreamSpec)[]).filter(
    (property) =>
      property === "subjects" ||
      property === "replicas" ||
      property === "maxMessageSizeBytes" ||
      spec[property] !== (streamDefaults as StreamSpec)[property],
  );
  return entryOf(spec, properties);
}

/** What a stream may say that the configuration says too, or that means nothing where it is empty. */
const known: ReadonlySet<string> = new Set([
  ...["name", "description", "subjects", "retention", "max_consumers", "max_msgs_per_subject", "max_msgs"],
  ...["max_bytes", "max_age", "max_msg_size", "storage", "discard", "num_replicas", "duplicate_window"],
  ...["compression", "metadata", "placement"],
  // A faster way to the same messages, which the nats CLI asks for by itself; an update leaves it as it is.
  "allow_direct",
]);

/** Fields that the configuration has no words for, of a stream or consumer as a server tells of it. */
export function unspoken(config: object, spoken: ReadonlySet<string> = known): string[] {
  return Object.entries(config)
    .filter(([key, value]) => !spoken.has(key) && !isEmpty(value))
    .map(([key]) => key)
    .sort();
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === "" || value === 0) return true;
  // A consumer that is not paused says so.
  if (typeof value === "string") return value.startsWith("0001-01-01");
  return typeof value === "object" && Object.keys(value).length === 0;
}
