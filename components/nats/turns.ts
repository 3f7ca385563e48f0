import type * as pulumi from "@pulumi/pulumi";
import { serverContainer, startDigest } from "../../plan/render/server-container.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { PodPlan, Topology } from "../../plan/topology.ts";
import type { DeployedState } from "../../plan/transitions/deployed-state.ts";
import { provenStart } from "../../plan/transitions/look.ts";
import type { SystemUser } from "../auth/system-user.ts";
import { createHosts, type ReadyHost } from "../host/hosts.ts";
import { leftAsIs } from "../left-as-is.ts";
import { type Leaves, leafOf } from "../tls/certificates.ts";
import type { CertificateChain } from "../tls/chain.ts";
import { NatsPod } from "./pod.ts";
import type { Provider } from "./provider.ts";
import { Preflight } from "./server.ts";

/** What every pod needs of the cluster. */
export interface PodsArgs {
  readonly topology: Topology;
  readonly deployed: DeployedState;
  readonly user: SystemUser;
  readonly chain: CertificateChain;
  readonly leaves: Leaves;
  readonly nats: Provider;
  /** What every pod's files and container wait for. */
  readonly first: readonly pulumi.Resource[];
}

/**
 * Makes the pods, each on its host, in the order of the rollout. In a rolling update a pod begins when the pod before it
 * is proven. It waits by `dependsOn` only: when a container is replaced, Pulumi first deletes every resource that takes
 * its outputs.
 * @returns them in the order of their ids
 */
export function createPods(args: PodsArgs, parent: pulumi.ComponentResource): NatsPod[] {
  const { topology, deployed } = args;
  const hosts = createHosts(topology, deployed, args.nats, parent);
  const pods = new Map<string, NatsPod>();
  for (const pod of inOrder(topology)) {
    const host = hosts.get(pod.hostId);
    if (host === undefined) throw new Error(`the pod ${pod.id} is on the unknown host ${pod.hostId}`);
    const done = topology.rollout.mode === "rolling" ? [...pods.values()] : [];
    const preflight = createPreflight(pod, done, args, parent);
    pods.set(pod.id, createPod(pod, host, preflight, args, parent));
  }
  return topology.pods.flatMap((pod) => pods.get(pod.id) ?? []);
}

function createPod(
  pod: PodPlan,
  host: ReadyHost,
  preflight: Preflight,
  { topology, deployed, chain, leaves, user, nats }: PodsArgs,
  parent: pulumi.ComponentResource,
): NatsPod {
  return new NatsPod(
    pod.id,
    {
      pod,
      cluster: topology.cluster,
      imageId: host.imageId,
      bundle: chain.serverBundle,
      trusted: chain.authorities.map(({ fingerprint }) => fingerprint),
      leaf: leafOf(leaves, pod),
      issuer: chain.issuer.fingerprint,
      systemUserPublicKey: user.publicKey,
      engine: host.engine,
      nats,
      containerDefaults: deployed.containerDefaults,
      meshNetwork: host.meshNetwork,
      hostReady: host.after,
      after: [...host.after, preflight],
    },
    { parent, ...leftAsIs(topology.rollout.skip.includes(pod.id)) },
  );
}

/** @param done pods that this update has finished */
function createPreflight(
  pod: PodPlan,
  done: readonly NatsPod[],
  { topology, deployed, nats, first }: PodsArgs,
  parent: pulumi.ComponentResource,
): Preflight {
  return new Preflight(
    resourceNames.preflight.of(pod.id),
    {
      serverName: pod.serverName,
      rolling: topology.rollout.mode === "rolling",
      known: [...deployed.servers.keys()].sort(),
      done: done.map((one) => one.serverName),
      lose: topology.rollout.lose,
      planned: startDigest(serverContainer(pod, topology.cluster)),
      proven: provenStart(deployed, pod),
    },
    {
      parent,
      provider: nats,
      ...leftAsIs(topology.rollout.skip.includes(pod.id)),
      dependsOn: [...first, ...done.slice(-1).map((one) => one.node)],
    },
  );
}

/** Pods in the order of the rollout. */
function inOrder({ pods, rollout }: Topology): PodPlan[] {
  return rollout.order.flatMap((id) => pods.find((pod) => pod.id === id) ?? []);
}
