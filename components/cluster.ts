import * as pulumi from "@pulumi/pulumi";
import type { ClusterGateInputs } from "../model/contract/cluster-gate.ts";
import type { MembershipInputs } from "../model/contract/membership.ts";
import type { CertificateOutputs, PodOutputs } from "../model/contract/stack-outputs.ts";
import { componentTypes } from "../model/resource-types.ts";
import { clientUrl, clusterAddress, monitorUrl, viaOf } from "../plan/endpoints.ts";
import { presentPods, reachableStreams } from "../plan/reachable.ts";
import { resourceNames } from "../plan/resource-names.ts";
import type { PodPlan, Topology } from "../plan/topology.ts";
import type { DeployedState } from "../plan/transitions/deployed-state.ts";
import { lookOf } from "../plan/transitions/look.ts";
import { giversOf, givingFirst } from "../plan/transitions/moved-subjects.ts";
import { type SystemUser, systemUser } from "./auth/system-user.ts";
import type { Inputs, Outputs } from "./inputs.ts";
import { JetStreamStream } from "./jetstream/stream.ts";
import { leftAsIs } from "./left-as-is.ts";
import type { NatsPod } from "./nats/pod.ts";
import { Provider, type ProviderArgs } from "./nats/provider.ts";
import { ClusterGate, Look, Membership } from "./nats/server.ts";
import { createPods } from "./nats/turns.ts";
import { certificateOf, leafOf, leavesOf, trustOf, warnOfAuthorityThatEnds } from "./tls/certificates.ts";
import { CertificateChain } from "./tls/chain.ts";
import type { Leaf } from "./tls/leaf.ts";
import { Trust } from "./tls/resources.ts";

export interface NatsClusterArgs {
  readonly topology: Topology;
  readonly deployed: DeployedState;
}

/** The whole cluster: certificates, a pod per territory, the gate, and behind it the streams with their consumers. */
export class NatsCluster extends pulumi.ComponentResource {
  /** By pod id. */
  readonly pods: Readonly<Record<string, Outputs<PodOutputs>>>;
  /** PEM of the CAs that clients must trust. */
  readonly caCertificate: pulumi.Output<string>;
  /** NKey seed of the system account's user; secret. */
  readonly systemSeed: pulumi.Output<string>;
  /** By application. */
  readonly clientCertificates: Readonly<Record<string, Outputs<CertificateOutputs>>>;
  /** The client certificate of this program itself, for people who work on the cluster by hand. */
  readonly operatorCertificate: Outputs<CertificateOutputs>;

  constructor(name: string, args: NatsClusterArgs, options?: pulumi.ComponentResourceOptions) {
    super(componentTypes.cluster, name, {}, options);
    const { topology, deployed } = args;
    const parent = { parent: this };
    const user = systemUser(parent);
    const chain = new CertificateChain(
      name,
      { clusterName: topology.cluster.name, plan: topology.tls, deployed },
      parent,
    );
    warnOfAuthorityThatEnds(chain, topology.tls);
    const nats = new Provider(resourceNames.natsProvider.of(), accessOf(topology, user, chain), parent);
    const byPlugin = { ...parent, provider: nats };
    const leaves = leavesOf(topology, chain, nats);
    const members = new Membership(name, membersOf(topology), byPlugin);
    const trust = new Trust(resourceNames.trust.of(), trustOf(topology, deployed, chain, leaves), byPlugin);
    const look = new Look(resourceNames.look.of(), lookOf(deployed, topology), {
      ...byPlugin,
      dependsOn: [members, trust],
    });
    const pods = createPods({ topology, deployed, user, chain, leaves, nats, first: [look] }, this);
    const gate = new ClusterGate(name, wholeOf(topology, pods), {
      ...byPlugin,
      dependsOn: pods.map(({ node }) => node),
    });
    createStreams(args, gate, nats, this);
    this.pods = Object.fromEntries(topology.pods.map((pod) => [pod.id, outputsOf(pod, leafOf(leaves, pod))]));
    this.caCertificate = chain.clientBundle;
    this.systemSeed = user.seed;
    this.clientCertificates = Object.fromEntries(
      [...leaves.clients].map(([id, leaf]) => [id, certificateOf(leaf)]),
    );
    this.operatorCertificate = certificateOf(chain.operator);
    this.registerOutputs({});
  }
}

/** Where the plugin reaches the servers, and as whom. */
function accessOf(topology: Topology, user: SystemUser, chain: CertificateChain): ProviderArgs {
  return {
    servers: topology.pods.map(clientUrl),
    via: viaOf(topology),
    systemSeed: user.seed,
    clientTls: topology.cluster.clientTls,
    authorities: chain.servingBundle,
    certificate: chain.operator.certificatePem,
    privateKey: chain.operator.privateKeyPem,
  };
}

function membersOf({ cluster, pods }: Topology): MembershipInputs {
  return {
    clusterName: cluster.name,
    servers: pods.map((pod) => pod.serverName),
    systemAccount: cluster.systemAccount,
  };
}

/** What must be there before the streams. */
function wholeOf(topology: Topology, pods: readonly NatsPod[]): Inputs<ClusterGateInputs> {
  return {
    clusterName: topology.cluster.name,
    servers: presentPods(topology).map((pod) => pod.serverName),
    streams: reachableStreams(topology),
    revision: pods.map(({ revision }) => revision),
  };
}

/** @param gate when the gate is deleted, Pulumi forgets the streams and deletes nothing on the servers */
function createStreams(
  { topology, deployed }: NatsClusterArgs,
  gate: ClusterGate,
  nats: Provider,
  parent: pulumi.ComponentResource,
): void {
  const reachable = reachableStreams(topology);
  const givers = giversOf(deployed, topology);
  const made = new Map<string, JetStreamStream>();
  for (const stream of givingFirst(topology.streams, givers)) {
    const consumers = topology.consumers.filter((consumer) => consumer.stream === stream.name);
    const after = (givers.get(stream.name) ?? []).flatMap((giver) => made.get(giver)?.stream ?? []);
    const one = new JetStreamStream(
      stream.name,
      { stream, consumers, livesIn: gate, after },
      { parent, providers: { nats }, ...leftAsIs(!reachable.includes(stream.name)) },
    );
    made.set(stream.name, one);
  }
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
