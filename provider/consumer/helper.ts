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

/** The consumer that keeps the place of this one while this one is recreated. */
export function helperOf({ stream, name }: Identity): Identity {
  return { stream, name: helperName(name) };
}

/** The helper that an update left when it died; undefined: there is none. */
export async function findHelper(identity: Identity, context: Context): Promise<LiveConsumer | undefined> {
  const found = await findConsumer(helperOf(identity), context);
  return found !== undefined && isHelperOf(identity.name, found, context) ? found : undefined;
}

/** The helper is of no use once its consumer is there, recreated or not. */
export async function dropHelper(identity: Identity, context: Context): Promise<void> {
  if ((await findHelper(identity, context)) !== undefined) await deleteConsumer(helperOf(identity), context);
}

/** @throws where a foreign consumer has the helper's name */
export async function refuseForeignHelper(identity: Identity, context: Context): Promise<void> {
  const found = await findConsumer(helperOf(identity), context);
  if (found === undefined || isHelperOf(identity.name, found, context)) return;
  throw new Error(refusedByName(identity, foundIn(found).mark));
}

/**
 * Makes the helper. The helper waits for the messages of its consumer, and no client pulls from it.
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
      `${error.message}; a second consumer has to keep the place of ${wanted.name} while ${wanted.name} is recreated, and ` +
        `${wanted.stream} has as many consumers as it may have. Delete a consumer of ${wanted.stream}, or raise its max_consumers by 1`,
      error.code,
      error.errorCode,
    );
  }
}

/** @throws where a resource has the name of a helper and finds that helper: the helper has another consumer's place */
export function refuseHelper({ stream_name, name, config }: LiveConsumer): void {
  const kept = keepsPlaceOf(config);
  if (kept === undefined) return;
  throw new Error(
    `the ${whatIs({ stream: stream_name, name })} keeps the place of ${kept}, because an update died while it ` +
      `recreated ${kept}. Give your consumer another name, or remove your consumer for one update that has ${kept}`,
  );
}
