import { askFullest, type Held, silentOf } from "../../client/jetstream/held.ts";
import { checkFields } from "../../model/contract/fields.ts";
import { type LookInputs, lookFields } from "../../model/contract/look.ts";
import type { Previewed } from "../../model/contract/properties.ts";
import { shownName } from "../../model/jetstream/held.ts";
import { countedStreams, withoutConsent } from "../../model/jetstream/loss/consent.ts";
import { emptiedBy } from "../../model/jetstream/loss/emptied.ts";
import { judge } from "../../model/jetstream/loss/first-look.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, type Resource } from "../resource.ts";

/**
 * `nats:server:Look`: looks once at the streams of all accounts before the first server is touched, because every
 * preflight waits for it. It makes nothing. Where a stream in memory would lose its messages without consent, or where a
 * stream of others has a subject that this update takes, the update stops here.
 */
export const look: Resource<LookInputs> = {
  check: (news) => checkFields(news, lookFields),
  /** Only an update that can lose something is a change: who is known differs from update to update. */
  diff: (_state, _oldInputs, news) => ({
    changes: acts(news).map((path) => ({ path, kind: "update", replaces: false })),
    deleteBeforeReplace: false,
  }),
  preview: (inputs) => inputs,

  async create(inputs, context) {
    if (acts(inputs).length > 0) await lookAround(inputs, context);
    return { id: "look", state: inputs };
  },
  async update(_id, _state, news, context) {
    await lookAround(news, context);
    return news;
  },
  ...makesNothing(natsTypes.look),
};

/** The inputs for which there is something to look at. */
function acts(inputs: Previewed<LookInputs>): string[] {
  return (["restarting", "taken", "lose"] as const).filter((key) => {
    const value = inputs[key];
    return Array.isArray(value) && value.length > 0;
  });
}

async function lookAround(inputs: LookInputs, context: Context): Promise<void> {
  const held = await ask(inputs, context).catch((error: Error) => unanswered(error.message));
  if (held.silent !== "") {
    context.warn(
      `streams in memory are unchecked where a server does not answer: ${held.silent}. What only that server keeps in ` +
        "memory is lost when it restarts, if it is not lost already",
    );
  }
  const { refusals, warnings, lost } = judge(inputs, held.streams, context.stack);
  for (const warning of warnings) context.warn(warning);
  if (refusals.length > 0) throw new Error(`nothing was touched. ${refusals.join(". ")}`);
  // A name counts in every account, so name the streams that are lost.
  if (lost.length > 0)
    context.warn(`these streams are in memory and are lost, with consent: ${countedStreams(lost)}`);
}

interface Answers extends Pick<Held, "streams"> {
  /** Who did not answer, and why; empty: every server that is to restart answered. */
  readonly silent: string;
}

function unanswered(why: string): Answers {
  return { streams: [], silent: why };
}

/** How long to wait for a server, which may miss a question while it is busy, and for a copy that decides. */
const patienceMs = 10_000;

async function ask(inputs: LookInputs, context: Context): Promise<Answers> {
  const { restarting, turns } = inputs;
  const deadline = Math.min(context.deadline, Date.now() + patienceMs);
  const connection = await context.cluster.system(deadline, context.progress);
  const missing = (held: Held): string | undefined => {
    const silent = silentOf(restarting, held);
    if (silent.length > 0 || held.servers.length === 0) return `${silent.join(", ")} does not answer`;
    // Under load a copy is behind for a moment. That matters only where it is why a stream would be refused.
    const emptied = withoutConsent(emptiedBy({ servers: restarting, turns }, held.streams), inputs);
    const behind = emptied.filter(({ replicas }) => replicas.some(({ current }) => !current));
    return behind.length > 0 ? `copies of ${behind.map(shownName).join(", ")} are behind` : undefined;
  };
  const held = await askFullest(connection, deadline, missing, context.progress);
  return { streams: held.streams, silent: silentOf(restarting, held).join(", ") };
}
