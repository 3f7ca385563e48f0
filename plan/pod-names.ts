/** What of a pod's configuration its names come from. */
export interface NamedPod {
  readonly id: string;
  /** undefined: from the id. */
  readonly serverName?: string | undefined;
  /** undefined: from the id. */
  readonly dataVolume?: string | undefined;
}

/** server_name, container name and hostname of a pod are one. */
export function serverNameOf({ id, serverName }: NamedPod, resourcePrefix: string): string {
  return serverName ?? `${resourcePrefix}service-nats-${id}`;
}

export function dataVolumeOf({ id, dataVolume }: NamedPod, resourcePrefix: string): string {
  return dataVolume ?? `${resourcePrefix}unityplan-nats-${id}-data`;
}

export function configurationVolumeOf({ id }: NamedPod, resourcePrefix: string): string {
  return `${resourcePrefix}unityplan-nats-${id}-config`;
}

/** Not the server's name with an ending: a pod could have that as its id. */
export function loaderNameOf({ id }: NamedPod, resourcePrefix: string): string {
  return `${resourcePrefix}unityplan-nats-${id}-loader`;
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
