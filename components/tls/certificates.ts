import * as pulumi from "@pulumi/pulumi";
import type { CertificateOutputs } from "../../model/contract/stack-outputs.ts";
import type { TrustInputs } from "../../model/contract/trust.ts";
import { restartsAll } from "../../plan/render/server-container.ts";
import { leafNames } from "../../plan/resource-names.ts";
import type { TlsPlan } from "../../plan/tls-plan.ts";
import type { PodPlan, Topology } from "../../plan/topology.ts";
import { endingSoon } from "../../plan/transitions/authorities.ts";
import type { DeployedState } from "../../plan/transitions/deployed-state.ts";
import type { Inputs, Outputs } from "../inputs.ts";
import type { Provider } from "../nats/provider.ts";
import type { CertificateChain } from "./chain.ts";
import { givenLeaf, IssuedLeaf, type Leaf, type LeafRequest } from "./leaf.ts";

/** Every certificate that the cluster uses, except the CAs. */
export interface Leaves {
  /** By pod id. */
  readonly pods: ReadonlyMap<string, Leaf>;
  /** By application. */
  readonly clients: ReadonlyMap<string, Leaf>;
}

/** Issues all leaves, except the leaves that were signed elsewhere. */
export function leavesOf({ pods, tls }: Topology, chain: CertificateChain, nats: Provider): Leaves {
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

/** @throws Error when the leaves were not made for this pod */
export function leafOf({ pods }: Leaves, pod: PodPlan): Leaf {
  const leaf = pods.get(pod.id);
  if (leaf === undefined) throw new Error(`the certificate chain has no leaf for the pod ${pod.id}`);
  return leaf;
}

/** Which CAs the cluster trusts, and which certificates are in use. */
export function trustOf(
  topology: Topology,
  deployed: DeployedState,
  chain: CertificateChain,
  leaves: Leaves,
): Inputs<TrustInputs> {
  const issued = [
    ...topology.pods.map((pod) => ({ name: pod.serverName, leaf: leafOf(leaves, pod) })),
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
    servers: [...deployed.servers.values()].map(
      ({ serverName, url, clusterAddress, clientTls, servedSince }) => ({
        serverName,
        url,
        clusterAddress,
        clientTls,
        servedSince,
      }),
    ),
    recycles: restartsAll(topology, [...deployed.servers.values()]),
  };
}

/** Warns if the active CA ends too soon to issue the next certificates. */
export function warnOfAuthorityThatEnds(
  { issuer: { generation, endsAt } }: CertificateChain,
  tls: TlsPlan,
): void {
  endsAt.apply((end) => {
    const warning = endingSoon(generation, end, tls, new Date());
    // On the stack: a message on a resource waits for the resource, and every later message waits too, also a refusal.
    if (warning !== undefined) void pulumi.log.warn(warning);
  });
}

/** A certificate as the stack's outputs have it. */
export function certificateOf(
  leaf: Pick<Leaf, "certificatePem" | "privateKeyPem">,
): Outputs<CertificateOutputs> {
  return { certificate: leaf.certificatePem, privateKey: pulumi.secret(leaf.privateKeyPem) };
}
