import type { LiveDependence } from "../../client/dependence.ts";
import { serverContainer, startDigest } from "../../components/nats/container.ts";
import type { Topology } from "../../components/topology.ts";
import type { TrustingNode } from "./trusted.ts";

/** Whether an update to that topology makes every session anew, because every server restarts. */
export function restartsAll(
  { pods, cluster }: Pick<Topology, "pods" | "cluster">,
  servers: readonly Pick<TrustingNode, "serverName" | "startDigest">[],
): boolean {
  const proven = new Map(servers.map(({ serverName, startDigest: digest }) => [serverName, digest]));
  return pods.every((pod) => proven.get(pod.serverName) !== startDigest(serverContainer(pod, cluster)));
}

/** Why an authority can't go in this update, in words. */
export function hindrances(found: LiveDependence, recycles: boolean): string[] {
  const old = recycles ? [] : [...found.strangers, ...found.sessions];
  return [
    ...found.silent.map((name) => `an authority goes, but ${name} does not answer`),
    ...found.live.map((one) => `an authority goes, but ${one}`),
    ...old
      .slice(0, 1)
      .map(
        (one) =>
          `an authority goes, but ${old.length} sessions may hang on it; raise cluster.restartGeneration in the same ` +
          `change, with \`rollout: rolling\`: ${one}${old.length > 1 ? ", …" : ""}`,
      ),
  ];
}
