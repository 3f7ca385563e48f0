import { until } from "../../client/until.ts";
import type { ConsumerSpec } from "../../model/consumer.ts";
import { messageOf } from "../asking.ts";
import { missingCopies } from "../copies.ts";
import type { Mark } from "../ownership.ts";
import { type Context, PartialFailure, type Properties } from "../resource.ts";
import { findConsumer, idOf, putConsumer, whatIs } from "./api.ts";
import { fromServer, toServer } from "./canonical.ts";
import { immutableDifferences } from "./diff.ts";
import type { ConsumerInfo } from "./server.ts";

/**
 * Brings a live consumer to what is wanted, marks it, and waits until its copies are current. It keeps its place in
 * the stream.
 * @throws when a property would have to change that can't: then nothing was changed
 */
export async function bring(
  live: ConsumerInfo,
  wanted: ConsumerSpec,
  mark: Mark,
  context: Context,
): Promise<Properties> {
  refusePush(live);
  const differences = immutableDifferences(fromServer(live), wanted);
  if (differences.length > 0) {
    throw new Error(
      `the ${whatIs(wanted)} can't be changed in place: ${differences.join("; ")}. ` +
        "Delete it first, or give the new one another name",
    );
  }
  const changed = await putConsumer(wanted, "update", toServer(wanted, mark, live.config), context);
  const state = { ...wanted, generation: mark.generation, created: live.created };
  await settle(wanted, changed, state, context);
  return state;
}

/**
 * Waits until all copies are current.
 * @param first what the servers said of it last
 * @param state what to remember of it when it does not get there in time
 * @throws PartialFailure then
 */
export async function settle(
  wanted: ConsumerSpec,
  first: ConsumerInfo,
  state: Properties,
  context: Context,
): Promise<void> {
  const copies = wanted.replicas === 0 ? undefined : wanted.replicas;
  let info: ConsumerInfo | undefined = first;
  const look = async () => {
    info ??= await findConsumer(wanted, context);
    if (info === undefined) throw new Error(`the ${whatIs(wanted)} was deleted by someone else meanwhile`);
    const missing = missingCopies(info.cluster, copies);
    info = undefined;
    return missing === undefined
      ? { done: true }
      : { waitingFor: `the ${whatIs(wanted)} is not ready: ${missing}` };
  };
  try {
    await until(context.deadline, look, context.progress);
  } catch (error) {
    throw new PartialFailure(messageOf(error), idOf(wanted), state);
  }
}

/** @throws for a consumer that this resource has no words for */
export function refusePush({ stream_name, name, config }: ConsumerInfo): void {
  if (config.deliver_subject === undefined) return;
  throw new Error(
    `the ${whatIs({ stream: stream_name, name })} is a push consumer; ` +
      "nats:jetstream:Consumer looks after pull consumers only",
  );
}
