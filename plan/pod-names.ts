/** The settings of a pod from which its names come. */
export interface NamedPod {
  readonly id: string;
  /** undefined: from the id. */
  readonly serverName?: string | undefined;
  /** undefined: from the id. */
  readonly dataVolume?: string | undefined;
}

/** What a usual name is made of. */
export interface UsualName {
  readonly resourcePrefix: string;
  readonly id: string;
}

interface UsualForm {
  readonly of: (name: UsualName) => string;
  /** undefined: it is not a usual name. If a prefix can end in several places, the longest prefix is taken. */
  readonly parse: (name: string) => UsualName | undefined;
}

function usual(start: string, end = ""): UsualForm {
  const form = new RegExp(`^(.*)${start}([a-z][a-z0-9-]{0,15})${end}$`);
  return {
    of: ({ resourcePrefix, id }) => `${resourcePrefix}${start}${id}${end}`,
    parse: (name) => {
      const [, resourcePrefix, id] = form.exec(name) ?? [];
      return resourcePrefix === undefined || id === undefined ? undefined : { resourcePrefix, id };
    },
  };
}

/** The names of a pod's objects on their engine, if the configuration gives no other name. */
export const usualNames = {
  server: usual("service-nats-"),
  /** Not the server's name with an ending: a pod could have that as its id. */
  loader: usual("unityplan-nats-", "-loader"),
  dataVolume: usual("unityplan-nats-", "-data"),
  configurationVolume: usual("unityplan-nats-", "-config"),
  network: usual("pod-", "-net"),
} as const;

/** server_name, container name and hostname of a pod are one. */
export function serverNameOf({ id, serverName }: NamedPod, resourcePrefix: string): string {
  return serverName ?? usualNames.server.of({ resourcePrefix, id });
}

export function dataVolumeOf({ id, dataVolume }: NamedPod, resourcePrefix: string): string {
  return dataVolume ?? usualNames.dataVolume.of({ resourcePrefix, id });
}

export function configurationVolumeOf({ id }: NamedPod, resourcePrefix: string): string {
  return usualNames.configurationVolume.of({ resourcePrefix, id });
}

export function loaderNameOf({ id }: NamedPod, resourcePrefix: string): string {
  return usualNames.loader.of({ resourcePrefix, id });
}

export function podNetworkOf({ id }: NamedPod, resourcePrefix: string): string {
  return usualNames.network.of({ resourcePrefix, id });
}

/** The network that the pods of a host share. */
export function meshNetworkOf(resourcePrefix: string): string {
  return `${resourcePrefix}unityplan-mesh-network`;
}

/** Every name and address by which a server is dialled. Its certificate must have all of them. */
export interface DialledBy {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/** @param address at which the servers of the pod's host are reached */
export function dialledBy(serverName: string, address: string, inVpn: boolean): DialledBy {
  return {
    // In the VPN, routes dial addresses. A server compares these with the DNS names of the server that dials it:
    // https://docs.nats.io/running-a-nats-service/configuration/securing_nats/tls#tls-in-clusters
    dnsNames: [serverName, "localhost", ...(inVpn ? [address] : [])],
    ipAddresses: [...new Set([loopback, address])],
  };
}

export const loopback = "127.0.0.1";
