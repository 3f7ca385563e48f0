import type { LookInputs } from "../../model/contract/look.ts";
import { allowedIn } from "../../model/jetstream/loss/consent.ts";
import { presentPods, reachableStreams } from "../reachable.ts";
import { serverContainer, startDigest } from "../render/server-container.ts";
import type { PodPlan, Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";

/**
 * What the look before an update must know of the update. If the state has no server, the look can ask no server: every
 * server starts with what is on its disk.
 */
export function lookOf(deployed: DeployedState, topology: Topology): LookInputs {
  const anyThere = deployed.servers.size > 0;
  return {
    restarting: presentPods(topology)
      .filter((pod) => restarts(deployed, pod, topology))
      .map(({ serverName }) => serverName),
    turns: topology.rollout.mode === "rolling",
    lose: anyThere ? topology.rollout.lose : [],
    allowed: allowedIn(topology.streams),
    taken: anyThere ? takenSubjects(deployed, topology) : [],
    known: [...new Set([...deployed.streams.keys(), ...topology.streams.map(({ name }) => name)])].sort(),
  };
}

/**
 * A server without a container does not restart: it starts. A server whose update failed before it was proven may run
 * with any settings.
 */
function restarts(deployed: DeployedState, pod: PodPlan, { cluster }: Topology): boolean {
  const before = provenStart(deployed, pod);
  if (before === "") return deployed.containers.has(pod.serverName);
  return before !== startDigest(serverContainer(pod, cluster));
}

/**
 * What the server of a pod was started with, as it was last proven. Empty: it was never proven. A server that only an
 * older program has proven counts as started with something else.
 */
export function provenStart(deployed: DeployedState, pod: PodPlan): string {
  const server = deployed.servers.get(pod.serverName);
  return server === undefined ? "" : server.startDigest || "unknown";
}

function takenSubjects({ streams }: DeployedState, topology: Topology): string[] {
  const reachable = reachableStreams(topology);
  return topology.streams
    .filter(({ name }) => reachable.includes(name))
    .flatMap(({ name, subjects }) =>
      subjects
        .filter((subject) => !(streams.get(name)?.subjects ?? []).includes(subject))
        .map((subject) => `${name} ${subject}`),
    );
}
