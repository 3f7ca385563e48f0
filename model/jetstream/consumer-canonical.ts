import { sameSet } from "../contract/fields.ts";
import { type ConsumerSpec, consumerDefaults } from "./consumer.ts";
import type { ConsumerConfig, ConsumerInfo, WantedConfig } from "./consumer-info.ts";
import { asHelperOf, helperName, startIn, withoutStart, withStart } from "./consumer-start.ts";
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
    deliverPolicy: startIn(config) === undefined ? config.deliver_policy : "all",
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
 * What to ask a server for. A consumer that began where an earlier one stopped keeps that start: no server changes it.
 * @param live what is there now; its fields that this project knows nothing of stay as they are
 */
export function toServer(spec: ConsumerSpec, mark: Mark): ConsumerConfig;
export function toServer(spec: ConsumerSpec, mark: Mark, live: ConsumerConfig): WantedConfig;
export function toServer(spec: ConsumerSpec, mark: Mark, live?: ConsumerConfig): WantedConfig {
  return toServerFrom(spec.deliverPolicy === "all" ? startIn(live) : undefined, spec, mark, live);
}

/**
 * The configuration with which a server recreates it.
 * @param start sequence of the first message that it is to deliver; undefined: as its `deliverPolicy` says
 * @param live what was there before; its fields that this project knows nothing of come along
 */
export function toServerFrom(
  start: number | undefined,
  spec: ConsumerSpec,
  mark: Mark,
  live?: ConsumerConfig,
): WantedConfig {
  const config = fromTheFirst(spec, mark, live);
  return start === undefined ? config : withStart(config, start);
}

function fromTheFirst(spec: ConsumerSpec, mark: Mark, live: ConsumerConfig | undefined): ConsumerConfig {
  const {
    filter_subject: _one,
    filter_subjects: _several,
    opt_start_seq: _start,
    opt_start_time: _time,
    ...others
  } = live ?? {};
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
    ...filterOf(spec.filterSubjects),
    num_replicas: spec.replicas,
    metadata: marked(withoutStart(live?.metadata), mark),
  };
}

/**
 * The configuration of the helper that keeps the place of a consumer while the consumer is recreated. No client pulls
 * from the helper.
 * @param start sequence of the first message whose place it keeps
 */
export function helperConfig(
  start: number,
  live: ConsumerConfig,
  { name, filterSubjects }: ConsumerSpec,
  mark: Mark,
): WantedConfig {
  const config: ConsumerConfig = {
    durable_name: helperName(name),
    name: helperName(name),
    description: `keeps the place of ${name} while ${name} is recreated`,
    deliver_policy: "all",
    ack_policy: "explicit",
    replay_policy: "instant",
    ...filterOf(filterSubjects),
    num_replicas: live.num_replicas,
    metadata: asHelperOf(name, marked(undefined, mark)),
  };
  return withStart(config, start);
}

/** One subject has a field of its own, which older tools look at. */
function filterOf(subjects: readonly string[]): Pick<ConsumerConfig, "filter_subject" | "filter_subjects"> {
  const [first, ...more] = subjects;
  if (first === undefined) return {};
  return more.length === 0 ? { filter_subject: first } : { filter_subjects: subjects };
}

export function sameValue(path: string, left: unknown, right: unknown): boolean {
  if (path === "filterSubjects") return sameSet(left, right);
  if (path === "allowPositionLoss") return (left ?? false) === (right ?? false);
  return left === right && typeof left !== "symbol";
}

/** The live form in the words of the known one where both mean the same, so that no difference shows. */
export function inWordsOf(known: Partial<ConsumerSpec> | undefined, live: ConsumerSpec): ConsumerSpec {
  const filterSubjects = known?.filterSubjects;
  if (filterSubjects === undefined || !sameSet(filterSubjects, live.filterSubjects)) return live;
  return { ...live, filterSubjects };
}
