import { type ConsumerSpec, consumerDefaults } from "../../model/jetstream/consumer.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import { type Entry, unspoken } from "./stream-entry.ts";
import { age, count } from "./words.ts";

const consumerWords: { readonly [Key in keyof ConsumerSpec]?: (spec: ConsumerSpec) => Entry } = {
  description: ({ description }) => ({ description }),
  filterSubjects: ({ filterSubjects }) => ({ filters: filterSubjects }),
  deliverPolicy: ({ deliverPolicy }) => ({ deliverPolicy }),
  ackPolicy: ({ ackPolicy }) => ({ ackPolicy }),
  replayPolicy: ({ replayPolicy }) => ({ replayPolicy }),
  ackWaitSeconds: ({ ackWaitSeconds }) => ({ ackWait: age(ackWaitSeconds) }),
  maxDeliver: ({ maxDeliver }) => ({ maxDeliver: count(maxDeliver) }),
  maxAckPending: ({ maxAckPending }) => ({ maxAckPending: count(maxAckPending) }),
  maxWaiting: ({ maxWaiting }) => ({ maxWaiting }),
};

export function consumerEntryOf(spec: ConsumerSpec, properties: readonly (keyof ConsumerSpec)[]): Entry {
  return Object.assign({}, ...properties.map((property) => consumerWords[property]?.(spec) ?? {}));
}

/** The whole entry of a consumer that is not in the configuration, without what is as by default. */
export function wholeConsumerEntryOf(spec: ConsumerSpec): Entry {
  const properties = (Object.keys(consumerWords) as (keyof ConsumerSpec)[]).filter(
    (property) => String(spec[property]) !== String((consumerDefaults as ConsumerSpec)[property]),
  );
  return consumerEntryOf(spec, properties);
}

const known: ReadonlySet<string> = new Set([
  ...["durable_name", "name", "description", "deliver_policy", "ack_policy", "replay_policy", "ack_wait"],
  ...["max_deliver", "max_ack_pending", "max_waiting", "filter_subject", "filter_subjects", "num_replicas"],
  "metadata",
]);

/** Why a consumer stays as it is, unknown to the configuration; undefined: it can be written into it. */
export function whyLeft({ config }: ConsumerInfo): string | undefined {
  if (config.durable_name === undefined) return "it exists only as long as a client uses it";
  if (config.deliver_subject !== undefined)
    return "it is a push consumer, and this program supports only pull consumers";
  const fields = unspoken(config, known);
  if (fields.length > 0) return `the configuration has no settings for ${fields.join(", ")}`;
  if (!["all", "last", "new", "last_per_subject"].includes(config.deliver_policy))
    return `the configuration has no setting for the deliver policy ${config.deliver_policy}`;
  if (config.num_replicas !== 0) return "the configuration has no setting for copies of a consumer";
  return undefined;
}
