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

/** Durations are in nanoseconds. */
export interface ConsumerConfig {
  readonly durable_name?: string;
  readonly name?: string;
  readonly description?: string;
  readonly deliver_policy: ConsumerSpec["deliverPolicy"];
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
