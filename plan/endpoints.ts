import type { SshHost } from "../model/ssh.ts";
import type { HostPlan, PodPlan } from "./topology.ts";

/** The URL by which applications on the host, and this program, reach the pod's server. */
export function clientUrl(pod: PodPlan): string {
  return `nats://${pod.published.address}:${pod.published.clientPort}`;
}

/** `host:port` of the port for the other servers. */
export function clusterAddress(pod: PodPlan): string {
  return `${pod.published.address}:${pod.published.clusterPort}`;
}

/** The URL of the pod's monitoring endpoint. */
export function monitorUrl(pod: PodPlan): string {
  return `http://${pod.published.address}:${pod.published.monitorPort}`;
}

/** The addresses of the servers that are reached by SSH, each with its host. */
export function viaOf({ hosts, pods }: PodsOnHosts): Record<string, SshHost> {
  const remotes = new Map(hosts.map(({ id, remote }) => [id, remote?.ssh]));
  const behind = pods.flatMap(({ hostId, published }): [string, SshHost][] => {
    const ssh = remotes.get(hostId);
    return ssh === undefined ? [] : [[published.address, ssh]];
  });
  return Object.fromEntries(behind);
}

interface PodsOnHosts {
  readonly hosts: readonly Pick<HostPlan, "id" | "remote">[];
  readonly pods: readonly Pick<PodPlan, "hostId" | "published">[];
}
