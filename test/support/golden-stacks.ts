import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { asPulumiGivesIt } from "../../operations/stack/plan.ts";
import { readStackFile } from "../../operations/stack-file/read.ts";
import { parseConfiguration } from "../../plan/config/configuration.ts";
import { planTopology, type Topology } from "../../plan/topology.ts";
import { rawOf } from "./configuration.ts";

/** A stack whose golden values are kept, with its configuration as Pulumi hands it over. */
export interface GoldenStack {
  readonly name: string;
  readonly raw: Readonly<Record<string, string>>;
}

const project = join(import.meta.dirname, "..", "..");

/** A host key that fits its form, and is always the same for a host. */
function hostKeyOf(id: string): string {
  const blob = Buffer.concat([
    Buffer.from("0000000b7373682d6564323535313900000020", "hex"),
    createHash("sha256").update(id).digest(),
  ]);
  return `ssh-ed25519 ${blob.toString("base64")}`;
}

/** What the project's own file of a stack says, with host keys in place of what is still to be filled in. */
function ownStack(name: string): GoldenStack {
  const text = readFileSync(join(project, `Pulumi.${name}.yaml`), "utf8");
  const filled = text.replace(/<host key of (\w+)>/g, (_, id) => hostKeyOf(id));
  return { name, raw: asPulumiGivesIt(readStackFile(filled, `Pulumi.${name}.yaml`).config) };
}

const host = (id: string, number: number, more: Readonly<Record<string, unknown>> = {}) => ({
  ssh: { address: `192.0.2.${number}`, hostKey: hostKeyOf(id) },
  wireguard: { address: `10.9.${number}.1` },
  ...more,
});

const ports = { clientPort: 4222, clusterPort: 6222, monitorPort: 8222 };

/** What can be said of hosts that are reached by SSH, and prod does not say. */
const remoteSections = {
  hosts: {
    copenhagen: host("copenhagen", 1, {
      ssh: {
        address: "192.0.2.1",
        port: 2222,
        user: "admin",
        hostKey: `ssh-rsa ${"A".repeat(68)}`,
        identityFile: "~/.ssh/unityplan",
      },
      wireguard: { address: "10.9.1.1", port: 51821, endpoint: "198.51.100.1" },
      image: "carry",
    }),
    oslo: host("oslo", 2, { firewall: false }),
    stockholm: host("stockholm", 3),
  },
  pods: [
    { id: "dk", host: "copenhagen", ...ports, maxFileStore: "20GB" },
    { id: "no", host: "oslo", ...ports },
    { id: "se", host: "stockholm", ...ports },
  ],
  cluster: { maxFileStore: "10GB", memoryLimit: "unlimited" },
  tls: { clients: "required", clientCertificates: ["unityplan", "reports"] },
  wireguard: { interface: "wg7", mtu: 1380 },
  policy: { waive: { "memory-limit": "these hosts have nothing else to do" } },
  rollout: { mode: "rolling", first: "se" },
};

/** The update of the same that makes a step of everything that takes several. */
const remoteSectionsLater = {
  ...remoteSections,
  cluster: { ...remoteSections.cluster, restartGeneration: 1 },
  tls: {
    ...remoteSections.tls,
    authorities: [
      { generation: 1, phase: "active" },
      { generation: 2, phase: "incoming" },
    ],
  },
  wireguard: { ...remoteSections.wireguard, keyGenerations: { stockholm: 2 } },
};

/** The update that leaves a pod and its host alone. */
const remoteSectionsWithout = {
  ...remoteSections,
  rollout: { mode: "rolling", first: "se", skip: ["no"] },
};

/** What can be said of servers, streams and consumers, and dev does not say. */
const localSections = {
  hosts: { here: { docker: "unix:///run/docker.sock", publishAddress: "192.168.60.133" } },
  pods: [
    { id: "dk", host: "here", clientPort: 5222, clusterPort: 7222, monitorPort: 9222, maxFileStore: "2GB" },
    {
      id: "se",
      host: "here",
      clientPort: 5223,
      clusterPort: 7223,
      monitorPort: 9223,
      serverName: "nats-by-hand",
      dataVolume: "pod-se_nats-data",
    },
    { id: "no-north", host: "here", clientPort: 5224, clusterPort: 7224, monitorPort: 9224 },
  ],
  cluster: {
    name: "other",
    acceptAnonymousRemoteClients: true,
    resourcePrefix: "test-",
    maxPayload: "1MB",
    durability: "2m",
    lameDuckDuration: "45s",
    lameDuckGrace: "2s",
    restartGeneration: 3,
    systemAccount: "$SYS",
  },
  tls: { clients: "on", authorityLifetime: "800d", leafLifetime: "90d", renewBefore: "31d" },
  streams: {
    GLOBAL_EVENTS: { maxAge: "3d", consumers: { audit: { filters: ["global.user.>", "global.team.>"] } } },
    ORDERS: {
      description: "orders of all",
      subjects: ["orders.>", "returns.>"],
      storage: "memory",
      retention: "interest",
      discard: "new",
      replicas: 3,
      maxAge: "1d",
      maxBytes: "64MB",
      maxMessages: 1000,
      maxMessagesPerSubject: 10,
      maxMessageSize: "1MB",
      duplicateWindow: "30s",
      compression: "s2",
      allowDataLoss: true,
      consumers: {
        billing: {
          description: "who bills",
          ackWait: "1m",
          maxDeliver: 5,
          maxAckPending: 10,
          maxWaiting: 20,
          deliverPolicy: "new",
          ackPolicy: "all",
          replayPolicy: "original",
        },
      },
    },
  },
};

/** By name: the project's own two, and what those two leave out. */
export const goldenStacks = {
  dev: ownStack("dev"),
  prod: ownStack("prod"),
  local: { name: "local", raw: rawOf(localSections) },
  remote: { name: "remote", raw: rawOf(remoteSections) },
} satisfies Readonly<Record<string, GoldenStack>>;

/** Updates of `remote` as it is when it is up. */
export const laterUpdates = {
  later: { name: "remote", raw: rawOf(remoteSectionsLater) },
  without: { name: "remote", raw: rawOf(remoteSectionsWithout) },
} satisfies Readonly<Record<string, GoldenStack>>;

export function topologyOfStack({ name, raw }: GoldenStack): Topology {
  return planTopology(parseConfiguration(raw, { project: "unityplan-nats", name }));
}
