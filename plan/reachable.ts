import type { PodPlan, Topology } from "./topology.ts";

/** Pods that this update does not leave as they are. */
export function presentPods({ pods, rollout }: Topology): PodPlan[] {
  return pods.filter(({ id }) => !rollout.skip.includes(id));
}

/** Streams that can be healthy with the present pods alone. */
export function reachableStreams(topology: Topology): string[] {
  const tags = new Set(presentPods(topology).flatMap((pod) => pod.tags));
  return topology.streams
    .filter(({ placementTags }) => placementTags.every((tag) => tags.has(tag)))
    .map(({ name }) => name)
    .sort();
}
