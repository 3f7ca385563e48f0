import { ClusterClient } from "../client/cluster-client.ts";
import { clusterHealth } from "../client/cluster-health.ts";
import type { Access } from "../client/connection.ts";
import { listStreams } from "../client/jetstream/streams.ts";
import { lookAtServers } from "../client/look.ts";
import { poll } from "../client/poll.ts";
import { healthFaults } from "../model/jetstream/copies.ts";
import { serverNameOf } from "../plan/pod-names.ts";
import type { Lab } from "./lab/lab.ts";
import type { LoadTarget } from "./load/connections.ts";

export interface PodSection {
  readonly id: string;
  readonly host: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  readonly monitorPort: number;
}

export interface HostSection {
  readonly ssh: Readonly<Record<string, unknown>>;
  readonly wireguard: { readonly address: string };
}

export type Sections = Readonly<Record<string, unknown>> & {
  readonly hosts: Readonly<Record<string, HostSection>>;
  readonly pods: readonly PodSection[];
};

/** The cluster on the test hosts. */
export abstract class ProdHosts {
  readonly lab: Lab;
  readonly pods: readonly PodSection[];
  private readonly vpnAddresses: Readonly<Record<string, string>>;
  private known: ClusterClient | undefined;

  protected constructor(lab: Lab, { hosts, pods }: Sections) {
    this.lab = lab;
    this.pods = pods;
    this.vpnAddresses = Object.fromEntries(
      Object.entries(hosts).map(([id, { wireguard }]) => [id, wireguard.address]),
    );
  }

  /** How an operator reaches the cluster from this machine, through tunnels. */
  protected abstract access(): Promise<Access>;

  hostOf(podId: string): string {
    return this.pod(podId).host;
  }

  pod(podId: string): PodSection {
    const pod = this.pods.find(({ id }) => id === podId);
    if (pod === undefined) throw new Error(`there is no pod ${podId}`);
    return pod;
  }

  /** The host's address in the VPN. */
  vpnAddress(hostId: string): string {
    return this.vpnAddresses[hostId] ?? "";
  }

  serverName(podId: string): string {
    return serverNameOf({ id: podId }, "");
  }

  /** `nats://10.0.1.1:4222`. */
  url(podId: string): string {
    const { host, clientPort } = this.pod(podId);
    return `nats://${this.vpnAddress(host)}:${clientPort}`;
  }

  /** The cluster as an operator sees it from this machine. */
  async cluster(): Promise<ClusterClient> {
    this.known ??= new ClusterClient(await this.access());
    return this.known;
  }

  /** The next `cluster()` asks again how it is reached. */
  async forgetCluster(): Promise<void> {
    await this.known?.close();
    this.known = undefined;
  }

  /** The local end of a tunnel to each pod, as an application on its host would reach it. */
  async loadTarget(): Promise<LoadTarget> {
    const cluster = await this.cluster();
    const urls = await Promise.all(
      this.pods.map(async ({ id }) => {
        const road = await cluster.dialer(cluster.port("client", this.url(id)));
        return [id, `nats://${road.host}:${road.port}`] as const;
      }),
    );
    const { tls } = cluster.access;
    return { urls: Object.fromEntries(urls), ...(tls === undefined ? {} : { tls }) };
  }

  /** Waits until every server is there, joined with the others, and every stream has all its copies. */
  async healthy(withinMs = 120_000): Promise<void> {
    const cluster = await this.cluster();
    const deadline = Date.now() + withinMs;
    const names = this.pods.map(({ id }) => this.serverName(id));
    await poll(deadline, async () => {
      const faults = await faultsOf(cluster, names).catch((error: Error) => [error.message]);
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    });
  }

  /** When each pod's server was started, as its own engine says it. */
  async startTimes(): Promise<Record<string, string>> {
    const entries = this.pods.map(async ({ id, host }) => {
      const format = "{{.State.StartedAt}}";
      const said = await this.lab.exec(host, `docker inspect --format '${format}' ${this.serverName(id)}`);
      return [id, said.trim()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }
}

const patienceMs = 3_000;

async function faultsOf(cluster: ClusterClient, names: readonly string[]): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  const { faults } = clusterHealth(names, await lookAtServers(await cluster.system(deadline)));
  if (faults.length > 0) return [...faults];
  const streams = await listStreams(cluster, { deadline });
  return streams.flatMap(({ name, stream }) => healthFaults(name, stream));
}
