import { sameSet } from "../contract/fields.ts";
import { type ConsumerSpec, consumerDefaults } from "./consumer.ts";
import type { ConsumerConfig, ConsumerInfo } from "./consumer-info.ts";
import { toNanoseconds, toSeconds } from "./nanoseconds.ts";
import { type Mark, marked } from "./ownership.ts";

/** A server leaves out what is empty or means nothing, such as the time to acknowledge where nothing is acknowledged. */
export function fromServer({ stream_name, name, config }: ConsumerInfo): ConsumerSpec {
  const one = config.filter_subject ?? "";
  return {
    stream: stream_name,
    name,
    description: config.description ?? "",
    filterSubjects: one === "" ? (config.filter_subjects ?? []) : [one],
    deliverPolicy: config.deliver_policy,
    ackPolicy: config.ack_policy,
    replayPolicy: config.replay_policy,
    ackWaitSeconds:
      config.ack_wait === undefined ? consumerDefaults.ackWaitSeconds : toSeconds(config.ack_wait),
    maxDeliver: config.max_deliver ?? consumerDefaults.maxDeliver,
    maxAckPending: config.max_ack_pending ?? consumerDefaults.maxAckPending,
    maxWaiting: config.max_waiting ?? consumerDefaults.maxWaiting,
    replicas: config.num_replicas,
  };
}

/**
 * What to ask a server for.
 * @param live what is there now; its fields that this project knows nothing of stay as they are
 */
export function toServer(spec: ConsumerSpec, mark: Mark, live?: ConsumerConfig): ConsumerConfig {
  const { filter_subject: _one, filter_subjects: _several, ...others } = live ?? {};
  return {
    ...others,
    durable_name: spec.name,
    name: spec.name,
    description: spec.description,
    deliver_policy: spec.deliverPolicy,
    ack_policy: spec.ackPolicy,
    replay_policy: spec.replayPolicy,
    ack_wait: toNanoseconds(spec.ackWaitSeconds),
    max_deliver: spec.maxDeliver,
    max_ack_pending: spec.maxAckPending,
    max_waiting: spec.maxWaiting,
    ...filter(spec.filterSubjects),
    num_replicas: spec.replicas,
    metadata: marked(live?.metadata, mark),
  };
}

/** One subject has a field of its own, which older tools look at. */
function filter(subjects: readonly string[]): Pick<ConsumerConfig, "filter_subject" | "filter_subjects"> {
  const [first, ...more] = subjects;
  if (first === undefined) return {};
  return more.length === 0 ? { filter_subject: first } : { filter_subjects: subjects };
}

export function sameValue(path: string, left: unknown, right: unknown): boolean {
  if (path === "filterSubjects") return sameSet(left, right);
  return left === right && typeof left !== "symbol";
}

/** The live form in the words of the known one where both mean the same, so that no difference shows. */
export function inWordsOf(known: Partial<ConsumerSpec> | undefined, live: ConsumerSpec): ConsumerSpec {
  const filterSubjects = known?.filterSubjects;
  if (filterSubjects === undefined || !sameSet(filterSubjects, live.filterSubjects)) return live;
  return { ...live, filterSubjects };
}
