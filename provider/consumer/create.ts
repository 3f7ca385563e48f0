import { findConsumer, foundIn, idOf, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import { toServer } from "../../model/jetstream/consumer-canonical.ts";
import {
  isOfStack,
  type Mark,
  newGeneration,
  refusedTakeOver,
  takenOver,
} from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { findHelper, refuseHelper } from "./helper.ts";
import { make } from "./make.ts";
import { reconcile } from "./reconcile.ts";
import { resume } from "./remake.ts";
import { acceptedAs, copiesOf, waitConsumerSettled } from "./wait-consumer-settled.ts";

/**
 * Makes the consumer, or takes over the consumer of this stack that is there already; see {@link ../stream/create.ts}. If
 * an update died while it recreated the consumer, this goes on from the place that the helper keeps.
 */
export async function create(
  wanted: ConsumerInputs,
  context: Context,
): Promise<{ id: string; state: ManagedConsumerState }> {
  const { project, stack, name } = context;
  const mark: Mark = { project, stack, name, generation: newGeneration() };
  const id = idOf(wanted);
  const there = await findConsumer(wanted, context);
  const helper = there === undefined ? await findHelper(wanted, context) : undefined;
  if (helper !== undefined) return { id, state: await resume(helper, wanted, mark, context) };
  const found = there ?? (await make(wanted, toServer(wanted, mark), context));
  const owner = foundIn(found).mark;
  if (owner?.generation === mark.generation) {
    return {
      id,
      state: await waitConsumerSettled(acceptedAs(wanted, mark, found), copiesOf(wanted), context),
    };
  }
  if (owner === undefined || !isOfStack(owner, mark)) {
    throw new Error(refusedTakeOver(whatIs(wanted), context.urn, id, owner));
  }
  refuseHelper(found);
  if (owner.name !== name) context.warn(takenOver(whatIs(wanted), owner));
  return { id, state: await reconcile(found, wanted, mark, context) };
}
