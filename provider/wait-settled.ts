import { messageOf } from "../client/jetstream/asset-request.ts";
import { poll } from "../client/poll.ts";
import { type ClusterInfo, type Expected, missingAfterChange } from "../model/jetstream/copies.ts";
import { type Context, PartialFailure } from "./resource.ts";

/** What was made or changed. */
export interface Changed<Info, State> {
  readonly id: string;
  /** As in `stream GLOBAL_EVENTS`. */
  readonly what: string;
  /** The servers' answer when they accepted the change. */
  readonly answer: Info;
  readonly find: () => Promise<Info | undefined>;
  /** What to remember of it when it does not get there in time. */
  readonly state: State;
}

/**
 * Waits until the copies are where they should be.
 * @throws PartialFailure when they are not before the deadline
 */
export async function waitSettled<Info extends { readonly cluster?: ClusterInfo }, State extends object>(
  { id, what, answer, find, state }: Changed<Info, State>,
  expected: Expected,
  context: Context,
): Promise<State> {
  let seen: Info | undefined = answer;
  const look = async () => {
    seen ??= await find();
    if (seen === undefined) throw new Error(`another program deleted the ${what} meanwhile`);
    const missing = missingAfterChange(seen.cluster, expected);
    seen = undefined;
    return missing === undefined ? { done: state } : { waitingFor: `the ${what} is not ready: ${missing}` };
  };
  try {
    return await poll(context.deadline, look, context.progress);
  } catch (error) {
    throw new PartialFailure(messageOf(error), id, state);
  }
}
