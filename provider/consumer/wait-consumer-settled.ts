import { findConsumer, type Identity, idOf, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import type { Expected } from "../../model/jetstream/copies.ts";
import type { Mark } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { waitSettled } from "../wait-settled.ts";

/** A consumer that the servers accepted. */
export interface Accepted {
  readonly identity: Identity;
  /** The servers' answer. */
  readonly answer: ConsumerInfo;
  /** What to remember of it. */
  readonly state: ManagedConsumerState;
}

export function acceptedAs(wanted: ConsumerInputs, mark: Mark, answer: ConsumerInfo): Accepted {
  const state = { ...wanted, generation: mark.generation, created: answer.created };
  return { identity: wanted, answer, state };
}

/** How many copies to wait for: without a number of its own a consumer has as many as its stream. */
export function copiesOf({ replicas }: ConsumerSpec): Expected {
  return replicas === 0 ? "all" : replicas;
}

/** Waits until the copies are current. @throws PartialFailure when they are not in time */
export function waitConsumerSettled(
  { identity, answer, state }: Accepted,
  expected: Expected,
  context: Context,
): Promise<ManagedConsumerState> {
  const find = () => findConsumer(identity, context);
  return waitSettled({ id: idOf(state), what: whatIs(identity), answer, find, state }, expected, context);
}
