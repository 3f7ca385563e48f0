import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nkeys } from "nats";
import { ClusterClient } from "../../client/cluster-client.ts";
import { freePorts } from "../../harness/ports.ts";

const decoder = new TextDecoder();

/** One real nats-server process on loopback. */
export class TestServer {
  /** server_name. */
  readonly name: string;
  readonly url: string;
  private readonly configuration: string;
  private readonly log: string;
  private process: ChildProcess | undefined;

  constructor(name: string, url: string, configuration: string, log: string) {
    this.name = name;
    this.url = url;
    this.configuration = configuration;
    this.log = log;
  }

  /**
   * Does not wait until it is ready: one server alone never becomes so.
   * @param program another server than the project's own
   */
  start(program = "nats-server"): void {
    this.process = spawn(program, ["-c", this.configuration, "-l", this.log], { stdio: "ignore" });
    this.process.on("error", (error) => {
      throw new Error("nats-server could not be started; it has to be on the PATH", { cause: error });
    });
    running.add(this.process);
  }

  /** Ends it and waits until it is gone. SIGKILL is a crash, SIGTERM an orderly stop, and SIGUSR2 lame duck mode. */
  async stop(signal: "SIGKILL" | "SIGTERM" | "SIGUSR2" = "SIGKILL"): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, "exit");
    running.delete(child);
  }

  /** Stops it where it stands, as a frozen container: its ports stay open, and nobody answers. */
  pause(): void {
    this.process?.kill("SIGSTOP");
  }

  resume(): void {
    this.process?.kill("SIGCONT");
  }

  /** What it wrote into its log. */
  async logged(): Promise<string> {
    return readFile(this.log, "utf8");
  }
}

/** A test that is broken off must not leave servers behind. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

export interface TestCluster {
  /** By pod id. */
  readonly servers: ReadonlyMap<string, TestServer>;
  readonly urls: readonly string[];
  /** Seed of the system account's user; everyone else is in the global account without credentials. */
  readonly systemSeed: string;
  /** A client of the project's own; closed by `stop`. */
  readonly client: ClusterClient;
  server(podId: string): TestServer;
  stop(): Promise<void>;
}

interface Options {
  /** Pods whose servers are started; by default all, and then a leader that answers is waited for. */
  readonly started?: readonly string[];
  /**
   * Accounts with JetStream in place of the global one. Each has a user of its name, whose password is the same, and a
   * client without credentials is in the first one.
   */
  readonly accounts?: readonly string[];
}

/**
 * Starts a cluster with a server for each pod, which carries the tag `pod:{id}`, with JetStream and a system account.
 * The files are in a folder of their own, which `stop` removes.
 */
export async function startCluster(podIds: readonly string[], options: Options = {}): Promise<TestCluster> {
  const folder = await mkdtemp(join(tmpdir(), "nats-test-"));
  const ports = await freePorts(podIds.length * 2);
  const user = nkeys.createUser();
  const systemSeed = decoder.decode(user.getSeed());
  const routes = podIds.map((_, index) => ports[podIds.length + index] ?? 0);
  const servers = new Map<string, TestServer>();
  for (const [index, podId] of podIds.entries()) {
    const plan = {
      podId,
      port: ports[index] ?? 0,
      route: routes[index] ?? 0,
      routes,
      folder,
      key: user.getPublicKey(),
      accounts: options.accounts ?? [],
    };
    const path = join(folder, `${podId}.conf`);
    await writeFile(path, configuration(plan));
    const url = `nats://127.0.0.1:${plan.port}`;
    servers.set(podId, new TestServer(`test-${podId}`, url, path, join(folder, `${podId}.log`)));
  }
  const urls = [...servers.values()].map((server) => server.url);
  const client = new ClusterClient({ servers: urls, systemSeed, clientTls: "off" });
  const stop = async () => {
    await client.close();
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  for (const podId of options.started ?? podIds) serverOf(servers, podId).start();
  try {
    if (options.started === undefined) await allMembers(client, servers.size);
  } catch (error) {
    await stop();
    throw error;
  }
  return { servers, urls, systemSeed, client, server: (podId) => serverOf(servers, podId), stop };
}

/** A server that the leader does not know yet can't be given a stream. */
async function allMembers(client: ClusterClient, count: number): Promise<void> {
  const deadline = Date.now() + 60_000;
  const name = "TEST_READY";
  for (;;) {
    try {
      await client.jetStream(`STREAM.CREATE.${name}`, { name, num_replicas: count }, { deadline });
      await client.jetStream(`STREAM.DELETE.${name}`, undefined, { deadline });
      return;
    } catch (error) {
      if (Date.now() >= deadline) throw error;
    }
  }
}

function serverOf(servers: ReadonlyMap<string, TestServer>, podId: string): TestServer {
  const server = servers.get(podId);
  if (server === undefined) throw new Error(`there is no server for the pod ${podId}`);
  return server;
}

interface Plan {
  readonly podId: string;
  readonly port: number;
  readonly route: number;
  readonly routes: readonly number[];
  readonly folder: string;
  readonly key: string;
  readonly accounts: readonly string[];
}

function configuration({ podId, port, route, routes, folder, key, accounts }: Plan): string {
  const seeds = routes.map((other) => `"nats://127.0.0.1:${other}"`).join(", ");
  const cluster = `cluster { name: "test", host: "127.0.0.1", port: ${route}, routes: [${seeds}] }`;
  return `server_name: "test-${podId}"
host: "127.0.0.1"
port: ${port}
server_tags: ["pod:${podId}"]
jetstream { store_dir: "${join(folder, podId)}", max_file_store: 1GB, max_memory_store: 64MB }
${routes.length > 1 ? cluster : ""}
accounts {
  SYS { users: [ { nkey: "${key}" } ] }
${accounts.map((name) => `  ${name} { jetstream: enabled, users: [ { user: ${name}, password: ${name} } ] }`).join("\n")}
}
system_account: "SYS"
${accounts.length > 0 ? `no_auth_user: ${accounts[0]}` : ""}
`;
}
