import * as pulumi from "@pulumi/pulumi";
import type { CertificateOutputs, PodOutputs } from "../model/contract/stack-outputs.ts";
import { componentTypes } from "../model/resource-types.ts";
import { clientUrl, clusterAddress, monitorUrl, viaOf } from "../plan/endpoints.ts";
import { restartsAll, serverContainer, startDigest } from "../plan/render/server-container.ts";
import { leafNames, resourceNames } from "../plan/resource-names.ts";
import type { PodPlan, Topology } from "../plan/topology.ts";
import { endingSoon } from "../plan/transitions/authorities.ts";
import type { Past } from "../plan/transitions/past.ts";
import { type SystemUser, systemUser } from "./auth/system-user.ts";
import { createHosts } from "./host/hosts.ts";
import type { Outputs } from "./inputs.ts";
import { JetStreamStream } from "./jetstream/stream.ts";
import { leftAsIs } from "./left-as-is.ts";
import { NatsPod } from "./nats/pod.ts";
import { Provider } from "./nats/provider.ts";
import { ClusterGate, Membership, Preflight } from "./nats/server.ts";
import { CertificateChain } from "./tls/chain.ts";
import { givenLeaf, IssuedLeaf, type Leaf, type LeafRequest } from "./tls/leaf.ts";
import { Trust } from "./tls/resources.ts";

export interface NatsClusterArgs {
  readonly topology: Topology;
  readonly past: Past;
}

/** What every pod needs of the cluster. */
interface Shared {
  readonly user: SystemUser;
  readonly chain: CertificateChain;
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly nats: Provider;
  readonly first: readonly pulumi.Resource[];
}

/** The whole cluster: certificates, a pod per territory, the gate, and behind it the streams with their consumers. */
export class NatsCluster extends pulumi.ComponentResource {
  /** By pod id. */
  readonly pods: Readonly<Record<string, Outputs<PodOutputs>>>;
  /** PEM of the authorities that clients have to trust. */
  readonly caCertificate: pulumi.Output<string>;
  /** NKey seed of the system account's user; secret. */
  readonly systemSeed: pulumi.Output<string>;
  /** By application. */
  readonly clientCertificates: Readonly<Record<string, Outputs<CertificateOutputs>>>;
  /** The client certificate of this program itself, for who works on the cluster by hand. */
  readonly operatorCertificate: Outputs<CertificateOutputs>;

  constructor(name: string, args: NatsClusterArgs, options?: pulumi.ComponentResourceOptions) {
    super(componentTypes.cluster, name, {}, options);
    const { topology, past } = args;
    const parent = { parent: this };
    const user = systemUser(parent);
    const chain = new CertificateChain(
      name,
      { clusterName: topology.cluster.name, plan: topology.tls, past },
      parent,
    );
    this.warnOfAuthoritiesThatEnd(chain, topology);
    const nats = new Provider(
      resourceNames.natsProvider.of(),
      {
        servers: topology.pods.map(clientUrl),
        via: viaOf(topology),
        systemSeed: user.seed,
        clientTls: topology.cluster.clientTls,
        authorities: chain.servingBundle,
        certificate: chain.operator.certificatePem,
        privateKey: chain.operator.privateKeyPem,
      },
      parent,
    );
    const named = {
      clusterName: topology.cluster.name,
      servers: topology.pods.map((pod) => pod.serverName),
      systemAccount: topology.cluster.systemAccount,
    };
    const leaves = leavesOf(topology, chain, nats);
    const members = new Membership(name, named, { ...parent, provider: nats });
    const trust = new Trust(resourceNames.trust.of(), trustArgs(topology, past, chain, leaves), {
      ...parent,
      provider: nats,
    });
    const first = [members, trust];
    const pods = this.createPods(topology, past, { user, chain, leaves: leaves.pods, nats, first });
    const present = topology.pods.filter(({ id }) => !topology.rollout.without.includes(id));
    const reachable = streamsOn(topology, present);
    const gate = new ClusterGate(
      name,
      {
        clusterName: topology.cluster.name,
        servers: present.map((pod) => pod.serverName),
        streams: reachable,
        revision: pods.map(({ revision }) => revision),
      },
      { ...parent, provider: nats, dependsOn: pods.map(({ node }) => node) },
    );
    for (const stream of topology.streams) {
      const consumers = topology.consumers.filter((consumer) => consumer.stream === stream.name);
      new JetStreamStream(
        stream.name,
        { stream, consumers, livesIn: gate },
        { ...parent, providers: { nats }, ...leftAsIs(!reachable.includes(stream.name)) },
      );
    }
    this.pods = Object.fromEntries(
      topology.pods.map((pod) => [pod.id, outputsOf(pod, leafOf(leaves.pods, pod))]),
    );
    this.caCertificate = chain.clientBundle;
    this.systemSeed = user.seed;
    this.clientCertificates = Object.fromEntries(
      [...leaves.clients].map(([id, leaf]) => [id, certificateOf(leaf)]),
    );
    this.operatorCertificate = certificateOf(chain.operator);
    this.registerOutputs({});
  }

