import type { ClusterInfo } from "./copies.ts";
import type { Metadata } from "./ownership.ts";
import type { StreamSpec } from "./stream.ts";

/**
 * A stream as a server tells of it. Only what this project reads is named; the rest is carried along untouched.
 * https://docs.nats.io/reference/reference-protocols/nats_api_reference#streams
 */
export interface StreamInfo {
  readonly config: StreamConfig;
  readonly created: string;
  /** When the server gave this answer. */
  readonly ts: string;
  readonly state: StreamState;
  /** Not there on a server without a cluster. */
  readonly cluster?: ClusterInfo;
}

/** Durations are in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly description?: string;
  readonly subjects?: readonly string[];
  readonly storage: StreamSpec["storage"];
  readonly retention: StreamSpec["retention"];
  readonly discard: StreamSpec["discard"];
  readonly num_replicas: number;
  readonly max_age: number;
  readonly max_bytes: number;
  readonly max_msgs: number;
  readonly max_msgs_per_subject: number;
  readonly max_msg_size?: number;
  readonly max_consumers: number;
  readonly duplicate_window?: number;
  readonly compression?: StreamSpec["compression"];
  readonly placement?: { readonly tags?: readonly string[]; readonly cluster?: string };
  readonly metadata?: Metadata;
}

export interface StreamState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
  readonly num_deleted?: number;
  /** Sequences that are missing between the first and the last one; only when asked for. */
  readonly deleted?: readonly number[];
  /** Messages by subject; only when asked for. */
  readonly subjects?: Readonly<Record<string, number>>;
}
