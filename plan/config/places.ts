import { loopback, meshNetworkOf, serverNameOf } from "../pod-names.ts";
import type { Configuration, ConfiguredPod } from "./configuration.ts";

/** Where every server listens inside a network of its own. */
export const inside = { address: "0.0.0.0", clientPort: 4222, clusterPort: 6222, monitorPort: 8222 } as const;

/** `host:port` at which the other servers dial it. */
export function dialledAt(pod: ConfiguredPod, configuration: Configuration): string {
  return isInVpn(pod, configuration)
    ? `${publishedAt(pod, configuration)}:${pod.clusterPort}`
    : `${serverNameOf(pod, configuration.cluster.resourcePrefix)}:${inside.clusterPort}`;
}

export function isInVpn({ hostId }: ConfiguredPod, { hosts }: Configuration): boolean {
  return hosts.find(({ id }) => id === hostId)?.remote?.peer !== undefined;
}

export function publishedAt({ hostId }: ConfiguredPod, { hosts }: Configuration): string {
  return hosts.find(({ id }) => id === hostId)?.address ?? loopback;
}

export function meshNetwork({ cluster }: Configuration): string {
  return meshNetworkOf(cluster.resourcePrefix);
}
