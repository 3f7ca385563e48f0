import { generateKeyPairSync } from "node:crypto";
import { connect, type NatsConnection } from "nats";
import { ApiError, jetStreamErrors } from "../../../client/errors.ts";
import { request } from "../../../client/jetstream/request.ts";
import { poll } from "../../../client/poll.ts";
import { freePorts } from "../../../harness/ports.ts";
import { userPublicKey } from "../../../model/nkey.ts";
import { renderConf } from "../../../plan/render/nats-conf.ts";
import type { PodPlan } from "../../../plan/topology.ts";
import { nordicPods, plan } from "../configuration.ts";
import { formed } from "../formed.ts";
import { TestServer } from "../nats-server.ts";
import { loopbackCertificate, ServerFolder } from "../rendered.ts";

const patienceMs = 45_000;
const portsPerPod = 3;

interface Member {
  readonly pod: PodPlan;
  readonly folder: ServerFolder;
  readonly server: TestServer;
}

/** A stream or a consumer. */
interface Asset {
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { name: string; current: boolean; offline?: boolean; lag?: number }[];
  };
}

interface StreamAsset extends Asset {
  readonly config: { readonly name: string };
}

interface StreamList {
  readonly streams: readonly StreamAsset[] | null;
  /** Streams that have not answered. */
  readonly missing?: readonly string[];
  /** Why a server does not run a stream that asks for more than it knows, by name; since 2.11.9. */
  readonly offline?: Readonly<Record<string, string>>;
}

/** Three servers on loopback with the files that the project renders, each of the version that it is started with. */
export class VersionedCluster {
  readonly connection: NatsConnection;
  private readonly members: readonly Member[];

  private constructor(members: readonly Member[], connection: NatsConnection) {
    this.members = members;
    this.connection = connection;
  }

  /** @param program the nats-server that all begin with */
  static async start(program: string): Promise<VersionedCluster> {
    const cluster = await formed(
      () => VersionedCluster.begin(program),
      (unfit) => unfit.stop(),
    );
    await cluster.settled();
    return cluster;
  }

  private static async begin(program: string): Promise<VersionedCluster> {
    const members = await prepare();
    for (const { server } of members) server.start(program);
    const connection = await connect({
      servers: members.map(({ server }) => server.url),
      waitOnFirstConnect: true,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 50,
    });
    return new VersionedCluster(members, connection);
  }

  get monitorPorts(): number[] {
    return this.members.map(({ pod }) => pod.listen.monitorPort);
  }

  /** As a rolling update: one server after the other by lame duck mode, each current before the next. */
  async roll(program: string): Promise<void> {
    for (const { server } of this.members) {
      await server.stop("SIGUSR2");
      server.start(program);
      await this.settled();
    }
  }

  /** All servers down, then all up: never two versions at a time. */
  async replaceAll(program: string): Promise<void> {
    await Promise.all(this.members.map(({ server }) => server.stop("SIGTERM")));
    for (const { server } of this.members) server.start(program);
    await this.settled();
  }

  /** The versions that run, each once. */
  async versions(): Promise<string[]> {
    const answers = await Promise.all(this.members.map(({ pod }) => monitor(pod, "varz")));
    return [...new Set(answers.map(({ version }) => String(version)))];
  }

  /** A request to the JetStream API; waits for a leader. */
  api<T>(subject: string, body?: unknown): Promise<T> {
    return request<T>(this.connection, subject, body, { deadline: Date.now() + patienceMs });
  }

  /** What all servers have logged so far. */
  async logged(): Promise<string> {
    return (await Promise.all(this.members.map(({ server }) => server.logged()))).join("\n");
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await Promise.all(this.members.map(({ server }) => server.stop()));
    for (const { folder } of this.members) folder.remove();
  }

  /** A server that the leader does not know yet can't be given a stream. */
  async tryStream(): Promise<void> {
    const name = "READY";
    await this.api(`STREAM.CREATE.${name}`, { name, num_replicas: this.members.length });
    await this.api(`STREAM.DELETE.${name}`).catch((error: unknown) => {
      // Asked again because the first answer was late.
      if (!(error instanceof ApiError && error.errorCode === jetStreamErrors.streamNotFound)) throw error;
    });
  }

  /** Every server healthy, and every copy of every stream and consumer that can run current. */
  private async settled(): Promise<void> {
    for (const { pod } of this.members) await poll(Date.now() + patienceMs, () => healthy(pod));
    await poll(Date.now() + patienceMs, async () => {
      const behind = await this.behind();
      return behind.length === 0 ? { done: true } : { waitingFor: JSON.stringify(behind) };
    });
  }

  private async behind(): Promise<unknown[]> {
    const { streams, missing = [], offline = {} } = await this.api<StreamList>("STREAM.LIST");
    const running = (streams ?? []).filter(({ config }) => !(config.name in offline));
    const assets: Asset[] = [...running];
    for (const { config } of running) {
      const { consumers } = await this.api<{ consumers: Asset[] | null }>(`CONSUMER.LIST.${config.name}`);
      assets.push(...(consumers ?? []));
    }
    return [...missing.filter((name) => !(name in offline)), ...assets.filter((asset) => !isCurrent(asset))];
  }
}

function isCurrent({ cluster }: Asset): boolean {
  const { leader, replicas = [] } = cluster ?? {};
  const behind = replicas.filter(({ current, offline, lag = 0 }) => !current || offline || lag > 0);
  return leader !== undefined && behind.length === 0;
}

async function healthy(pod: PodPlan): Promise<{ done: true } | { waitingFor: string }> {
  try {
    const answer = await monitor(pod, "healthz");
    return answer.status === "ok" ? { done: true } : { waitingFor: JSON.stringify(answer) };
  } catch (error) {
    return { waitingFor: `${pod.serverName}: ${(error as Error).message}` };
  }
}

async function monitor(pod: PodPlan, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${pod.listen.monitorPort}/${path}`);
  return (await answer.json()) as Record<string, unknown>;
}

async function prepare(): Promise<Member[]> {
  const topology = plan({ pods: nordicPods, cluster: { maxFileStore: "1GB" } });
  const ports = await freePorts(topology.pods.length * portsPerPod);
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const pems = loopbackCertificate();
  return topology.pods.map((planned, index) => {
    const pod = onLoopback(planned, index, ports);
    const folder = new ServerFolder();
    folder.writePems(pems);
    const conf = folder.write(renderConf(pod, topology.cluster, userPublicKey(pem)));
    const url = `nats://${pod.clientAdvertise}`;
    return { pod, folder, server: new TestServer(pod.serverName, url, conf, folder.placed("log")) };
  });
}

function onLoopback(pod: PodPlan, index: number, ports: readonly number[]): PodPlan {
  const [clientPort = 0, clusterPort = 0, monitorPort = 0] = ports.slice(index * portsPerPod);
  const clusterPorts = ports.filter((_, place) => place % portsPerPod === 1);
  return {
    ...pod,
    listen: { address: "127.0.0.1", clientPort, clusterPort, monitorPort },
    clientAdvertise: `127.0.0.1:${clientPort}`,
    clusterAdvertise: `127.0.0.1:${clusterPort}`,
    routes: clusterPorts.filter((port) => port !== clusterPort).map((port) => `nats://127.0.0.1:${port}`),
  };
}
