import { ApiError, jetStreamErrors } from "../../client/errors.ts";
import { isApiError } from "../../client/jetstream/asset-request.ts";
import {
  deleteConsumer,
  findConsumer,
  foundIn,
  type Identity,
  putConsumer,
  whatIs,
} from "../../client/jetstream/consumer-api.ts";
import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import { helperConfig } from "../../model/jetstream/consumer-canonical.ts";
import type { LiveConsumer } from "../../model/jetstream/consumer-info.ts";
import { helperName, keepsPlaceOf } from "../../model/jetstream/consumer-start.ts";
import { isHelperOf, refusedByName } from "../../model/jetstream/loss/consumer-place.ts";
import type { Mark } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";

/** The consumer that keeps the place of this one while it is made again. */
export function helperOf({ stream, name }: Identity): Identity {
  return { stream, name: helperName(name) };
}

/** The helper that an update has left which died; undefined: there is none. */
export async function findHelper(identity: Identity, context: Context): Promise<LiveConsumer | undefined> {
  const found = await findConsumer(helperOf(identity), context);
  return found !== undefined && isHelperOf(identity.name, found, context) ? found : undefined;
}

/** Where its consumer is there the helper is of no use, whether that one was made again or not. */
export async function dropHelper(identity: Identity, context: Context): Promise<void> {
  if ((await findHelper(identity, context)) !== undefined) await deleteConsumer(helperOf(identity), context);
}

/** @throws where a consumer that this program did not make has the helper's name */
export async function refuseForeignHelper(identity: Identity, context: Context): Promise<void> {
  const found = await findConsumer(helperOf(identity), context);
  if (found === undefined || isHelperOf(identity.name, found, context)) return;
  throw new Error(refusedByName(identity, foundIn(found).mark));
}

/**
 * Makes the helper: it waits for what its consumer is to have, and nobody pulls from it.
 * @param start sequence of the first message whose place it keeps
 */
export async function makeHelper(
  start: number,
  live: LiveConsumer,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<LiveConsumer> {
  try {
    return await putConsumer(
      helperOf(wanted),
      "create",
      helperConfig(start, live.config, wanted, mark),
      context,
    );
  } catch (error) {
    if (!isApiError(error, jetStreamErrors.maximumConsumers)) throw error;
    throw new ApiError(
      `${error.message}; it has to keep the place of ${wanted.name} while that is made again: delete a consumer of ` +
        `${wanted.stream}, or let the stream have one more`,
      error.code,
      error.errorCode,
    );
  }
}

/** @throws for a helper that a resource of its very name finds: it begins where another consumer was */
export function refuseHelper({ stream_name, name, config }: LiveConsumer): void {
  const kept = keepsPlaceOf(config);
  if (kept === undefined) return;
  throw new Error(
    `the ${whatIs({ stream: stream_name, name })} keeps the place of ${kept}, which an update that died was making ` +
      `again. Give this one another name, or take it out for an update that has ${kept}`,
  );
}
