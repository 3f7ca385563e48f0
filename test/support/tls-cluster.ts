import { createHash, generateKeyPairSync, X509Certificate } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { hostAndPort } from "../../client/address.ts";
import { ClusterClient } from "../../client/cluster-client.ts";
import { clusterHealth } from "../../client/cluster-health.ts";
import type { TlsAccess } from "../../client/connection.ts";
import { lookAtServers } from "../../client/look.ts";
import { poll } from "../../client/poll.ts";
import { freePorts } from "../../harness/ports.ts";
import type { NodeInputs } from "../../model/contract/node.ts";
import { userPublicKey, userSeed } from "../../model/nkey.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";
import { files } from "../../plan/render/files.ts";
import { renderConf } from "../../plan/render/nats-conf.ts";
import type { ClusterPlan, PodPlan } from "../../plan/topology.ts";
import { plan, podInput } from "./configuration.ts";
import { TestServer } from "./nats-server.ts";
import { issue, type Pair } from "./pem.ts";
import { ServerFolder } from "./rendered.ts";

const hour = 3_600_000;
const patienceMs = 45_000;

/** A throw-away authority that is valid today. */
export function makeAuthority(commonName: string): Pair {
  const [from, to] = [new Date(Date.now() - hour), new Date(Date.now() + 1000 * hour)];
  return issue({ commonName, isAuthority: true, from, to });
}

/**
 * A certificate as the program issues it to a server, of whatever dates. On a cluster port it is known by a DNS name that
 * is the host of a route, and the routes here lead to an address.
 */
export function makeLeaf(commonName: string, issuer: Pair, dates: { from?: Date; to?: Date } = {}): Pair {
  const { from = new Date(Date.now() - hour), to = new Date(Date.now() + 100 * hour) } = dates;
  const alternativeNames = `DNS:${commonName},DNS:localhost,DNS:127.0.0.1,IP:127.0.0.1`;
  return issue({ commonName, issuer, alternativeNames, from, to });
}

/** A certificate as the program issues it to an application, or to itself. */
export function makeClientLeaf(
  commonName: string,
  issuer: Pair,
  dates: { from?: Date; to?: Date } = {},
): Pair {
  const { from = new Date(Date.now() - hour), to = new Date(Date.now() + 100 * hour) } = dates;
  return issue({ commonName, issuer, extendedKeyUsage: "clientAuth", from, to });
}

export function fingerprintOf({ certificate }: Pair): string {
  return new X509Certificate(certificate).fingerprint256;
}

/** What a server is given. */
export interface Given {
  readonly trusted: readonly Pair[];
  /** Who signed the leaf. */
  readonly issuer: Pair;
  readonly leaf: Pair;
  readonly clientTls: ClientTls;
  readonly cluster?: Partial<ClusterPlan>;
}

/** A server with the files that the project renders, in a folder of its own. */
export class TlsMember {
  readonly pod: PodPlan;
  readonly server: TestServer;
  given: Given;
  private readonly folder: ServerFolder;
  private readonly plan: ClusterPlan;
  private readonly publicKey: string;
  private restarts = 0;

  constructor(pod: PodPlan, plan: ClusterPlan, publicKey: string, given: Given) {
    this.pod = pod;
    this.plan = plan;
    this.publicKey = publicKey;
    this.given = given;
    this.folder = new ServerFolder();
    const conf = this.folder.placed(files.conf);
    this.server = new TestServer(
      pod.serverName,
      `nats://${pod.clientAdvertise}`,
      conf,
      this.folder.placed("log"),
    );
    this.write({});
  }

  /** Writes the files anew, as the loader does: the server reads them when it is told to. */
  write(changed: Partial<Given>): void {
    this.given = { ...this.given, ...changed };
    const { trusted, leaf, clientTls, cluster } = this.given;
    const conf = renderConf(this.pod, { ...this.plan, ...cluster, clientTls }, this.publicKey);
    this.folder.write(conf);
    this.place(files.authority, trusted.map(({ certificate }) => certificate).join(""));
    this.place(files.certificate, leaf.certificate);
    this.place(files.privateKey, leaf.privateKey);
  }

  /** As a replaced container. */
  async restart(signal: "SIGKILL" | "SIGTERM" = "SIGTERM"): Promise<void> {
    await this.server.stop(signal);
    this.server.start();
    this.restarts += 1;
  }

  /** What the program would hand to its `nats:server:Node`. */
  inputs(): NodeInputs {
    const { trusted, issuer, leaf, clientTls } = this.given;
    const texts = [files.conf, files.authority, files.certificate].map((file) =>
      readFileSync(this.folder.placed(file), "utf8"),
    );
    return {
      serverName: this.pod.serverName,
      url: this.server.url,
      clusterAddress: this.pod.clusterAdvertise,
      certificate: fingerprintOf(leaf),
      clientTls,
      issuer: fingerprintOf(issuer),
      trusted: trusted.map(fingerprintOf),
      containerId: `container-${this.restarts}`,
      startDigest: "as it is",
      filesDigest: createHash("sha256").update(texts.join()).digest("hex"),
    };
  }

