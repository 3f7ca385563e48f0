import { jetStreamErrors } from "../../client/errors.ts";
import { isApiError } from "../../client/jetstream/asking.ts";
import { findConsumer, foundIn, idOf, putConsumer, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import { toServer } from "../../model/jetstream/consumer-canonical.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import {
  isOfStack,
  type Mark,
  newGeneration,
  refusedTakeOver,
  takenOver,
} from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { bring, copiesOf, settleConsumer } from "./bring.ts";

/** Makes the consumer, or takes over the one of this stack that is there already; see {@link ../stream/create.ts}. */
export async function create(
  wanted: ConsumerInputs,
  context: Context,
): Promise<{ id: string; state: ManagedConsumerState }> {
  const { project, stack, name } = context;
  const mark: Mark = { project, stack, name, generation: newGeneration() };
  const id = idOf(wanted);
  const found = (await findConsumer(wanted, context)) ?? (await make(wanted, mark, context));
  const owner = foundIn(found).mark;
  if (owner?.generation === mark.generation) {
    return { id, state: await settleConsumer(found, wanted, mark, copiesOf(wanted), context) };
  }
  if (owner === undefined || !isOfStack(owner, mark)) {
    throw new Error(refusedTakeOver(whatIs(wanted), context.urn, id, owner));
  }
  if (owner.name !== name) context.warn(takenOver(whatIs(wanted), owner));
  return { id, state: await bring(found, wanted, mark, context) };
}

/** What it made; or what somebody else made in the same moment. */
async function make(wanted: ConsumerInputs, mark: Mark, context: Context): Promise<ConsumerInfo> {
  try {
    return await putConsumer(wanted, "create", toServer(wanted, mark), context);
  } catch (error) {
    const other = isApiError(error, jetStreamErrors.consumerAlreadyExists)
      ? await findConsumer(wanted, context)
      : undefined;
    if (other === undefined) throw error;
    return other;
  }
}
