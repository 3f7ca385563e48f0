/**
 * A durable pull consumer as this project speaks of it: the inputs of `nats:jetstream:Consumer`.
 * Every field is always there, see {@link ./stream.ts}.
 *
 * Fields and their meaning: https://docs.nats.io/nats-concepts/jetstream/consumers#configuration
 */
export interface ConsumerSpec {
  readonly stream: string;
  /** The durable's name; a consumer can't be renamed. */
  readonly name: string;
  readonly description: string;
  /** Empty: everything in the stream. */
  readonly filterSubjects: readonly string[];
  readonly deliverPolicy: "all" | "last" | "new" | "last_per_subject";
  readonly ackPolicy: "explicit" | "all" | "none";
  readonly replayPolicy: "instant" | "original";
  /** How long a delivered message may stay unacknowledged before it is delivered again. */
  readonly ackWaitSeconds: number;
  /** -1 is unlimited. */
  readonly maxDeliver: number;
  /** Delivered and not yet acknowledged, at most; -1 is unlimited. */
  readonly maxAckPending: number;
  /** Pull requests that may wait, at most. */
  readonly maxWaiting: number;
  /** Copies of the consumer's state; 0 is as many as its stream has. */
  readonly replicas: number;
}

/** The defaults of a consumer. */
export const consumerDefaults: Omit<ConsumerSpec, "stream" | "name"> = {
  description: "",
  filterSubjects: [],
  deliverPolicy: "all",
  ackPolicy: "explicit",
  replayPolicy: "instant",
  ackWaitSeconds: 30,
  maxDeliver: -1,
  maxAckPending: 1000,
  maxWaiting: 512,
  replicas: 0,
};
