import { deleteStream, findStream, foundIn, whatIs } from "../../client/jetstream/stream-api.ts";
import type { ManagedStreamState } from "../../model/contract/stream.ts";
import { refusedDeletion } from "../../model/jetstream/loss/changes.ts";
import { leftAlone, standing } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";

/**
 * Deletes the stream of the state, and never another stream that has its name now. A stream that does not answer is not
 * deleted, because no one knows what it holds.
 */
export async function remove(id: string, state: ManagedStreamState, context: Context): Promise<void> {
  const live = await findStream(id, context);
  if (live === undefined) return;
  const found = foundIn(live);
  if (standing(found, state, context) !== "same") {
    context.warn(leftAlone(whatIs(id), found));
    return;
  }
  if (live.state.messages > 0 && state.allowDataLoss !== true) {
    throw new Error(refusedDeletion(id, live.state));
  }
  await deleteStream(id, context);
}
