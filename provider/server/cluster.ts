import { clusterHealth } from "../../client/cluster-health.ts";
import { lookAtStream } from "../../client/jetstream/streams.ts";
import { lookAtServers } from "../../client/look.ts";
import { poll } from "../../client/poll.ts";
import {
  type ClusterGateInputs,
  type ClusterGateState,
  clusterGateFields,
} from "../../model/contract/cluster-gate.ts";
import { checkFields } from "../../model/contract/fields.ts";
import { diffInputs } from "../../model/contract/server-fields.ts";
import { healthFaults, type SeenCurrent, withCopiesOn } from "../../model/jetstream/copies.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { type Context, makesNothing, type Resource } from "../resource.ts";

/**
 * `nats:server:Cluster`: the gate that everything in the cluster waits behind. It makes nothing. It is there when every
 * configured server is connected with every other server and current in the meta group, and when the streams that were
 * there before have a leader and all their copies. Streams and consumers carry
 * `deletedWith` this resource, so that a destroy never deletes them one by one.
 */
export const clusterGate: Resource<ClusterGateInputs, ClusterGateState> = {
  check: (news) => checkFields(news, clusterGateFields),
  diff: (state, _oldInputs, news) => diffInputs(state, news, clusterGateFields),
  preview: (inputs) => inputs,

  async create(inputs, context) {
    await clusterHealthy(inputs, context);
    return { id: String(inputs.clusterName), state: inputs };
  },
  async update(_id, state, news, context) {
    // Every server was proven by now, or is known to be away: what is missing longer does not come by waiting.
    await clusterHealthy(news, {
      ...context,
      deadline: Math.min(context.deadline, Date.now() + updatePatienceMs),
    });
    await warnOfLostStreams(state.streams ?? [], news.streams, context);
    return news;
  },
  ...makesNothing(natsTypes.clusterGate),
};

const updatePatienceMs = 45_000;

async function clusterHealthy(inputs: ClusterGateInputs, context: Context): Promise<void> {
  const connection = await context.cluster.system(context.deadline, context.progress);
  const seenCurrent: SeenCurrent = new Set();
  const extra = await poll(
    context.deadline,
    async () => {
      const verdict = clusterHealth(inputs.servers, await lookAtServers(connection));
      const faults =
        verdict.faults.length > 0 ? verdict.faults : await faultsOfStreams(inputs, seenCurrent, context);
      return faults.length === 0
        ? { done: verdict.extra }
        : { waitingFor: `the cluster ${inputs.clusterName} is not healthy: ${faults.join("; ")}` };
    },
    context.progress,
  );
  if (extra.length > 0) {
    context.warn(
      `${inputs.clusterName} has servers that are not configured, or that this update skips: ${extra.join(", ")}. A server ` +
        "that is not configured leaves when this update deletes its pod. If the server stays, remove it from the meta group by hand",
    );
  }
}

/** How long a stream may take to answer before it counts as one without a leader. */
const streamPatienceMs = 2_000;

async function faultsOfStreams(
  { streams, servers }: ClusterGateInputs,
  seenCurrent: SeenCurrent,
  context: Context,
): Promise<string[]> {
  const deadline = Math.min(context.deadline, Date.now() + streamPatienceMs);
  const faults = streams.map(async (name) => {
    const stream = await lookAtStream(context.cluster, name, deadline);
    return stream === undefined
      ? []
      : healthFaults(
          name,
          withCopiesOn(stream, (server) => servers.includes(server)),
          seenCurrent,
        );
  });
  return (await Promise.all(faults)).flat();
}

/** A stream of the last update that no server knows now: its create failed then, or a person or a program deleted it. */
async function warnOfLostStreams(
  before: readonly string[],
  now: readonly string[],
  context: Context,
): Promise<void> {
  for (const name of before.filter((candidate) => now.includes(candidate))) {
    if ((await lookAtStream(context.cluster, name, context.deadline)) !== undefined) continue;
    context.warn(
      `no server knows the stream ${name}. If this update does not create it, it was deleted outside of Pulumi: ` +
        "run `pulumi refresh`, and the next `pulumi up` recreates it, empty",
    );
  }
}
