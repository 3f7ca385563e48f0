import type { RolloutPlan } from "../../../plan/topology.ts";
import type { ServerChange } from "../changes.ts";
import { count, listed, refused, type Sentence, says } from "./sentence.ts";

/** What happens to the servers and to their clients. */
export function serverMeaning(changes: readonly ServerChange[], { mode, order }: RolloutPlan): Sentence[] {
  const ids = (verb: ServerChange["verb"]) => {
    const found = changes.filter((change) => change.verb === verb).map(({ id }) => id);
    return [...found].sort((left, right) => order.indexOf(left) - order.indexOf(right));
  };
  const [created, reloaded, restarted, deleted] = [
    ids("created"),
    ids("reloaded"),
    ids("restarted"),
    ids("deleted"),
  ];
  return [
    ...(created.length > 0 ? [says(`${serversOf(created)} started.`)] : []),
    ...(reloaded.length > 0 ? [reloads(reloaded, restarted)] : []),
    ...(restarted.length > 0 ? [restarts(restarted, mode)] : []),
    ...changes.filter(({ verb }) => verb === "changed").map(changedInPlace),
    ...movedAway(changes),
    ...(deleted.length > 0
      ? [
          refused(
            `the pod ${listed(deleted)} would be removed from the cluster: a pod can't leave the cluster yet, because streams that only its server stores would be lost. Put the pod back.`,
          ),
        ]
      : []),
  ];
}

function serversOf(ids: readonly string[]): string {
  return `${count(ids.length, "server")} (${ids.join(", ")}) ${ids.length === 1 ? "is" : "are"}`;
}

function reloads(reloaded: readonly string[], restarted: readonly string[]): Sentence {
  const who = `${count(reloaded.length, "server")} (${reloaded.join(", ")}) ${reloaded.length === 1 ? "reloads" : "reload"}`;
  return says(restarted.length === 0 ? `${who}, none restarts.` : `${who}.`);
}

function restarts(restarted: readonly string[], mode: RolloutPlan["mode"]): Sentence {
  if (restarted.length === 1) {
    return says(
      `1 server (${restarted.join("")}) restarts; its clients move to the other servers, and streams that only this server stores are unavailable meanwhile.`,
    );
  }
  const who = `${count(restarted.length, "server")} (${restarted.join(", ")})`;
  const how: Record<RolloutPlan["mode"], string> = {
    rolling:
      "restart one by one in this order, each healthy before the next; clients move to the other servers, and streams that only one server stores are unavailable while that server restarts.",
    parallel:
      "restart each as soon as it can, maybe all at once (rollout: parallel); streams have no majority meanwhile. `rollout: rolling` restarts one after the other.",
    "all-at-once": "restart all at once (rollout: all-at-once); nothing answers until a majority is back.",
  };
  return says(`${who} ${how[mode]}`);
}

/** `mustRun` differs where a container is found stopped. */
function changedInPlace({ id, details }: ServerChange): Sentence {
  const paths = details.map(({ path }) => path);
  if (paths.includes("mustRun")) return says(`1 server (${id}) does not run now, and this update starts it.`);
  return says(`The container of the server ${id} changes in place: ${listed(paths)}.`);
}

/** Data stays where it was written. */
function movedAway(changes: readonly ServerChange[]): Sentence[] {
  const places = new Set(["hostId", "dataVolume"]);
  return changes
    .filter(({ verb, details }) => verb !== "created" && details.some(({ path }) => places.has(path)))
    .map(({ id }) =>
      refused(
        `the pod ${id} would start with an empty volume on another place than its data: a pod can't move yet. Set its host and dataVolume back.`,
      ),
    );
}