  private createPods(topology: Topology, past: Past, shared: Shared): NatsPod[] {
    const hosts = createHosts(topology, past, shared.nats, this);
    const pods = new Map<string, NatsPod>();
    for (const pod of inOrder(topology)) {
      const host = hosts.get(pod.hostId);
      if (host === undefined) throw new Error(`the pod ${pod.id} is on the unknown host ${pod.hostId}`);
      const done = topology.rollout.mode === "rolling" ? [...pods.values()] : [];
      const preflight = this.preflight(pod, done, { topology, past, shared });
      pods.set(
        pod.id,
        new NatsPod(
          pod.id,
          {
            pod,
            cluster: topology.cluster,
            imageId: host.imageId,
            bundle: shared.chain.serverBundle,
            trusted: shared.chain.authorities.map(({ fingerprint }) => fingerprint),
            leaf: leafOf(shared.leaves, pod),
            issuer: shared.chain.issuer.fingerprint,
            systemUserPublicKey: shared.user.publicKey,
            engine: host.engine,
            nats: shared.nats,
            meshNetwork: host.meshNetwork,
            hostReady: host.after,
            after: [...host.after, preflight],
          },
          { parent: this, ...leftAsIs(topology.rollout.without.includes(pod.id)) },
        ),
      );
    }
    return topology.pods.flatMap((pod) => pods.get(pod.id) ?? []);
  }

  private preflight(
    pod: PodPlan,
    done: readonly NatsPod[],
    { topology, past, shared }: { topology: Topology; past: Past; shared: Shared },
  ): Preflight {
    return new Preflight(
      resourceNames.preflight.of(pod.id),
      {
        serverName: pod.serverName,
        rolling: topology.rollout.mode === "rolling",
        known: [...past.servers.keys()].sort(),
        done: done.map((one) => one.serverName),
        planned: startDigest(serverContainer(pod, topology.cluster)),
        proven: provenStart(past, pod),
      },
      {
        parent: this,
        provider: shared.nats,
        ...leftAsIs(topology.rollout.without.includes(pod.id)),
        dependsOn: [...shared.first, ...done.slice(-1).map((one) => one.node)],
      },
    );
  }

  private warnOfAuthoritiesThatEnd(chain: CertificateChain, { tls }: Topology): void {
    const { generation, endsAt } = chain.issuer;
    endsAt.apply((end) => {
      const warning = endingSoon(generation, end, tls, new Date());
      // Of the stack: words about a resource wait for it, and all others for them, a refusal by policy too.
      if (warning !== undefined) void pulumi.log.warn(warning);
    });
  }
}

