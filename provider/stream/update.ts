import { findStream, foundIn, whatIs } from "../../client/jetstream/stream-api.ts";
import type { ManagedStreamState, StreamInputs } from "../../model/contract/stream.ts";
import { generationFor, gone, notOurs } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { reconcile } from "./reconcile.ts";

export async function update(
  state: ManagedStreamState,
  wanted: StreamInputs,
  context: Context,
): Promise<ManagedStreamState> {
  const what = whatIs(wanted.name);
  const live = await findStream(wanted.name, context);
  if (live === undefined) throw new Error(gone(what));
  const found = foundIn(live);
  const refusal = notOurs(what, found, state, context);
  if (refusal !== undefined) throw new Error(refusal);
  const { project, stack, name } = context;
  return reconcile(
    live,
    wanted,
    { project, stack, name, generation: generationFor(found, state, context) },
    context,
  );
}
