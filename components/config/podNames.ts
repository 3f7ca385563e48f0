/** server_name, container name and hostname of a pod are one. */
export function serverNameOf(podId: string, resourcePrefix: string): string {
  return `${resourcePrefix}service-nats-${podId}`;
}

/** Every name and address by which a server is dialled: what its certificate must carry. */
export interface DialledBy {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * @param publishAddress of the pod's host
 */
export function dialledBy(serverName: string, publishAddress: string): DialledBy {
  return {
    dnsNames: [serverName, "localhost"],
    ipAddresses: [...new Set([loopback, publishAddress])],
  };
}

export const loopback = "127.0.0.1";
