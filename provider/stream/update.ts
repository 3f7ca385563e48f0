import type { Properties } from "../../model/contract/properties.ts";
import { generationFor, gone, type Known, notOurs } from "../ownership.ts";
import type { Context } from "../resource.ts";
import { findStream, foundIn, whatIs } from "./api.ts";
import { bring } from "./bring.ts";
import type { StreamInputs } from "./inputs.ts";

export async function update(state: Properties, wanted: StreamInputs, context: Context): Promise<Properties> {
  const known = state as unknown as Known;
  const what = whatIs(wanted.name);
  const live = await findStream(wanted.name, context);
  if (live === undefined) throw new Error(gone(what));
  const found = foundIn(live);
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
