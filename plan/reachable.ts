import type { PodPlan, Topology } from "./topology.ts";

/** Pods that this update does not leave as they are. */
export function presentPods({ pods, rollout }: Topology): PodPlan[] {
  return pods.filter(({ id }) => !rollout.without.includes(id));
}

/** Streams that can be healthy with these pods alone. */
export function streamsOn(present: readonly PodPlan[], { streams }: Topology): string[] {
  const tags = new Set(present.flatMap((pod) => pod.tags));
  return streams
    .filter(({ placementTags }) => placementTags.every((tag) => tags.has(tag)))
    .map(({ name }) => name)
    .sort();
}
