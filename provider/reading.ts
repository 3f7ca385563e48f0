import { ApiError, NoAnswer } from "../client/errors.ts";
import type { Limits } from "../client/jetstream/asset-request.ts";
import {
  belongsTo,
  type Found,
  type Known,
  type Owner,
  standing,
  tagFault,
} from "../model/jetstream/ownership.ts";
import type { Context, ReadResult } from "./resource.ts";

/** How long a stream or consumer may stay silent before this program asks whether another server knows of it. */
const silenceMilliseconds = 8_000;

/** What a kind of object knows of itself, so that all are read by the same rules. */
export interface Readable<Info, Inputs> {
  readonly id: string;
  /** As in `stream GLOBAL_EVENTS`. */
  readonly what: string;
  /** undefined: there is no such thing. */
  readonly find: (limits: Limits) => Promise<Info | undefined>;
  /** Whether the servers know of it, even if none that has a copy answers. */
  readonly exists: (limits: Limits) => Promise<boolean>;
  readonly foundIn: (info: Info) => Found;
  /** What the state remembers, where more than its words count. Default: its words. */
  readonly knownAs?: (state: Known, found: Found) => Known;
  /** Its properties in canonical form, in the words of the state where both mean the same. */
  readonly spec: (info: Info, state: Inputs | undefined) => Inputs;
}

/**
 * What is there now. Without inputs and state it is an import.
 *
 * If no server answers for it, it is away and not gone: the state keeps it as it was. If it lost this stack's owner tag,
 * the state says so, and the next update gives it the tag again. If another stack owns it now, it is gone for this stack.
 * @throws NoAnswer when nothing answers for what is to be imported
 */
export async function readThing<Info, Inputs>(
  thing: Readable<Info, Inputs>,
  inputs: Inputs | undefined,
  state: (Inputs & Known) | undefined,
  context: Context,
): Promise<ReadResult<Inputs, Inputs & Known>> {
  const { id, what } = thing;
  const info = await findOrMiss(thing, state !== undefined, context);
  if (info === undefined) return undefined;
  if (info === silent) {
    const fault = `no server that has a copy of the ${what} answers`;
    if (state === undefined) throw new NoAnswer(fault);
    context.warn(`${fault}; the state keeps it as it was last seen`);
    return { id, inputs: inputs ?? state, state };
  }
  const found = thing.foundIn(info);
  if (state !== undefined) {
    const known = thing.knownAs?.(state, found) ?? state;
    const now = standing(found, known, context);
    if (now === "foreign") {
      context.warn(`the ${what} ${belongsTo(found.mark)} now; this stack does not manage it any more`);
      return undefined;
    }
    if (now === "sibling") {
      context.warn(
        `the ${what} ${belongsTo(found.mark)} now; remove one of the two resources from the program`,
      );
      return { id, inputs: inputs ?? state, state };
    }
    if (now === "remade") context.warn(remade(what, found));
  }
  const spec = thing.spec(info, state);
  return { id, inputs: spec, state: { ...spec, ...knownOf(found, state, context) } };
}

function remade(what: string, found: Found): string {
  return (
    `the ${what} was recreated outside of Pulumi at ${found.created}; ` +
    "the next `pulumi up` gives it the owner tag of this stack"
  );
}

/** An object without an owner tag that has the state's creation time only lost the tag, as after an update by hand. */
function knownOf(found: Found, state: Known | undefined, owner: Owner): Known {
  const { mark, created } = found;
  const fault = tagFault(found, state, owner);
  const ownerTag = fault === undefined ? {} : { ownerTag: fault };
  if (mark !== undefined) return { generation: mark.generation, created, ...ownerTag };
  return { generation: state?.created === created ? state.generation : "", created, ...ownerTag };
}

/** No server answers for it, and no server reports that it is gone. */
const silent = Symbol("silent");

async function findOrMiss<Info>(
  { find, exists }: Pick<Readable<Info, unknown>, "find" | "exists">,
  isKnown: boolean,
  context: Context,
): Promise<Info | typeof silent | undefined> {
  const soon = () => Math.min(context.deadline, Date.now() + silenceMilliseconds);
  // What is known can be shown as it was, so it is waited for a short while only; an import has nothing to show.
  const limit = () => (isKnown ? soon() : context.deadline);
  try {
    await context.cluster.application(limit(), context.progress);
    return await find({ ...context, deadline: soon() });
  } catch (error) {
    if (!(error instanceof NoAnswer || error instanceof ApiError)) throw error;
  }
  try {
    return (await exists({ ...context, deadline: limit() })) ? silent : undefined;
  } catch (error) {
    if (isKnown && error instanceof NoAnswer) return silent;
    throw error;
  }
}