  get clusterPort() {
    return { ...hostAndPort(this.pod.clusterAdvertise), kind: "cluster" as const };
  }

  get clientPort() {
    return { ...hostAndPort(this.server.url), kind: "client" as const };
  }

  /** An endpoint of the monitoring port: it needs no certificate. */
  async monitor<T = Record<string, unknown>>(path: string): Promise<T> {
    return (await (await fetch(`http://127.0.0.1:${this.pod.listen.monitorPort}/${path}`)).json()) as T;
  }

  async remove(): Promise<void> {
    await this.server.stop();
    this.folder.remove();
  }

  private place(file: string, text: string): void {
    writeFileSync(this.folder.placed(file), text);
  }
}

/** Servers on loopback with TLS between them and, on request, for their clients. */
export class TlsCluster {
  readonly authority: Pair;
  readonly members: readonly TlsMember[];
  readonly systemSeed: string;
  /** A client certificate of the authority, as the program has one. */
  readonly operator: Pair;
  private readonly clients: ClusterClient[] = [];

  private constructor(authority: Pair, members: readonly TlsMember[], systemSeed: string) {
    this.authority = authority;
    this.members = members;
    this.systemSeed = systemSeed;
    this.operator = makeClientLeaf("operator", authority);
  }

  /** Writes the files of each pod's server, and starts none. */
  static async prepare(podIds: readonly string[], clientTls: ClientTls): Promise<TlsCluster> {
    const pods = podIds.map((id, index) => podInput(id, index));
    const topology = plan({
      pods,
      streams: Object.fromEntries(
        ["GLOBAL_EVENTS", "CROSS_TERRITORY"].map((name) => [name, { replicas: pods.length }]),
      ),
      cluster: { maxFileStore: "1GB" },
    });
    const ports = await freePorts(topology.pods.length * 3);
    const key = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const authority = makeAuthority("test CA 1");
    const members = topology.pods.map((planned, index) => {
      const given = {
        trusted: [authority],
        issuer: authority,
        leaf: makeLeaf(planned.serverName, authority),
        clientTls,
      };
      return new TlsMember(onLoopback(planned, index, ports), topology.cluster, userPublicKey(key), given);
    });
    return new TlsCluster(authority, members, userSeed(key));
  }

  /** All servers running and one healthy cluster. */
  static async start(podIds: readonly string[], clientTls: ClientTls): Promise<TlsCluster> {
    const cluster = await TlsCluster.prepare(podIds, clientTls);
    for (const { server } of cluster.members) server.start();
    try {
      await cluster.healthy();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  member(podId: string): TlsMember {
    const member = this.members.find(({ pod }) => pod.id === podId);
    if (member === undefined) throw new Error(`there is no server for the pod ${podId}`);
    return member;
  }

  get urls(): string[] {
    return this.members.map(({ server }) => server.url);
  }

  /** A client of the project's own, as the provider would be configured; closed by `stop`. */
  client(clientTls: ClientTls, tls: Partial<TlsAccess> = {}, servers = this.urls): ClusterClient {
    const { certificate, privateKey } = this.operator;
    const own = {
      caPem: this.authority.certificate,
      certificatePem: certificate,
      privateKeyPem: privateKey,
    };
    const client = new ClusterClient({
      servers,
      systemSeed: this.systemSeed,
      clientTls,
      tls: { ...own, ...tls },
    });
    this.clients.push(client);
    return client;
  }

  /**
   * Waits until all servers are connected, each current in the meta group.
   * @param client for servers that the authority of the beginning does not issue for any more
   */
  async healthy(client = this.client(this.members[0]?.given.clientTls ?? "off")): Promise<void> {
    const deadline = Date.now() + patienceMs;
    const connection = await client.system(deadline);
    const names = this.members.map(({ pod }) => pod.serverName);
    await poll(deadline, async () => {
      const { faults } = clusterHealth(names, await lookAtServers(connection));
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    });
    await client.close();
  }

  async stop(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.close()));
    await Promise.all(this.members.map((member) => member.remove()));
  }
}

/** The planned pod on ports of the loopback that are free here. */
function onLoopback(pod: PodPlan, index: number, ports: readonly number[]): PodPlan {
  const [clientPort = 0, clusterPort = 0, monitorPort = 0] = ports.slice(index * 3);
  const others = ports.filter((port, place) => place % 3 === 1 && port !== clusterPort);
  return {
    ...pod,
    listen: { address: "127.0.0.1", clientPort, clusterPort, monitorPort },
    clientAdvertise: `127.0.0.1:${clientPort}`,
    clusterAdvertise: `127.0.0.1:${clusterPort}`,
    routes: others.map((port) => `nats://127.0.0.1:${port}`),
  };
}
