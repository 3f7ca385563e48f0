import { findConsumer, foundIn, knownAs, whatIs } from "../../client/jetstream/consumer-api.ts";
import type { Properties } from "../../model/contract/properties.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { generationFor, gone, notOurs } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { bring } from "./bring.ts";

export async function update(state: Properties, wanted: ConsumerSpec, context: Context): Promise<Properties> {
  const what = whatIs(wanted);
  const live = await findConsumer(wanted, context);
  if (live === undefined) throw new Error(gone(what));
  const found = foundIn(live);
  const known = knownAs(state, found);
  const refusal = notOurs(what, found, known, context);
  if (refusal !== undefined) throw new Error(refusal);
  const { project, stack, name } = context;
  return bring(
    live,
    wanted,
    { project, stack, name, generation: generationFor(found, known, context) },
    context,
  );
}
