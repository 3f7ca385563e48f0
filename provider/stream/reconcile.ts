import { messageOf } from "../../client/jetstream/asset-request.ts";
import { losses } from "../../client/jetstream/measure.ts";
import { findStream, updateStream, whatIs } from "../../client/jetstream/stream-api.ts";
import type { ManagedStreamState, StreamInputs } from "../../model/contract/stream.ts";
import type { Expected } from "../../model/jetstream/copies.ts";
import { refusedUpdate } from "../../model/jetstream/loss/changes.ts";
import type { Mark } from "../../model/jetstream/ownership.ts";
import { fromServer, toServer } from "../../model/jetstream/stream-canonical.ts";
import { immutableDifferences } from "../../model/jetstream/stream-diff.ts";
import type { StreamInfo } from "../../model/jetstream/stream-info.ts";
import { movesCopies, planSteps } from "../../model/jetstream/stream-steps.ts";
import { type Context, PartialFailure } from "../resource.ts";
import { waitSettled } from "../wait-settled.ts";

/**
 * Gives a live stream the wanted properties and the owner tag, and waits until its copies are where they should be.
 * @throws when a property that can't change would have to, or messages would be deleted without consent: then nothing was
 * changed; PartialFailure when the change has begun and is not complete
 */
export async function reconcile(
  live: StreamInfo,
  wanted: StreamInputs,
  mark: Mark,
  context: Context,
): Promise<ManagedStreamState> {
  await refuseHarm(live, wanted, context);
  let config = live.config;
  let reached: ManagedStreamState | undefined;
  for (const step of planSteps(fromServer(config), wanted)) {
    const expected = movesCopies(fromServer(config), step) ? step.replicas : "leader";
    const answer = await updateStream(toServer(step, mark, config), context).catch((error: unknown) => {
      throw reached === undefined ? error : new PartialFailure(messageOf(error), wanted.name, reached);
    });
    config = answer.config;
    reached = await waitStreamSettled(answer, { ...wanted, ...step }, mark, expected, context);
  }
  return reached ?? { ...wanted, generation: mark.generation, created: live.created };
}

async function refuseHarm(live: StreamInfo, wanted: StreamInputs, context: Context): Promise<void> {
  const immutable = immutableDifferences(fromServer(live.config), wanted);
  if (immutable.length > 0) {
    throw new Error(
      `the ${whatIs(wanted.name)} can't be changed in place: ${immutable.join("; ")}. ` +
        "Delete it first, or give the new one another name",
    );
  }
  if (wanted.allowDataLoss) return;
  const found = await losses(live, wanted, context);
  if (found.length > 0) throw new Error(refusedUpdate(wanted.name, found));
}

/** Waits until the copies are where they should be; the state of a stream as it was accepted. */
export function waitStreamSettled(
  answer: StreamInfo,
  accepted: StreamInputs,
  mark: Mark,
  expected: Expected,
  context: Context,
): Promise<ManagedStreamState> {
  const { name } = accepted;
  const state = { ...accepted, generation: mark.generation, created: answer.created };
  const find = () => findStream(name, context);
  return waitSettled({ id: name, what: whatIs(name), answer, find, state }, expected, context);
}
