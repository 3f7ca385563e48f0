/** server_name, container name and hostname of a pod are one. */
export function serverNameOf(podId: string, resourcePrefix: string): string {
  return `${resourcePrefix}service-nats-${podId}`;
}

/** Every name and address by which a server is dialled: what its certificate must carry. */
export interface DialledBy {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** @param address where the pod's host lets its servers be reached */
export function dialledBy(serverName: string, address: string, inVpn: boolean): DialledBy {
  return {
    // Routes dial addresses there, and a server compares those with the DNS names of who dials it:
    // https://docs.nats.io/running-a-nats-service/configuration/securing_nats/tls#tls-in-clusters
    dnsNames: [serverName, "localhost", ...(inVpn ? [address] : [])],
    ipAddresses: [...new Set([loopback, address])],
  };
}

export const loopback = "127.0.0.1";
