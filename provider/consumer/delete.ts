import {
  deleteConsumer,
  findConsumer,
  foundIn,
  identityFrom,
  whatIs,
} from "../../client/jetstream/consumer-api.ts";
import { lossByDeletion } from "../../client/jetstream/measure.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import { refusedConsumerDeletion } from "../../model/jetstream/loss/changes.ts";
import { leftAlone, standing } from "../../model/jetstream/ownership.ts";
import type { Context, NoInputs } from "../resource.ts";
import { dropHelper, findHelper } from "./helper.ts";

/**
 * Deletes the consumer of the state, and never another consumer that has its name now. Pulumi deletes the consumers of a
 * stream before the stream itself, so what a stream with retention `interest` holds is guarded here: it would be empty
 * when its own deletion asks for consent.
 * @throws where messages would go with it without consent
 */
export async function remove(
  id: string,
  state: ManagedConsumerState,
  context: Context,
  inputs: ConsumerInputs | NoInputs = {},
): Promise<void> {
  const identity = identityFrom(id);
  const live = await findConsumer(identity, context);
  const found = live === undefined ? undefined : foundIn(live);
  if (found !== undefined && standing(found, state, context) !== "same") {
    context.warn(leftAlone(whatIs(identity), found));
    return;
  }
  // An update that died while it was making the consumer again has left its helper, which waits for the same messages.
  const waiting = live ?? (await findHelper(identity, context));
  if (waiting === undefined) return;
  const messages = hasConsent(state, inputs) ? 0 : await lossByDeletion(identity.name, waiting, context);
  if (messages > 0) throw new Error(refusedConsumerDeletion(id, messages));
  await deleteConsumer(identity, context);
  await dropHelper(identity, context);
}

/** Its own consent is a change of its state; that of its stream is among the inputs alone. */
function hasConsent({ allowPositionLoss }: ManagedConsumerState, inputs: ConsumerInputs | NoInputs): boolean {
  return allowPositionLoss === true || inputs.allowDataLoss === true;
}
