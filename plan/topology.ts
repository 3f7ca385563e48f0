import type { ConsumerInputs } from "../model/contract/consumer.ts";
import type { StreamInputs } from "../model/contract/stream.ts";
import type { ClientTls } from "../model/tls/client-tls.ts";
import type { Configuration, ConfiguredPod } from "./config/configuration.ts";
import type { ConfiguredHost } from "./config/hosts.ts";
import { dialledAt, inside, isInVpn, meshNetwork, publishedAt } from "./config/places.ts";
import { warningsOf } from "./config/warnings.ts";
import { takesTurnsForMemory } from "./memory-streams.ts";
import {
  configurationVolumeOf,
  dataVolumeOf,
  dialledBy,
  loaderNameOf,
  podNetworkOf,
  serverNameOf,
} from "./pod-names.ts";
import { podTag } from "./pod-tag.ts";
import type { Waivers } from "./policy/names.ts";
import type { TlsPlan } from "./tls-plan.ts";
import type { VpnPlan } from "./vpn-plan.ts";

/** Everything that a stack will make, as plain data: computed from the configuration, and from nothing else. */
export interface Topology {
  readonly cluster: ClusterPlan;
  readonly hosts: readonly HostPlan[];
  /** undefined: no host is in a VPN. */
  readonly vpn: VpnPlan | undefined;
  /** By id. */
  readonly pods: readonly PodPlan[];
  readonly streams: readonly StreamInputs[];
  readonly consumers: readonly ConsumerInputs[];
  readonly tls: TlsPlan;
  readonly rollout: RolloutPlan;
  /** Rules of policy that do not hold in this stack, with the reasons. */
  readonly waivers: Waivers;
  /** Warnings about settings that are allowed but dangerous. Every preview shows them. */
  readonly warnings: readonly string[];
}

/** The settings as the schema of the configuration has them, except the settings that become part of pods. */
export interface ClusterPlan extends Omit<Configuration["cluster"], "resourcePrefix" | "maxFileStoreBytes"> {
  readonly clientTls: ClientTls;
}

/**
 * The rollout as the schema of the configuration has it, with the order of all pods in place of the first pod. With
 * streams in memory, servers restart one after the other although the configuration has parallel:
 * {@link takesTurnsForMemory}.
 */
export interface RolloutPlan extends Omit<Configuration["rollout"], "first"> {
  /** Pod ids in the order of their restarts. */
  readonly order: readonly string[];
}

/** One Docker engine. */
export interface HostPlan extends Omit<ConfiguredHost, "address"> {
  /** The network between this host's pods; undefined: they are in the host's own. */
  readonly meshNetwork: string | undefined;
  /** This update skips every pod of it. */
  readonly skip: boolean;
}

export interface PodPlan {
  readonly id: string;
  readonly hostId: string;
  /** server_name, container name and hostname are one. */
  readonly serverName: string;
  /** Names of the networks that the server is in; undefined: that of its host. */
  readonly networks: { readonly mesh: string; readonly pod: string } | undefined;
  readonly dataVolume: string;
  readonly configurationVolume: string;
  readonly loaderName: string;
  /** Where the server is reached from the machine that runs Pulumi. */
  readonly published: Endpoint;
  /** Where the server listens. */
  readonly listen: Endpoint;
  /** `host:port` that the server announces to other servers. */
  readonly clusterAdvertise: string;
  /** `host:port` that the server announces to clients. */
  readonly clientAdvertise: string;
  /** URLs of all other servers. */
  readonly routes: readonly string[];
  /** Server tags, for placement. */
  readonly tags: readonly string[];
  /** What the pod's certificate must carry: every name and address by which it is dialled. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  /** undefined: the server's own choice. */
  readonly maxFileStoreBytes: number | undefined;
}

export interface Endpoint {
  readonly address: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  readonly monitorPort: number;
}

/**
 * Names, addresses and routes of everything that a configuration asks for. Each pod's come from its id and its own
 * settings, never from its place in the list.
 */
export function planTopology(configuration: Configuration): Topology {
  const { cluster, pods, streams, consumers, tls, rollout } = configuration;
  const { resourcePrefix, maxFileStoreBytes, ...settings } = cluster;
  return {
    cluster: { ...settings, clientTls: tls.clientPort },
    hosts: configuration.hosts.map((host) => planHost(host, configuration)),
    vpn: planVpn(configuration),
    pods: [...pods].sort(byId).map((pod) => planPod(pod, configuration)),
    streams,
    consumers,
    tls,
    rollout: {
      mode: takesTurnsForMemory(configuration) ? "rolling" : rollout.mode,
      order: turns(pods, rollout.first),
      skip: [...rollout.skip].sort(),
      lose: [...rollout.lose].sort(),
    },
    waivers: configuration.waivers,
    warnings: warningsOf(configuration),
  };
}

function turns(pods: readonly ConfiguredPod[], first: string | undefined): string[] {
  const ids = pods.map(({ id }) => id).sort();
  return first === undefined ? ids : [first, ...ids.filter((id) => id !== first)];
}

/** The order in a configuration file has no effect on what waits for what, nor on any list in a resource. */
function byId(left: ConfiguredPod, right: ConfiguredPod): number {
  return left.id < right.id ? -1 : 1;
}

function planHost({ address, ...host }: ConfiguredHost, configuration: Configuration): HostPlan {
  const { pods, rollout } = configuration;
  const here = pods.filter((pod) => pod.hostId === host.id);
  return {
    ...host,
    meshNetwork: host.remote?.peer === undefined ? meshNetwork(configuration) : undefined,
    skip: here.length > 0 && here.every((pod) => rollout.skip.includes(pod.id)),
  };
}

function planVpn({ hosts, wireguard }: Configuration): VpnPlan | undefined {
  const peers = hosts.flatMap(({ remote }) => remote?.peer ?? []);
  if (peers.length === 0) return undefined;
  const { keyGenerations, ...common } = wireguard;
  return { ...common, peers: peers.sort((left, right) => (left.hostId < right.hostId ? -1 : 1)) };
}

function planPod(pod: ConfiguredPod, configuration: Configuration): PodPlan {
  const { id, hostId, clientPort, clusterPort, monitorPort } = pod;
  const prefix = configuration.cluster.resourcePrefix;
  const serverName = serverNameOf(pod, prefix);
  const others = configuration.pods.filter((other) => other.id !== id);
  const published = publishedAt(pod, configuration);
  const inVpn = isInVpn(pod, configuration);
  return {
    id,
    hostId,
    serverName,
    networks: inVpn ? undefined : { mesh: meshNetwork(configuration), pod: podNetworkOf(pod, prefix) },
    dataVolume: dataVolumeOf(pod, prefix),
    configurationVolume: configurationVolumeOf(pod, prefix),
    loaderName: loaderNameOf(pod, prefix),
    published: { address: published, clientPort, clusterPort, monitorPort },
    listen: inVpn ? { address: published, clientPort, clusterPort, monitorPort } : inside,
    clusterAdvertise: dialledAt(pod, configuration),
    clientAdvertise: `${published}:${clientPort}`,
    routes: others.map((other) => `nats://${dialledAt(other, configuration)}`).sort(),
    tags: [podTag(id)],
    ...dialledBy(serverName, published, inVpn),
    maxFileStoreBytes: pod.maxFileStoreBytes,
  };
}
