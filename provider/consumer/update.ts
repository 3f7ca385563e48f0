import { findConsumer, foundIn, knownAs, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs, ManagedConsumerState } from "../../model/contract/consumer.ts";
import { generationFor, type Mark, newGeneration, notOurs } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { reconcile } from "./reconcile.ts";
import { goOn } from "./remake.ts";

export async function update(
  state: ManagedConsumerState,
  wanted: ConsumerInputs,
  context: Context,
): Promise<ManagedConsumerState> {
  const what = whatIs(wanted);
  const { project, stack, name } = context;
  const markWith = (generation: string): Mark => ({ project, stack, name, generation });
  const live = await findConsumer(wanted, context);
  if (live === undefined) return goOn(state, wanted, markWith(state.generation || newGeneration()), context);
  const found = foundIn(live);
  const known = knownAs(state, found);
  const refusal = notOurs(what, found, known, context);
  if (refusal !== undefined) throw new Error(refusal);
  return reconcile(live, wanted, markWith(generationFor(found, known, context)), context);
}
