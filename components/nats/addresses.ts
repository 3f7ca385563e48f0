import type { PodPlan } from "../topology.ts";

/** The URL by which applications on the host, and this program, reach the pod's server. */
export function clientUrl(pod: PodPlan): string {
  return `nats://${dialled(pod)}:${pod.published.clientPort}`;
}

/** `host:port` of the port on which the other servers are spoken to. */
export function clusterAddress(pod: PodPlan): string {
  return `${dialled(pod)}:${pod.published.clusterPort}`;
}

/** The URL of the pod's monitoring endpoint. */
export function monitorUrl(pod: PodPlan): string {
  return `http://${dialled(pod)}:${pod.published.monitorPort}`;
}

/** Nobody can dial "every address"; the engine's host is reached on its loopback. */
function dialled(pod: PodPlan): string {
  return pod.published.address === "0.0.0.0" ? "127.0.0.1" : pod.published.address;
}
