import { type ConsumerSpec, consumerDefaults } from "../jetstream/consumer.ts";
import type { Known } from "../jetstream/ownership.ts";
import {
  assetName,
  checkFields,
  type Fields,
  flag,
  integer,
  limit,
  oneOf,
  seconds,
  subjects,
  text,
} from "./fields.ts";
import type { CheckFailure, Properties } from "./properties.ts";
import { longestDescription, mostReplicas } from "./stream.ts";

/**
 * Inputs of `nats:jetstream:Consumer`. The servers know no consents. A consent that is not given is absent, so that the
 * state of an older program, which had no consents, is the same.
 */
export interface ConsumerInputs extends ConsumerSpec, Consents {}

interface Consents {
  /**
   * Consent to a change that loses the consumer's place or messages of its stream, and to its deletion where messages go
   * with it.
   * @default false
   */
  readonly allowPositionLoss?: boolean;
  /**
   * The consent of its stream, if the stream keeps messages only for its consumers (retention `interest`). A stream that
   * is removed is deleted after its consumers, and consent to the stream's loss is consent to theirs. It is no change of
   * the consumer: the engine keeps it among the inputs, and only a deletion reads it.
   * @default false
   */
  readonly allowDataLoss?: boolean;
}

/** State of `nats:jetstream:Consumer`. */
export interface ManagedConsumerState extends ConsumerInputs, Known {}

const largestInteger = 2 ** 31 - 1;

export const consumerFields: Fields<keyof ConsumerInputs> = {
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
  allowPositionLoss: flag(false),
  allowDataLoss: flag(false),
};

/** Of these only what is given. */
export function givenConsents({ allowPositionLoss, allowDataLoss }: Consents): Consents {
  return {
    ...(allowPositionLoss === true ? { allowPositionLoss } : {}),
    ...(allowDataLoss === true ? { allowDataLoss } : {}),
  };
}

export function checkConsumer(news: Properties): { inputs: Properties; failures: CheckFailure[] } {
  const { inputs: checked, failures } = checkFields(news, consumerFields);
  const inputs = withoutRefusals(checked);
  const { deliverPolicy, filterSubjects } = inputs;
  if (deliverPolicy === "last_per_subject" && Array.isArray(filterSubjects) && filterSubjects.length === 0) {
    const reason = 'is empty; deliverPolicy "last_per_subject" needs at least one subject, for example ">"';
    failures.push({ property: "filterSubjects", reason });
  }
  return { inputs, failures };
}

/** A consent that is not given. */
function withoutRefusals(inputs: Properties): Properties {
  const { allowPositionLoss, allowDataLoss, ...others } = inputs;
  return {
    ...others,
    ...(allowPositionLoss === false ? {} : { allowPositionLoss }),
    ...(allowDataLoss === false ? {} : { allowDataLoss }),
  };
}
