import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { Cluster } from "../../client/cluster.ts";
import type { Access } from "../../client/connection.ts";
import { lookAtServers } from "../../client/look.ts";
import { listStreams, streamFaults } from "../../client/streams.ts";
import { until } from "../../client/until.ts";
import { missing } from "../../client/whole.ts";
import type { LoadTarget } from "../support/load/connections.ts";
import { TestStack } from "../support/stack.ts";
import { Lab, type LabOptions } from "./lab/lab.ts";

interface HostSection {
  readonly ssh: Readonly<Record<string, unknown>>;
  readonly wireguard: { readonly address: string };
}

interface PodSection {
  readonly id: string;
  readonly host: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  readonly monitorPort: number;
}

type Sections = Readonly<Record<string, unknown>> & {
  readonly hosts: Readonly<Record<string, HostSection>>;
  readonly pods: readonly PodSection[];
};

/** What the test hosts are too small for. */
const smaller = { memoryLimit: "512MB", maxFileStore: "256MB", resourcePrefix: "" };

/**
 * The prod stack on three test hosts: the real program with the real configuration, but for the addresses and keys of the
 * hosts and for sizes. Dispose of it in `afterAll`.
 */
export class ProdStack {
  readonly lab: Lab;
  readonly stack: TestStack;
  readonly pods: readonly PodSection[];
  private readonly vpnAddresses: Readonly<Record<string, string>>;
  private known: { readonly access: Access; readonly cluster: Cluster } | undefined;

  private constructor(lab: Lab, stack: TestStack, { hosts, pods }: Sections) {
    this.lab = lab;
    this.stack = stack;
    this.pods = pods;
    this.vpnAddresses = Object.fromEntries(
      Object.entries(hosts).map(([id, { wireguard }]) => [id, wireguard.address]),
    );
  }

  static async create(options: Omit<LabOptions, "ids"> = {}): Promise<ProdStack> {
    const sections = prodSections();
    const lab = await Lab.create({ ids: Object.keys(sections.hosts), ...options });
    try {
      const stack = await TestStack.create(onLab(sections, lab));
      return new ProdStack(lab, stack, sections);
    } catch (error) {
      await lab.dispose();
      throw error;
    }
  }

  /** Sections of this stack's configuration, to change one of. */
  sections(): Sections {
    return onLab(prodSections(), this.lab);
  }

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
    return `service-nats-${podId}`;
  }

  /** `nats://10.0.1.1:4222`. */
  url(podId: string): string {
    const { host, clientPort } = this.pod(podId);
    return `nats://${this.vpnAddress(host)}:${clientPort}`;
  }

  /** The cluster as an operator sees it from this machine, through tunnels. */
  async cluster(): Promise<Cluster> {
    this.known ??= await this.connect();
    return this.known.cluster;
  }

  private async connect() {
    const plain = await this.stack.access();
    const via = Object.fromEntries(this.pods.map(({ host }) => [this.vpnAddress(host), this.lab.ssh(host)]));
    const access = { ...plain, servers: this.pods.map(({ id }) => this.url(id)), via };
    return { access, cluster: new Cluster(access) };
  }

  /** The local end of a tunnel to each pod, as an application on its host would reach it. */
  async loadTarget(): Promise<LoadTarget> {
    const cluster = await this.cluster();
    const urls = await Promise.all(
      this.pods.map(async ({ id }) => {
        const road = await cluster.reach(cluster.port("client", this.url(id)));
        return [id, `nats://${road.host}:${road.port}`] as const;
      }),
    );
    const { tls } = cluster.access;
    return { urls: Object.fromEntries(urls), ...(tls === undefined ? {} : { tls }) };
  }

  /** Waits until every server is there, joined with the others, and every stream has all its copies. */
  async whole(withinMs = 120_000): Promise<void> {
    const cluster = await this.cluster();
    const deadline = Date.now() + withinMs;
    const names = this.pods.map(({ id }) => this.serverName(id));
    await until(deadline, async () => {
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

  async dispose(): Promise<void> {
    await this.known?.cluster.close();
    await this.stack.dispose();
    await this.lab.dispose();
  }
}

const patienceMs = 3_000;

async function faultsOf(cluster: Cluster, names: readonly string[]): Promise<string[]> {
  const deadline = Date.now() + patienceMs;
  const { faults } = missing(names, await lookAtServers(await cluster.system(deadline)));
  if (faults.length > 0) return [...faults];
  const streams = await listStreams(cluster, { deadline });
  return streams.flatMap(({ name, stream }) => streamFaults(name, stream));
}

function prodSections(): Sections {
  const file = join(import.meta.dirname, "..", "..", "Pulumi.prod.yaml");
  const { config } = load(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.slice(key.indexOf(":") + 1), value]),
  ) as Sections;
}

/** The same with the test hosts in place of the real ones, and the image carried there: they have no registry. */
function onLab(sections: Sections, lab: Lab): Sections {
  const hosts = Object.fromEntries(
    Object.entries(sections.hosts).map(([id, host]) => {
      const { address, hostKey, identityFile } = lab.ssh(id);
      return [id, { ...host, ssh: { ...host.ssh, address, hostKey, identityFile }, image: "carry" }];
    }),
  );
  return { ...sections, hosts, cluster: { ...(sections.cluster as object), ...smaller } };
}
