import { until } from "../../client/until.ts";
import type { StreamSpec } from "../../model/stream.ts";
import { messageOf } from "../asking.ts";
import { missingCopies } from "../copies.ts";
import type { Mark } from "../ownership.ts";
import { type Context, PartialFailure, type Properties } from "../resource.ts";
import { findStream, updateStream } from "./api.ts";
import { fromServer, toServer } from "./canonical.ts";
import { immutableDifferences } from "./diff.ts";
import type { StreamInputs } from "./inputs.ts";
import { refusedUpdate } from "./loss.ts";
import { losses } from "./measure.ts";
import type { StreamInfo } from "./server.ts";
import { planSteps } from "./steps.ts";

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
  const known = { generation: mark.generation, created: live.created };
  let config = live.config;
  let reached: Properties | undefined;
  for (const step of planSteps(fromServer(live.config), wanted)) {
    const changed = await updateStream(toServer(step, mark, config), context).catch((error: unknown) => {
      throw reached === undefined ? error : new PartialFailure(messageOf(error), wanted.name, reached);
    });
    config = changed.config;
    reached = { ...wanted, ...step, ...known };
    await settle(step, changed, reached, context);
  }
  return { ...wanted, ...known };
}

async function refuseHarm(live: StreamInfo, wanted: StreamInputs, context: Context): Promise<void> {
  const immutable = immutableDifferences(fromServer(live.config), wanted);
  if (immutable.length > 0) {
    throw new Error(
      `the stream ${wanted.name} can't be changed in place: ${immutable.join("; ")}. ` +
        "Delete it first, or give the new one another name",
    );
  }
  if (wanted.allowDataLoss) return;
  const found = await losses(live, wanted, context);
  if (found.length > 0) throw new Error(refusedUpdate(wanted.name, found));
}

/**
 * Waits until all copies are where they should be and current.
 * @param first what the servers said of it last
 * @param state what to remember of it when it does not get there in time
 * @throws PartialFailure then
 */
export async function settle(
  wanted: StreamSpec,
  first: StreamInfo,
  state: Properties,
  context: Context,
): Promise<void> {
  let info: StreamInfo | undefined = first;
  const look = async () => {
    info ??= await findStream(wanted.name, context);
    if (info === undefined)
      throw new Error(`the stream ${wanted.name} was deleted by someone else meanwhile`);
    const missing = missingCopies(info.cluster, wanted.replicas);
    info = undefined;
    return missing === undefined
      ? { done: true }
      : { waitingFor: `the stream ${wanted.name} is not ready: ${missing}` };
  };
  try {
    await until(context.deadline, look, context.progress);
  } catch (error) {
    throw new PartialFailure(messageOf(error), wanted.name, state);
  }
}
