import {
  assetName,
  choice,
  duration,
  flag,
  identifier,
  orUnlimited,
  scalar,
  size,
  subject,
  whole,
} from "./scalars.ts";
import { listOf, mapOf, section } from "./schema.ts";

const unlimited = -1;
const shortText = scalar("text of at most 4096 characters", (value) =>
  typeof value === "string" && value.length <= 4096
    ? { value }
    : { fault: "is not a description; allowed text of at most 4096 characters" },
);
const count = whole("a count", 1, Number.MAX_SAFE_INTEGER, 1000);
const counts = orUnlimited(count, unlimited);
const sizes = orUnlimited(size(), unlimited);
/** The server takes no shorter age or window than 100 ms. */
const shortest = 0.1;

/** A consumer in a configuration: all settings of a new consumer, or the changes of a consumer of the catalogue. */
export const consumerShape = {
  description: shortText.optional(),
  filters: listOf(subject, '["global.user.>"]').optional(),
  ackWait: duration(shortest).optional(),
  maxDeliver: counts.optional(),
  maxAckPending: counts.optional(),
  maxWaiting: count.optional(),
  deliverPolicy: choice("all", "last", "new", "last_per_subject").optional(),
  ackPolicy: choice("explicit", "all", "none").optional(),
  replayPolicy: choice("instant", "original").optional(),
  allowPositionLoss: flag.optional(),
};

/** A stream in a configuration: all settings of a new stream, or the changes of a stream of the catalogue. */
export const streamShape = {
  description: shortText.optional(),
  subjects: listOf(subject, '["orders.>"]').optional(),
  storage: choice("file", "memory").optional(),
  retention: choice("limits", "interest", "workqueue").optional(),
  discard: choice("old", "new").optional(),
  /** At most 5: https://docs.nats.io/nats-concepts/jetstream/streams#configuration */
  replicas: whole("a number of replicas", 1, 5, 3).optional(),
  maxAge: orUnlimited(duration(shortest), 0).optional(),
  maxBytes: sizes.optional(),
  maxMessages: counts.optional(),
  maxMessagesPerSubject: counts.optional(),
  maxMessageSize: orUnlimited(size({ mostBytes: 2 ** 31 - 1 }), unlimited).optional(),
  duplicateWindow: duration(shortest).optional(),
  compression: choice("none", "s2").optional(),
  pod: identifier("a pod id").optional(),
  allowDataLoss: flag.prefault(false),
  consumers: mapOf(section(consumerShape), "the consumers' names").prefault({}),
};

export const streamSchema = section(streamShape);

export const streamNameSchema = assetName("a stream name");
export const consumerNameSchema = assetName("a consumer name");
