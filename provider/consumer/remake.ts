import { ApiError } from "../../client/errors.ts";
import { messageOf } from "../../client/jetstream/asset-request.ts";
import { deleteConsumer, foundIn, idOf, whatIs } from "../../client/jetstream/consumer-api.ts";
import { findStream } from "../../client/jetstream/stream-api.ts";
import {
  type ConsumerInputs,
  givenConsents,
  type ManagedConsumerState,
} from "../../model/contract/consumer.ts";
import { fromServer, toServerFrom } from "../../model/jetstream/consumer-canonical.ts";
import { immutableDifferences, reasonsToMakeAgain } from "../../model/jetstream/consumer-diff.ts";
import type { LiveConsumer } from "../../model/jetstream/consumer-info.ts";
import {
  type Remake,
  refusedRemake,
  refusedResume,
  remakeOf,
} from "../../model/jetstream/loss/consumer-place.ts";
import { gone, type Mark } from "../../model/jetstream/ownership.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { type Context, PartialFailure } from "../resource.ts";
import { dropHelper, findHelper, helperOf, makeHelper, refuseForeignHelper } from "./helper.ts";
import { make } from "./make.ts";
import { acceptedAs, copiesOf, waitConsumerSettled } from "./wait-consumer-settled.ts";

/**
 * Recreates a consumer at its place: a helper keeps the place, the consumer is deleted, a new consumer of the same name
 * begins at that place, and the helper is deleted. An update that finds only the helper goes on from it ({@link resume}).
 *
 * What clients acknowledge between the look at the consumer and its deletion comes again.
 * @throws when the place would be lost without consent, or another consumer has the helper's name: then nothing was
 * changed; PartialFailure when the change has begun: the next update goes on
 */
export async function remake(
  live: LiveConsumer,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedConsumerState> {
  const plan = remakeOf(live, wanted, await retentionOf(wanted, context));
  const refusal = wanted.allowPositionLoss === true ? undefined : refusedRemake(live, wanted, plan);
  if (refusal !== undefined) throw new Error(refusal);
  if (plan.helper !== undefined) await refuseForeignHelper(wanted, context);
  const before: ManagedConsumerState = {
    ...fromServer(live),
    ...givenConsents(wanted),
    generation: mark.generation,
    created: live.created,
  };
  let isTouched = false;
  try {
    // One that an earlier update has left may keep an older place.
    await dropHelper(wanted, context);
    if (plan.helper !== undefined) await keepPlace(plan.helper, { live, wanted, mark, before }, context);
    isTouched = true;
    await deleteConsumer(wanted, context);
    return await makeFrom(plan, wanted, mark, live, context);
  } catch (error) {
    if (error instanceof PartialFailure || (error instanceof ApiError && !isTouched)) throw error;
    throw new PartialFailure(messageOf(error), idOf(wanted), before);
  }
}

interface Change {
  readonly live: LiveConsumer;
  readonly wanted: ConsumerInputs;
  readonly mark: Mark;
  /** The state as it was, for as long as the consumer of before is there. */
  readonly before: ManagedConsumerState;
}

async function keepPlace(start: number, { live, wanted, mark, before }: Change, context: Context) {
  const helper = await makeHelper(start, live, wanted, mark, context);
  const accepted = { identity: helperOf(wanted), answer: helper, state: before };
  await waitConsumerSettled(accepted, copiesOf(wanted), context);
}

/**
 * Goes on where an update died: the consumer is not there, and its helper keeps its place.
 * @throws when the wanted consumer can't begin at that place, without consent
 */
export async function resume(
  helper: LiveConsumer,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedConsumerState> {
  const plan = remakeOf(helper, wanted, await retentionOf(wanted, context));
  if (plan.place === "lost" && wanted.allowPositionLoss !== true)
    throw new Error(refusedResume(wanted, plan));
  return makeFrom(plan, wanted, mark, undefined, context);
}

/**
 * What an update does when its consumer is not there: goes on, if an earlier update died while it recreated the consumer.
 * @throws Error where it can't go on
 */
export async function goOn(
  state: ManagedConsumerState,
  wanted: ConsumerInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedConsumerState> {
  const helper = await findHelper(wanted, context);
  if (helper !== undefined) return resume(helper, wanted, mark, context);
  const stream = await findStream(wanted.stream, context);
  const needsNone = stream?.config.retention === "workqueue" || wanted.allowPositionLoss === true;
  if (stream === undefined || !needsNone || reasonsToMakeAgain(state, wanted).length === 0)
    throw new Error(gone(whatIs(wanted)));
  return makeFrom({ start: undefined }, wanted, mark, undefined, context);
}

async function makeFrom(
  { start }: Pick<Remake, "start">,
  wanted: ConsumerInputs,
  mark: Mark,
  live: LiveConsumer | undefined,
  context: Context,
): Promise<ManagedConsumerState> {
  const made = await make(wanted, toServerFrom(start, wanted, mark, live?.config), context);
  const isOwn = foundIn(made).mark?.generation === mark.generation;
  if (!isOwn || immutableDifferences(fromServer(made), wanted).length > 0)
    throw new Error(
      `another program created the ${whatIs(wanted)} while this update recreated it; run \`pulumi up\` again`,
    );
  const state = await waitConsumerSettled(acceptedAs(wanted, mark, made), copiesOf(wanted), context);
  await dropHelper(wanted, context);
  return state;
}

async function retentionOf({ stream }: ConsumerInputs, context: Context): Promise<StreamSpec["retention"]> {
  const found = await findStream(stream, context);
  if (found === undefined) throw new Error(gone(`stream ${stream}`));
  return found.config.retention;
}
