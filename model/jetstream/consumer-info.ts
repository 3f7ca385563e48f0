import type { ConsumerSpec } from "./consumer.ts";
import type { ClusterInfo } from "./copies.ts";
import type { Metadata } from "./ownership.ts";

/**
 * A consumer as a server tells of it. Only what this project reads is named; the rest is carried along untouched.
 * https://docs.nats.io/reference/reference-protocols/nats_api_reference#consumers
 */
export interface ConsumerInfo {
  readonly stream_name: string;
  readonly name: string;
  readonly config: ConsumerConfig;
  readonly created: string;
  readonly cluster?: ClusterInfo;
}

/** How far a consumer has come. A redelivery counts in its own sequence too. */
export interface ConsumerProgress {
  readonly delivered: SequencePair;
  /** Up to here everything is acknowledged, without a gap. */
  readonly ack_floor: SequencePair;
  /** Messages that are delivered and not yet acknowledged. */
  readonly num_ack_pending: number;
  /** Messages that it has not delivered yet. */
  readonly num_pending: number;
}

export interface SequencePair {
  readonly consumer_seq: number;
  readonly stream_seq: number;
}

/** A consumer that a server was asked about, with how far it has come. */
export interface LiveConsumer extends ConsumerInfo, ConsumerProgress {}

/** What a server is asked to make or to change. */
export type WantedConfig = ConsumerConfig | StartedConfig;

/** Of a consumer that begins at a message of its stream. */
type StartedConfig = Omit<ConsumerConfig, "deliver_policy" | "opt_start_seq"> & {
  readonly deliver_policy: "by_start_sequence";
  readonly opt_start_seq: number;
};

/** Durations are in nanoseconds. */
export interface ConsumerConfig {
  readonly durable_name?: string;
  readonly name?: string;
  readonly description?: string;
  readonly deliver_policy: ConsumerSpec["deliverPolicy"];
  /** There on consumers that begin at a message of their stream: its sequence. */
  readonly opt_start_seq?: number;
  /** There on those that begin at a time. */
  readonly opt_start_time?: string;
  readonly ack_policy: ConsumerSpec["ackPolicy"];
  readonly replay_policy: ConsumerSpec["replayPolicy"];
  readonly ack_wait?: number;
  readonly max_deliver?: number;
  readonly max_ack_pending?: number;
  readonly max_waiting?: number;
  readonly filter_subject?: string;
  readonly filter_subjects?: readonly string[];
  readonly num_replicas: number;
  /** There on push consumers only. */
  readonly deliver_subject?: string;
  readonly metadata?: Metadata;
}
