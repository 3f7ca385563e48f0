import { findConsumer, idOf, putConsumer, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { fromServer, toServer } from "../../model/jetstream/consumer-canonical.ts";
import { immutableDifferences } from "../../model/jetstream/consumer-diff.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import type { Expected } from "../../model/jetstream/copies.ts";
import type { Mark } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { settle } from "../settling.ts";

/**
 * Brings a live consumer to what is wanted, marks it, and waits until its copies are current. It keeps its place in
 * the stream.
 * @throws when a property would have to change that can't: then nothing was changed
 */
export async function bring(
  live: ConsumerInfo,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedConsumerState> {
  refusePush(live);
  const differences = immutableDifferences(fromServer(live), wanted);
  if (differences.length > 0) {
    throw new Error(
      `the ${whatIs(wanted)} can't be changed in place: ${differences.join("; ")}. ` +
        "Delete it first, or give the new one another name",
    );
  }
  const answer = await putConsumer(wanted, "update", toServer(wanted, mark, live.config), context);
  const scales = live.config.num_replicas !== wanted.replicas;
  return settleConsumer(answer, wanted, mark, scales ? copiesOf(wanted) : "leader", context);
}

/** How many copies to wait for: without a number of its own a consumer has as many as its stream. */
export function copiesOf({ replicas }: ConsumerSpec): Expected {
  return replicas === 0 ? "all" : replicas;
}

/** Waits until the copies are current; the state of a consumer as it was accepted. */
export function settleConsumer(
  answer: ConsumerInfo,
  accepted: ConsumerInputs,
  mark: Mark,
  expected: Expected,
  context: Context,
): Promise<ManagedConsumerState> {
  const state = { ...accepted, generation: mark.generation, created: answer.created };
  const find = () => findConsumer(accepted, context);
  return settle({ id: idOf(accepted), what: whatIs(accepted), answer, find, state }, expected, context);
}

/** @throws for a consumer that this resource has no words for */
export function refusePush({ stream_name, name, config }: ConsumerInfo): void {
  if (config.deliver_subject === undefined) return;
  throw new Error(
    `the ${whatIs({ stream: stream_name, name })} is a push consumer; ` +
      "nats:jetstream:Consumer looks after pull consumers only",
  );
}
