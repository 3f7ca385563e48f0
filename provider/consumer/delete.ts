import {
  deleteConsumer,
  findConsumer,
  foundIn,
  identityFrom,
  whatIs,
} from "../../client/jetstream/consumer-api.ts";
import type { ManagedConsumerState } from "../../model/contract/consumer.ts";
import { leftAlone, standing } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";

/** Deletes the consumer of the state, and never one that has taken its name meanwhile. */
export async function remove(id: string, state: ManagedConsumerState, context: Context): Promise<void> {
  const identity = identityFrom(id);
  const live = await findConsumer(identity, context);
  if (live === undefined) return;
  const found = foundIn(live);
  if (standing(found, state, context) !== "same") {
    context.warn(leftAlone(whatIs(identity), found));
    return;
  }
  await deleteConsumer(identity, context);
}
