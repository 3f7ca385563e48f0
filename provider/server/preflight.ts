import { clusterHealth, type SeenServer } from "../../client/cluster-health.ts";
import { lookAtServers } from "../../client/look.ts";
import { stepDownFrom } from "../../client/meta-leader.ts";
import { poll } from "../../client/poll.ts";
import { checkFields } from "../../model/contract/fields.ts";
import { type PreflightInputs, preflightFields } from "../../model/contract/preflight.ts";
import type { Previewed } from "../../model/contract/properties.ts";
import type { SeenCurrent, SeenStream } from "../../model/jetstream/copies.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, type Resource } from "../resource.ts";
import { faultsOfOwnStreams } from "./in-step.ts";
import { memoryCopiesCurrent } from "./memory-copies.ts";

/**
 * `nats:server:Preflight`: whether a server may restart now, in a rolling restart. It makes nothing; its server's files
 * and container wait for it. Before the server restarts, every other server must be healthy, and every copy of the
 * replicated streams current. Otherwise the update stops here, and nothing of this server is touched. The meta group's
 * leadership leaves the server before it stops. Foreign streams in memory count too.
 */
export const preflight: Resource<PreflightInputs> = {
  check: (news) => checkFields(news, preflightFields),
  /** Nothing but a restart is a change: who is known or done differs from update to update. */
  diff: (_state, _oldInputs, news) => ({
    changes: restarts(news) ? [{ path: "planned", kind: "update", replaces: false }] : [],
    deleteBeforeReplace: false,
  }),
  preview: (inputs) => inputs,

  async create(inputs, context) {
    if (restarts(inputs)) await clear(inputs, context);
    return { id: String(inputs.serverName), state: inputs };
  },
  async update(_id, _state, news, context) {
    await clear(news, context);
    return news;
  },
  ...makesNothing(natsTypes.preflight),
};

/** A server that was never proven does not restart: it starts. */
function restarts({ rolling, planned, proven }: Previewed<PreflightInputs>): boolean {
  return rolling === true && proven !== "" && planned !== proven;
}

/** How long the other servers may take to be current. A person has to look at what takes longer. */
const patienceMs = 30_000;

async function clear(inputs: PreflightInputs, context: Context): Promise<void> {
  try {
    const { isDown } = await othersInStep(inputs, context);
    if (isDown) return;
    await memoryCopiesCurrent(inputs, context);
    await leadershipLeaves(inputs, context);
  } catch (error) {
    throw new Error(
      `${inputs.serverName} was not restarted, and nothing of it was touched: ${(error as Error).message}. Fix that ` +
        "(`npm run status`, `docker logs`) and run `pulumi up` again. If this update is the fix, set " +
        "`rollout: { mode: rolling, first: POD }` with the pod that is broken, or `rollout: { mode: all-at-once }` " +
        "if no server answers",
    );
  }
}

/** A server that is down already may restart, whatever the state of the other servers. */
async function othersInStep(inputs: PreflightInputs, context: Context): Promise<{ isDown: boolean }> {
  const deadline = patience(context);
  const connection = await context.cluster.system(deadline, context.progress);
  const others = inputs.known.filter((name) => name !== inputs.serverName);
  const seenCurrent: SeenCurrent = new Set();
  return poll<{ isDown: boolean }>(
    deadline,
    async () => {
      const seen = await lookAtServers(connection);
      if (isDown(inputs.serverName, seen)) return { done: { isDown: true } };
      const { faults } = clusterHealth(others, seen);
      const all = faults.length > 0 ? faults : await faultsOfStreams(inputs, seenCurrent, context);
      return all.length === 0 ? { done: { isDown: false } } : { waitingFor: all.join("; ") };
    },
    context.progress,
  );
}

function patience(context: Context): number {
  return Math.min(context.deadline, Date.now() + patienceMs);
}

/** A busy server may miss one question; one that is down has no routes. */
function isDown(serverName: string, seen: readonly SeenServer[]): boolean {
  return (
    seen.length > 0 && !seen.some(({ name, routes }) => name === serverName || routes.includes(serverName))
  );
}

function faultsOfStreams(
  { serverName }: PreflightInputs,
  seenCurrent: SeenCurrent,
  context: Context,
): Promise<string[]> {
  return faultsOfOwnStreams(context, seenCurrent, (stream) => withoutCopyOn(serverName, stream));
}

/** A stream with one copy comes back with its server. */
function withoutCopyOn(serverName: string, stream: SeenStream): SeenStream | undefined {
  if (stream.copies === 1) return undefined;
  const replicas = stream.replicas.map((peer) =>
    peer.name === serverName ? { ...peer, current: true, offline: false, lag: 0 } : peer,
  );
  return { ...stream, replicas };
}

async function leadershipLeaves(inputs: PreflightInputs, context: Context): Promise<void> {
  const deadline = patience(context);
  const connection = await context.cluster.system(deadline, context.progress);
  const candidates = [...inputs.done, ...inputs.known.toReversed()].filter(
    (name) => name !== inputs.serverName,
  );
  await stepDownFrom(connection, inputs.serverName, candidates, deadline, context.progress);
}
