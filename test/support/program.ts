import { X509Certificate } from "node:crypto";
import { expect, vi } from "vitest";
import { NatsCluster } from "../../components/cluster.ts";
import { parseConfiguration } from "../../plan/config/configuration.ts";
import { serverContainer, startDigest } from "../../plan/render/server-container.ts";
import { planTopology, type Topology } from "../../plan/topology.ts";
import { type DeployedState, nothingDeployed } from "../../plan/transitions/deployed-state.ts";
import { isSecret, mockEngine, type Registered, value } from "./mocks.ts";
import { ed25519Pem, selfSigned } from "./pem.ts";

/** The certificate of every leaf that is made here. */
export const leafPem = selfSigned().certificate;
/** Those of the authorities that are made here, by generation. */
export const authorityPems = { 1: selfSigned().certificate, 2: selfSigned().certificate } as const;
const systemKey = ed25519Pem();

export function fingerprint(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256;
}

/** Answers as the engine's providers would; a key reads as `key` and its name. */
function answer({ type, name, inputs }: Registered, authorityEndsAt: string): Record<string, unknown> {
  if (type === "tls:index/privateKey:PrivateKey") {
    return { privateKeyPem: `key ${name}`, privateKeyPemPkcs8: systemKey };
  }
  if (type === "tls:index/selfSignedCert:SelfSignedCert") {
    const certPem = name === "authority-1" ? authorityPems[1] : authorityPems[2];
    return { certPem, validityEndTime: authorityEndsAt };
  }
  if (type.startsWith("tls:index/")) {
    return { certPem: leafPem, certRequestPem: `request ${name}`, validityEndTime: "2027-11-23T00:00:00Z" };
  }
  return type === "docker:index/remoteImage:RemoteImage" ? { imageId: `id of ${inputs.name}` } : {};
}

/** A topology of pods with ports of their own, whatever their place in the list. */
export function topologyOf(
  ids: readonly string[],
  sections: Readonly<Record<string, unknown>> = {},
): Topology {
  const pods = ids.map((id) => {
    const port = 10_000 + id.charCodeAt(0) * 100 + id.charCodeAt(1);
    return { id, clientPort: port, clusterPort: port + 20_000, monitorPort: port + 40_000 };
  });
  const raw = Object.fromEntries(
    Object.entries({ pods, ...sections }).map(([key, section]) => [
      `unityplan-nats:${key}`,
      typeof section === "string" ? section : JSON.stringify(section),
    ]),
  );
  return planTopology(parseConfiguration(raw, { project: "unityplan-nats", name: "test" }));
}

/** What an update to that topology has left, with servers that the first authority's certificates are served of. */
export function deployedStateOf({ pods, cluster }: Topology): DeployedState {
  const servers = pods.map((pod) => ({
    serverName: pod.serverName,
    url: "nats://127.0.0.1:4222",
    clusterAddress: "127.0.0.1:6222",
    clientTls: "off" as const,
    startDigest: startDigest(serverContainer(pod, cluster)),
    version: "2.15.1",
    issuer: fingerprint(authorityPems[1]),
    trusted: [fingerprint(authorityPems[1])],
    servedSince: "2026-11-23T12:00:00Z",
  }));
  return { ...nothingDeployed, servers: new Map(servers.map((server) => [server.serverName, server])) };
}

/** Replaces the engine; what is registered is written down. */
export function mocked(authorityEndsAt = "2099-11-23T00:00:00Z"): Promise<Registered[]> {
  return mockEngine((resource) => answer(resource, authorityEndsAt));
}

/** Runs the program on mocks. */
export async function build(
  topology: Topology,
  {
    deployed = nothingDeployed,
    authorityEndsAt,
  }: { deployed?: DeployedState; authorityEndsAt?: string } = {},
): Promise<{ registered: Registered[]; cluster: NatsCluster }> {
  const registered = await mocked(authorityEndsAt);
  const cluster = new NatsCluster("unityplan-global", { topology, deployed });
  // Every pod's certificate is known when its chain is, and the gate when the pods are.
  await Promise.all(Object.values(cluster.pods).map((pod) => value(pod.certificateExpires)));
  const consumers = () => registered.filter(({ type }) => type === "nats:jetstream:Consumer");
  await vi.waitFor(() => expect(consumers()).toHaveLength(topology.consumers.length), { timeout: 20_000 });
  return { registered, cluster };
}

export function named(registered: readonly Registered[], name: string): Registered {
  const found = registered.find((resource) => resource.name === name);
  if (found === undefined)
    throw new Error(`${name} was not registered; there are ${registered.map((one) => one.name)}`);
  return found;
}

/** What the loader of a pod carries, by the file; bare, also where the engine was told that it is a secret. */
export function carried(registered: readonly Registered[], podId: string): Record<string, string> {
  const { uploads } = named(registered, `${podId}-loader`).inputs;
  const bare = (isSecret(uploads) ? (uploads as { value: unknown }).value : uploads) as Upload[];
  return Object.fromEntries(bare.map(({ file, content }) => [file, content]));
}

interface Upload {
  readonly file: string;
  readonly content: string;
}
