import { jetStreamErrors } from "../../client/errors.ts";
import { isApiError } from "../../client/jetstream/asset-request.ts";
import { createStream, findStream, foundIn, whatIs } from "../../client/jetstream/stream-api.ts";
import type { ManagedStreamState, StreamInputs } from "../../model/contract/stream.ts";
import {
  isOfStack,
  type Mark,
  newGeneration,
  refusedTakeOver,
  takenOver,
} from "../../model/jetstream/ownership.ts";
import { toServer } from "../../model/jetstream/stream-canonical.ts";
import type { StreamInfo } from "../../model/jetstream/stream-info.ts";
import type { Context } from "../resource.ts";
import { reconcile, waitStreamSettled } from "./reconcile.ts";

/**
 * Makes the stream, or takes over the stream of this stack that is there already. After a lost answer, the second request
 * finds what the first request made, because both have the same generation.
 */
export async function create(
  wanted: StreamInputs,
  context: Context,
): Promise<{ id: string; state: ManagedStreamState }> {
  const { project, stack, name } = context;
  const mark: Mark = { project, stack, name, generation: newGeneration() };
  const found = (await findStream(wanted.name, context)) ?? (await make(wanted, mark, context));
  const owner = foundIn(found).mark;
  if (owner?.generation === mark.generation) {
    return { id: wanted.name, state: await waitStreamSettled(found, wanted, mark, wanted.replicas, context) };
  }
  if (owner === undefined || !isOfStack(owner, mark)) {
    throw new Error(refusedTakeOver(whatIs(wanted.name), context.urn, wanted.name, owner));
  }
  if (owner.name !== name) context.warn(takenOver(whatIs(wanted.name), owner));
  return { id: wanted.name, state: await reconcile(found, wanted, mark, context) };
}

/** What it made; or what another program made in the same moment. */
async function make(wanted: StreamInputs, mark: Mark, context: Context): Promise<StreamInfo> {
  try {
    return await createStream(toServer(wanted, mark), context);
  } catch (error) {
    const inUse = isApiError(error, jetStreamErrors.streamNameInUse);
    const other = inUse ? await findStream(wanted.name, context) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}
