import { consumerName, natsProviderName } from "../model/jetstream/names.ts";
import {
  commandType,
  componentTypes,
  dockerTypes,
  natsTypes,
  providerTypes,
  tlsTypes,
} from "../model/resource-types.ts";
import { parseUrn } from "../model/urn.ts";

/** How the names of one kind are made and read: `parse(of(parts))` is `parts`. */
interface NameForm<Parts, Of extends (parts: never) => string = (parts: Parts) => string> {
  readonly of: Of;
  /** undefined: it is not a name of this form. */
  readonly parse: (name: string) => Parts | undefined;
}

/** A key of the VPN that belongs to one host. */
interface HostKey {
  readonly hostId: string;
  readonly generation: number;
}

/** A key of the VPN that two hosts share. */
interface SharedKey {
  /** Whichever of them is named first; read from a name they are sorted. */
  readonly hostIds: readonly [string, string];
  readonly generation: number;
}

/** An id with something around it. */
function around(start: string, end: string): NameForm<string> {
  return {
    of: (id) => `${start}${id}${end}`,
    parse: (name) => {
      const id = name.slice(start.length, name.length - end.length);
      return id !== "" && name === `${start}${id}${end}` ? id : undefined;
    },
  };
}

const ending = (end: string) => around("", `-${end}`);

/** The id itself. */
const bare = around("", "");

function numbered(start: string, end = ""): NameForm<number> {
  const form = new RegExp(`^${start}-(\\d+)${end}$`);
  return {
    of: (number) => `${start}-${number}${end}`,
    parse: (name) => {
      const number = form.exec(name)?.[1];
      return number === undefined ? undefined : Number(number);
    },
  };
}

/** A stack has only one resource of this kind. */
function only(text: string): NameForm<string, () => string> {
  return { of: () => text, parse: (name) => (name === text ? text : undefined) };
}

const hostKey: NameForm<HostKey> = {
  of: ({ hostId, generation }) => `${hostId}-wireguard-key-${generation}`,
  parse: (name) => {
    const [, hostId, generation] = /^(.+)-wireguard-key-(\d+)$/.exec(name) ?? [];
    return hostId === undefined ? undefined : { hostId, generation: Number(generation) };
  },
};

const sharedKey: NameForm<SharedKey> = {
  // Ids have dashes and no slashes: a-b with c is not a with b-c.
  of: ({ hostIds, generation }) => `preshared-${[...hostIds].sort().join("/")}-${generation}`,
  parse: (name) => {
    const [, one, other, generation] = /^preshared-([^/]+)\/([^/]+)-(\d+)$/.exec(name) ?? [];
    if (one === undefined || other === undefined) return undefined;
    return { hostIds: [one, other], generation: Number(generation) };
  },
};

/** What the resources of a certificate are called after. */
export const leafNames = {
  /** By pod id. */
  pod: bare,
  /** By application: no pod id has a slash. */
  client: around("client/", ""),
  /** By generation of the CA that issues it. */
  operator: numbered("operator"),
} as const;

/**
 * One kind of resource.
 * @param inLeaf whether it is a leaf's or must be another's; undefined: its type and its name tell it from all others
 */
function kind<Parts, Of extends (parts: never) => string>(
  type: string,
  { of, parse }: NameForm<Parts, Of>,
  inLeaf?: boolean,
) {
  return {
    type,
    of,
    parse,
    /** undefined: the resource is of another kind. */
    inUrn: (urn: string): Parts | undefined => {
      const { types, name } = parseUrn(urn);
      const isElsewhere = inLeaf !== undefined && types.includes(componentTypes.leaf) !== inLeaf;
      return types.at(-1) !== type || isElsewhere ? undefined : parse(name);
    },
  };
}

const ofLeaf = (type: string, end: string) => kind(type, ending(end), true);
/** A pod may have the id `authority-1` or `operator-1`. */
const notOfLeaf = (type: string, start: string, end?: string) => kind(type, numbered(start, end), false);

const cluster = only("unityplan-global");
const vpn = only("vpn");

/** Pulumi's name of each resource of the program, by its kind: `of` makes it, `parse` and `inUrn` read it. */
export const resourceNames = {
  cluster: kind(componentTypes.cluster, cluster),
  natsProvider: kind(providerTypes.nats, only(natsProviderName)),
  systemUser: kind(tlsTypes.privateKey, only("system-user"), false),
  membership: kind(natsTypes.membership, cluster),
  clusterGate: kind(natsTypes.clusterGate, cluster),
  look: kind(natsTypes.look, only("look")),
  trust: kind(natsTypes.trust, only("trust")),
  survey: kind(natsTypes.survey, only("hosts")),

  // By host id.
  host: kind(componentTypes.host, bare),
  packages: kind(commandType, ending("packages")),
  dockerOrder: kind(commandType, ending("docker")),
  dockerUser: kind(commandType, ending("docker-user")),
  firewall: kind(commandType, ending("firewall")),
  carriedImage: kind(commandType, ending("carried-image")),
  engine: kind(providerTypes.docker, around("docker-", "")),
  image: kind(dockerTypes.image, ending("image")),
  meshNetwork: kind(dockerTypes.network, ending("mesh")),
  peer: kind(componentTypes.peer, bare),
  wireguard: kind(commandType, ending("wireguard")),
  hostKey: kind(tlsTypes.privateKey, hostKey, false),

  vpn: kind(componentTypes.mesh, vpn),
  vpnGate: kind(natsTypes.mesh, vpn),
  sharedKey: kind(tlsTypes.privateKey, sharedKey, false),

  // By pod id.
  pod: kind(componentTypes.pod, bare),
  podNetwork: kind(dockerTypes.network, ending("network")),
  dataVolume: kind(dockerTypes.volume, ending("data")),
  configurationVolume: kind(dockerTypes.volume, ending("configuration")),
  loader: kind(dockerTypes.container, ending("loader")),
  server: kind(dockerTypes.container, ending("server")),
  preflight: kind(natsTypes.preflight, ending("preflight")),
  node: kind(natsTypes.node, ending("node")),

  chain: kind(componentTypes.chain, cluster),
  // By generation.
  authority: kind(tlsTypes.authority, numbered("authority")),
  authorityKey: notOfLeaf(tlsTypes.privateKey, "authority", "-key"),
  operatorKey: notOfLeaf(tlsTypes.privateKey, "operator", "-key"),
  operatorRequest: notOfLeaf(tlsTypes.request, "operator", "-request"),
  operatorCertificate: notOfLeaf(tlsTypes.certificate, "operator", "-certificate"),
  // By what `leafNames` makes.
  leaf: kind(componentTypes.leaf, bare),
  leafKey: ofLeaf(tlsTypes.privateKey, "key"),
  leafRequest: ofLeaf(tlsTypes.request, "request"),
  leafCertificate: ofLeaf(tlsTypes.certificate, "certificate"),
  leafRenewal: ofLeaf(natsTypes.renewal, "renewal"),

  streamWithConsumers: kind(componentTypes.stream, bare),
  stream: kind(natsTypes.stream, bare),
  consumer: kind(natsTypes.consumer, consumerName),
} as const;
