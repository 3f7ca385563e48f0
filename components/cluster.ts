import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type SystemUser, systemUser } from "./auth/system-user.ts";
import { JetStreamStream } from "./jetstream/stream.ts";
import { clientUrl, clusterAddress, monitorUrl } from "./nats/addresses.ts";
import { NatsPod } from "./nats/pod.ts";
import { Provider } from "./nats/provider.ts";
import { ClusterGate, Membership } from "./nats/server.ts";
import { CertificateChain, type Leaf } from "./tls/chain.ts";
import type { HostPlan, PodPlan, Topology } from "./topology.ts";

export interface NatsClusterArgs {
  readonly topology: Topology;
}

/** What a pod offers to those who use it. */
export interface PodOutputs {
  readonly serverName: string;
  readonly clientUrl: string;
  readonly clusterAddress: string;
  readonly monitorUrl: string;
  readonly dataVolume: string;
  /** RFC 3339. */
  readonly certificateExpires: pulumi.Output<string>;
}

/** What every pod needs of the cluster. */
interface Shared {
  readonly user: SystemUser;
  readonly chain: CertificateChain;
  readonly nats: Provider;
  readonly members: Membership;
}

/** The whole cluster: certificates, a pod per territory, the gate, and behind it the streams with their consumers. */
export class NatsCluster extends pulumi.ComponentResource {
  /** By pod id. */
  readonly pods: Readonly<Record<string, PodOutputs>>;
  /** PEM of the authorities that clients have to trust. */
  readonly caCertificate: pulumi.Output<string>;
  /** NKey seed of the system account's user; secret. */
  readonly systemSeed: pulumi.Output<string>;

  constructor(name: string, args: NatsClusterArgs, options?: pulumi.ComponentResourceOptions) {
    super("unityplan:nats:Cluster", name, {}, options);
    const { topology } = args;
    const parent = { parent: this };
    const user = systemUser(parent);
    const chain = new CertificateChain(name, chainArgs(topology), parent);
    const nats = new Provider(
      "nats",
      { servers: topology.pods.map(clientUrl), systemSeed: user.seed },
      parent,
    );
    const named = {
      clusterName: topology.cluster.name,
      servers: topology.pods.map((pod) => pod.serverName),
    };
    const members = new Membership(name, named, { ...parent, provider: nats });
    const pods = this.createPods(topology, { user, chain, nats, members });
    const gate = new ClusterGate(
      name,
      {
        ...named,
        streams: topology.streams.map((stream) => stream.name).sort(),
        revision: pods.map((pod) => pulumi.interpolate`${pod.node.containerId} ${pod.node.filesDigest}`),
      },
      { ...parent, provider: nats },
    );
    for (const stream of topology.streams) {
      const consumers = topology.consumers.filter((consumer) => consumer.stream === stream.name);
      new JetStreamStream(
        stream.name,
        { stream, consumers, livesIn: gate },
        { ...parent, providers: { nats } },
      );
    }
    this.pods = Object.fromEntries(topology.pods.map((pod) => [pod.id, outputsOf(pod, leafOf(chain, pod))]));
    this.caCertificate = chain.bundle;
    this.systemSeed = user.seed;
    this.registerOutputs({});
  }

  private createPods(topology: Topology, shared: Shared) {
    const hosts = new Map(
      topology.hosts.map((host) => [host.id, this.createHost(host, topology.cluster.image)]),
    );
    const pods: NatsPod[] = [];
    for (const pod of topology.pods) {
      const host = hosts.get(pod.hostId);
      if (host === undefined) throw new Error(`the pod ${pod.id} is on the unknown host ${pod.hostId}`);
      const previous = topology.rollout === "rolling" ? pods.slice(-1).map((one) => one.node) : [];
      pods.push(
        new NatsPod(
          pod.id,
          {
            pod,
            cluster: topology.cluster,
            imageId: host.image.imageId,
            bundle: shared.chain.bundle,
            leaf: leafOf(shared.chain, pod),
            systemUserPublicKey: shared.user.publicKey,
            engine: host.engine,
            nats: shared.nats,
            meshNetwork: host.meshNetwork,
            after: [shared.members, ...previous],
          },
          { parent: this },
        ),
      );
    }
    return pods;
  }

  private createHost(host: HostPlan, image: string) {
    const engine = new docker.Provider(
      `docker-${host.id}`,
      host.dockerUrl === undefined ? {} : { host: host.dockerUrl },
      { parent: this },
    );
    const onEngine = { parent: this, provider: engine };
    return {
      engine,
      image: new docker.RemoteImage(`${host.id}-image`, { name: image, keepLocally: true }, onEngine),
      meshNetwork: new docker.Network(
        `${host.id}-mesh`,
        { name: host.meshNetwork },
        { ...onEngine, deleteBeforeReplace: true, ignoreChanges: ["labels", "driver", "options"] },
      ),
    };
  }
}

function chainArgs(topology: Topology) {
  return {
    clusterName: topology.cluster.name,
    lifetimes: topology.tls,
    leaves: topology.pods.map((pod) => ({
      id: pod.id,
      commonName: pod.serverName,
      dnsNames: pod.dnsNames,
      ipAddresses: pod.ipAddresses,
    })),
  };
}

function leafOf(chain: CertificateChain, pod: PodPlan): Leaf {
  const leaf = chain.leaves.get(pod.id);
  if (leaf === undefined) throw new Error(`the certificate chain has no leaf for the pod ${pod.id}`);
  return leaf;
}

function outputsOf(pod: PodPlan, leaf: Leaf): PodOutputs {
  return {
    serverName: pod.serverName,
    clientUrl: clientUrl(pod),
    clusterAddress: clusterAddress(pod),
    monitorUrl: monitorUrl(pod),
    dataVolume: pod.dataVolume,
    certificateExpires: leaf.expires,
  };
}
