import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { consumerName } from "../../model/jetstream/names.ts";
import { presentPods, reachableStreams } from "../../plan/reachable.ts";
import type { Topology } from "../../plan/topology.ts";

/** What must be healthy after an update. */
export interface Expected {
  /** What the stack tells of itself, without skipped pods and without what only they have. */
  readonly outputs: StackOutputs;
  /** server_name of every skipped pod. */
  readonly skipped: readonly string[];
}

/** @param skip ids of the pods that the update skipped, by its configuration or by `--skip` */
export function expectedAfter(outputs: StackOutputs, topology: Topology, skip: readonly string[]): Expected {
  const updated = {
    ...topology,
    rollout: { ...topology.rollout, skip: [...topology.rollout.skip, ...skip] },
  };
  const present = new Set(presentPods(updated).map(({ id }) => id));
  const reachable = new Set(reachableStreams(updated));
  const streamOf = (consumer: string) => consumerName.parse(consumer)?.stream ?? "";
  const pods = Object.entries(outputs.pods);
  return {
    outputs: {
      ...outputs,
      pods: Object.fromEntries(pods.filter(([id]) => present.has(id))),
      streams: outputs.streams.filter((name) => reachable.has(name)),
      consumers: outputs.consumers.filter((name) => reachable.has(streamOf(name))),
    },
    skipped: pods.flatMap(([id, pod]) => (present.has(id) ? [] : [pod.serverName])),
  };
}
