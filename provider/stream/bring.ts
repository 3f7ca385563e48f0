import type { Properties } from "../../model/contract/properties.ts";
import { messageOf } from "../asking.ts";
import type { Expected } from "../copies.ts";
import type { Mark } from "../ownership.ts";
import { type Context, PartialFailure } from "../resource.ts";
import { settle } from "../settling.ts";
import { findStream, updateStream, whatIs } from "./api.ts";
import { fromServer, toServer } from "./canonical.ts";
import { immutableDifferences } from "./diff.ts";
import type { StreamInputs } from "./inputs.ts";
import { refusedUpdate } from "./loss.ts";
import { losses } from "./measure.ts";
import type { StreamInfo } from "./server.ts";
import { movesCopies, planSteps } from "./steps.ts";

/**
 * Brings a live stream to what is wanted, marks it, and waits until its copies are where they should be.
 * @throws when a property would have to change that can't, or messages would be deleted without consent: then
 * nothing was changed; PartialFailure when it is changed, and not or not yet to the end
 */
export async function bring(
  live: StreamInfo,
  wanted: StreamInputs,
  mark: Mark,
  context: Context,
): Promise<Properties> {
  await refuseHarm(live, wanted, context);
  let config = live.config;
  let reached: Properties | undefined;
  for (const step of planSteps(fromServer(config), wanted)) {
    const expected = movesCopies(fromServer(config), step) ? step.replicas : "leader";
    const answer = await updateStream(toServer(step, mark, config), context).catch((error: unknown) => {
      throw reached === undefined ? error : new PartialFailure(messageOf(error), wanted.name, reached);
    });
    config = answer.config;
    reached = await settleStream(answer, { ...wanted, ...step }, mark, expected, context);
  }
  return reached ?? { ...wanted };
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
export function settleStream(
  answer: StreamInfo,
  accepted: StreamInputs,
  mark: Mark,
  expected: Expected,
  context: Context,
): Promise<Properties> {
  const { name } = accepted;
  const state = { ...accepted, generation: mark.generation, created: answer.created };
  const find = () => findStream(name, context);
  return settle({ id: name, what: whatIs(name), answer, find, state }, expected, context);
}