/** Streams that can be healthy with these pods alone. */
function streamsOn({ streams }: Topology, present: readonly PodPlan[]): string[] {
  const tags = new Set(present.flatMap((pod) => pod.tags));
  return streams
    .filter(({ placementTags }) => placementTags.every((tag) => tags.has(tag)))
    .map(({ name }) => name)
    .sort();
}

/** Pods in the order of their turns. */
function inOrder({ pods, rollout }: Topology): PodPlan[] {
  return rollout.order.flatMap((id) => pods.find((pod) => pod.id === id) ?? []);
}

interface Leaves {
  /** By pod id. */
  readonly pods: ReadonlyMap<string, Leaf>;
  /** By application. */
  readonly clients: ReadonlyMap<string, Leaf>;
}

function leavesOf({ pods, tls }: Topology, chain: CertificateChain, nats: Provider): Leaves {
  const successorIncoming = tls.authorities.some(({ phase }) => phase === "incoming");
  const issued = (name: string, request: LeafRequest) =>
    new IssuedLeaf(
      name,
      { request, issuer: chain.issuer, lifetimes: tls, successorIncoming, nats },
      { parent: chain },
    );
  return {
    pods: new Map(
      pods.map(({ id, serverName, dnsNames, ipAddresses }) => {
        const given = tls.givenLeaves[id];
        const request = { commonName: serverName, dnsNames, ipAddresses, use: "peer" } as const;
        return [id, given === undefined ? issued(leafNames.pod.of(id), request) : givenLeaf(given)];
      }),
    ),
    clients: new Map(
      tls.clientCertificates.map((id) => {
        const request = { commonName: id, dnsNames: [], ipAddresses: [], use: "client" } as const;
        return [id, issued(leafNames.client.of(id), request)];
      }),
    ),
  };
}

function trustArgs(topology: Topology, past: Past, chain: CertificateChain, leaves: Leaves) {
  const issued = [
    ...topology.pods.map((pod) => ({ name: pod.serverName, leaf: leafOf(leaves.pods, pod) })),
    ...[...leaves.clients].map(([name, leaf]) => ({ name, leaf })),
    { name: "operator", leaf: chain.operator },
  ];
  return {
    authorities: Object.fromEntries(
      chain.authorities.map((one) => [String(one.generation), one.certificatePem]),
    ),
    issued: issued.map(({ name, leaf }) => ({
      name,
      issuer: chain.issuer.fingerprint,
      certificate: leaf.fingerprint,
    })),
    servers: [...past.servers.values()].map(
      ({ serverName, url, clusterAddress, clientTls, servedSince }) => ({
        serverName,
        url,
        clusterAddress,
        clientTls,
        servedSince,
      }),
    ),
    recycles: restartsAll(topology, [...past.servers.values()]),
  };
}

/** A server that only an older program has proven was started with something else, for all that is known. */
function provenStart(past: Past, pod: PodPlan): string {
  const server = past.servers.get(pod.serverName);
  return server === undefined ? "" : server.startDigest || "unknown";
}

function leafOf(leaves: ReadonlyMap<string, Leaf>, pod: PodPlan): Leaf {
  const leaf = leaves.get(pod.id);
  if (leaf === undefined) throw new Error(`the certificate chain has no leaf for the pod ${pod.id}`);
  return leaf;
}

function certificateOf(leaf: Pick<Leaf, "certificatePem" | "privateKeyPem">): Outputs<CertificateOutputs> {
  return { certificate: leaf.certificatePem, privateKey: pulumi.secret(leaf.privateKeyPem) };
}

function outputsOf(pod: PodPlan, leaf: Leaf): Outputs<PodOutputs> {
  return {
    serverName: pod.serverName,
    clientUrl: clientUrl(pod),
    clusterAddress: clusterAddress(pod),
    monitorUrl: monitorUrl(pod),
    dataVolume: pod.dataVolume,
    certificateExpires: leaf.expires,
  };
}
