import { ApiError, NoAnswer } from "../client/errors.ts";
import type { Limits } from "../client/jetstream/asset-request.ts";
import { belongsTo, type Found, type Known, standing } from "../model/jetstream/ownership.ts";
import type { Context, ReadResult } from "./resource.ts";

/** How long a stream or consumer may stay silent before it is asked whether anything else answers. */
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
 * What nobody answers for is away, not gone: it is shown as it was. What lost this stack's
 * mark is shown as it is, for who refreshes goes by what is there, and the next update marks it. What another stack
 * has is gone for this one.
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
    context.warn(`${fault}; it is shown as it was last seen`);
    return { id, inputs: inputs ?? state, state };
  }
  const found = thing.foundIn(info);
  if (state !== undefined) {
    const known = thing.knownAs?.(state, found) ?? state;
    const now = standing(found, known, context);
    if (now === "foreign") {
      context.warn(`the ${what} ${belongsTo(found.mark)} now; this stack lets go of it`);
      return undefined;
    }
    if (now === "sibling") {
      context.warn(
        `the ${what} ${belongsTo(found.mark)} now; take one of the two resources out of the program`,
      );
      return { id, inputs: inputs ?? state, state };
    }
    if (now === "remade") context.warn(remade(what, found));
  }
  const spec = thing.spec(info, state);
  return { id, inputs: spec, state: { ...spec, ...knownOf(found, state) } };
}

function remade(what: string, found: Found): string {
  return (
    `the ${what} was made anew outside of Pulumi at ${found.created}; ` +
    "the next `pulumi up` marks it as this stack's"
  );
}

/** An object without a mark that was made when the state says has lost it only, as an update by hand does. */
function knownOf({ mark, created }: Found, state: Known | undefined): Known {
  if (mark !== undefined) return { generation: mark.generation, created };
  return { generation: state?.created === created ? state.generation : "", created };
}

/** Nobody answers for it, and nobody says that it is gone. */
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
