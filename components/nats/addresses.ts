import type { PodPlan } from "../topology.ts";

/** The URL by which applications on the host, and this program, reach the pod's server. */
export function clientUrl(pod: PodPlan): string {
  return `nats://${pod.published.address}:${pod.published.clientPort}`;
}

/** `host:port` of the port on which the other servers are spoken to. */
export function clusterAddress(pod: PodPlan): string {
  return `${pod.published.address}:${pod.published.clusterPort}`;
}

/** The URL of the pod's monitoring endpoint. */
export function monitorUrl(pod: PodPlan): string {
  return `http://${pod.published.address}:${pod.published.monitorPort}`;
}
