import { type ConsumerSpec, consumerDefaults } from "../jetstream/consumer.ts";
import type { Known } from "../jetstream/ownership.ts";
import {
  assetName,
  checkFields,
  type Fields,
  integer,
  limit,
  oneOf,
  seconds,
  subjects,
  text,
} from "./fields.ts";
import type { CheckFailure, Properties } from "./properties.ts";
import { longestDescription, mostReplicas } from "./stream.ts";

/** Inputs of `nats:jetstream:Consumer`. */
export type ConsumerInputs = ConsumerSpec;

/** State of `nats:jetstream:Consumer`. */
export interface ManagedConsumerState extends ConsumerInputs, Known {}

const largestInteger = 2 ** 31 - 1;

export const consumerFields: Fields<keyof ConsumerSpec> = {
  stream: assetName(),
  name: assetName(),
  description: text(longestDescription, consumerDefaults.description),
  filterSubjects: subjects(0, consumerDefaults.filterSubjects),
  deliverPolicy: oneOf(["all", "last", "new", "last_per_subject"], consumerDefaults.deliverPolicy),
  ackPolicy: oneOf(["explicit", "all", "none"], consumerDefaults.ackPolicy),
  replayPolicy: oneOf(["instant", "original"], consumerDefaults.replayPolicy),
  ackWaitSeconds: seconds(consumerDefaults.ackWaitSeconds),
  maxDeliver: limit("deliveries", consumerDefaults.maxDeliver),
  maxAckPending: limit("messages", consumerDefaults.maxAckPending),
  maxWaiting: integer(1, largestInteger, consumerDefaults.maxWaiting),
  replicas: integer(0, mostReplicas, consumerDefaults.replicas),
};

export function checkConsumer(news: Properties): { inputs: Properties; failures: CheckFailure[] } {
  const { inputs, failures } = checkFields(news, consumerFields);
  const { deliverPolicy, filterSubjects } = inputs;
  if (deliverPolicy === "last_per_subject" && Array.isArray(filterSubjects) && filterSubjects.length === 0) {
    const reason =
      'is empty; with deliverPolicy "last_per_subject" a server wants at least one subject such as ">"';
    failures.push({ property: "filterSubjects", reason });
  }
  return { inputs, failures };
}
