import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { connect, type NatsConnection, nkeyAuthenticator, RequestStrategy } from "nats";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { freePorts } from "../../harness/ports.ts";
import { userPublicKey, userSeed } from "../../model/nkey.ts";
import { files } from "../../plan/render/files.ts";
import { renderConf } from "../../plan/render/nats-conf.ts";
import { restartDigest } from "../../plan/render/restart.ts";
import type { ClusterPlan, PodPlan } from "../../plan/topology.ts";
import { nordicPods, plan } from "../support/configuration.ts";
import { TestServer } from "../support/nats-server.ts";
import { askAgain } from "../support/no-responders.ts";
import { loopbackCertificate, natsServerBinary, ServerFolder } from "../support/rendered.ts";

/** Two servers, because one alone never forms a cluster. */
const topology = plan({
  pods: nordicPods.slice(0, 2),
  streams: { GLOBAL_EVENTS: { replicas: 2 }, CROSS_TERRITORY: { replicas: 2 } },
  cluster: { maxFileStore: "1GB" },
});
const cluster: ClusterPlan = topology.cluster;
const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
const publicKey = userPublicKey(pem);
const pods: PodPlan[] = [];
const folders = [new ServerFolder(), new ServerFolder()] as const;
const servers: TestServer[] = [];
let system: NatsConnection;
let anyone: NatsConnection;

/** The plan's pods on ports of the loopback that are free here. */
function onLoopback(pod: PodPlan, index: number, ports: readonly number[]): PodPlan {
  const [clientPort = 0, clusterPort = 0, monitorPort = 0] = ports.slice(index * 3);
  const other = ports[(1 - index) * 3 + 1];
  return {
    ...pod,
    listen: { address: "127.0.0.1", clientPort, clusterPort, monitorPort },
    clientAdvertise: `127.0.0.1:${clientPort}`,
    clusterAdvertise: `127.0.0.1:${clusterPort}`,
    routes: [`nats://127.0.0.1:${other}`],
  };
}

beforeAll(async () => {
  natsServerBinary();
  const ports = await freePorts(6);
  pods.push(...topology.pods.map((pod, index) => onLoopback(pod, index, ports)));
  const pems = loopbackCertificate();
  for (const [index, pod] of pods.entries()) {
    const folder = folders[index as 0 | 1];
    folder.writePems(pems);
    const path = folder.write(renderConf(pod, cluster, publicKey));
    const server = new TestServer(
      pod.serverName,
      `nats://${pod.clientAdvertise}`,
      path,
      folder.placed("log"),
    );
    servers.push(server);
    server.start();
  }
  const options = { servers: servers.map(({ url }) => url), waitOnFirstConnect: true };
  anyone = await connect(options);
  system = await connect({
    ...options,
    authenticator: nkeyAuthenticator(new TextEncoder().encode(userSeed(pem))),
  });
  await untilHealthy();
});

afterAll(async () => {
  await anyone?.close();
  await system?.close();
  await Promise.all(servers.map((server) => server.stop()));
  for (const folder of folders) folder.remove();
});

async function untilHealthy(): Promise<void> {
  for (const pod of pods) {
    await vi.waitFor(async () => expect(await monitor(pod, "healthz")).toEqual({ status: "ok" }), {
      timeout: 50_000,
      interval: 100,
    });
  }
}

async function monitor(pod: PodPlan | undefined, path: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`http://127.0.0.1:${pod?.listen.monitorPort}/${path}`);
  return (await answer.json()) as Record<string, unknown>;
}

describe("servers with the rendered files", () => {
  it("let anyone into the global account, with JetStream", async () => {
    const user = (await anyone.request("$SYS.REQ.USER.INFO")).json<{ data: { account: string } }>();
    expect(user.data.account).toBe("$G");
    const manager = await anyone.jetstreamManager();
    await manager.streams.add({ name: "PROOF", subjects: ["proof.>"], num_replicas: 2 });
    expect(await anyone.jetstream().publish("proof.one", "hello", askAgain)).toMatchObject({
      stream: "PROOF",
      seq: 1,
    });
    await manager.streams.delete("PROOF");
  });

  it("let the key's owner, and no other, ask as the system account", async () => {
    const names = new Set<string>();
    const answers = await system.requestMany("$SYS.REQ.SERVER.PING", "", {
      strategy: RequestStrategy.Count,
      maxMessages: 2,
      maxWait: 10_000,
    });
    for await (const answer of answers) names.add(answer.json<{ server: { name: string } }>().server.name);
    expect(names).toEqual(new Set(["service-nats-dk", "service-nats-no"]));
    await expect(anyone.request("$SYS.REQ.SERVER.PING")).rejects.toThrow("503");
    const stranger = generateKeyPairSync("ed25519")
      .privateKey.export({ format: "pem", type: "pkcs8" })
      .toString();
    const seed = new TextEncoder().encode(userSeed(stranger));
    const refused = connect({ servers: servers[0]?.url ?? "", authenticator: nkeyAuthenticator(seed) });
    await expect(refused).rejects.toThrow(/authorization violation/i);
  });

  it("run what was rendered", async () => {
    expect(await monitor(pods[0], "varz")).toMatchObject({
      server_name: "service-nats-dk",
      tags: ["pod:dk"],
      max_payload: 8_388_608,
      cluster: { name: "unityplan-global", tls_required: true, tls_verify: true, urls: [expect.any(String)] },
      jetstream: { config: { max_storage: 1024 ** 3, sync_always: true } },
    });
  });

  it("tell clients the addresses that are advertised, and no other", async () => {
    const told = pods.map((pod) => pod.clientAdvertise).sort();
    expect([...(anyone.info?.connect_urls ?? [])].sort()).toEqual(told);
  });
});

interface Change {
  readonly pod?: Partial<PodPlan>;
  readonly cluster?: Partial<ClusterPlan>;
}

/** Hands a changed file to the first server. @returns why it refused; undefined if it took it */
async function reload(change: Change): Promise<string | undefined> {
  const [pod] = pods;
  if (pod === undefined) throw new Error("no pod");
  writeConf(renderConf({ ...pod, ...change.pod }, { ...cluster, ...change.cluster }, publicKey));
  const id = (await monitor(pod, "varz")).server_id as string;
  const answer = await system.request(`$SYS.REQ.SERVER.${id}.RELOAD`, "", { timeout: 10_000 });
  return answer.json<{ error?: { description: string } }>().error?.description;
}

function writeConf(conf: string): void {
  writeFileSync(folders[0].placed(files.conf), folders[0].relocate(conf));
}

function digestChanges({ pod, cluster: changed }: Change): boolean {
  const [before] = pods;
  if (before === undefined) throw new Error("no pod");
  return restartDigest({ ...before, ...pod }, { ...cluster, ...changed }) !== restartDigest(before, cluster);
}

function listening(change: Partial<PodPlan["listen"]>): Change {
  const listen = {
    address: "127.0.0.1",
    clientPort: 1,
    clusterPort: 2,
    monitorPort: 3,
    ...pods[0]?.listen,
    ...change,
  };
  return { pod: { listen } };
}

describe("the restart digest", () => {
  it.each<[string, () => Change]>([
    ["server_name", () => ({ pod: { serverName: "other" } })],
    ["the client port", () => listening({ clientPort: 45_001 })],
    ["the cluster port", () => listening({ clusterPort: 45_002 })],
    ["the monitor port", () => listening({ monitorPort: 45_003 })],
    ["the address", () => listening({ address: "127.0.0.2" })],
    ["sync_interval", () => ({ cluster: { syncInterval: 120 } })],
    ["a lower max_file_store", () => ({ pod: { maxFileStoreBytes: 1024 ** 2 } })],
    ["no max_file_store", () => ({ pod: { maxFileStoreBytes: undefined } })],
    ["lame_duck_duration", () => ({ cluster: { lameDuckDurationSeconds: 40 } })],
    ["lame_duck_grace_period", () => ({ cluster: { lameDuckGraceSeconds: 2 } })],
  ])("changes with what a server refuses to reload: %s", async (_, change) => {
    expect(digestChanges(change())).toBe(true);
    expect(await reload(change())).toMatch(/not supported|not allowed/);
    expect(await reload({})).toBeUndefined();
  });

  it.each<[string, () => Change]>([
    ["routes", () => ({ pod: { routes: [...(pods[0]?.routes ?? []), "nats://127.0.0.1:1"] } })],
    ["server_tags", () => ({ pod: { tags: ["pod:dk", "more"] } })],
    ["max_payload", () => ({ cluster: { maxPayloadBytes: 1024 ** 2 } })],
    ["client_advertise", () => ({ pod: { clientAdvertise: "localhost:4222" } })],
    ["cluster advertise", () => ({ pod: { clusterAdvertise: "localhost:6222" } })],
  ])("stays the same with what a server reloads: %s", async (_, change) => {
    expect(digestChanges(change())).toBe(false);
    expect(await reload(change())).toBeUndefined();
    expect(await reload({})).toBeUndefined();
  });

  it("stays the same with new certificates", async () => {
    folders[0].writePems(loopbackCertificate());
    expect(await reload({})).toBeUndefined();
  });

  it("changes both ways with max_file_store, which only grows by a reload", async () => {
    const larger = { pod: { maxFileStoreBytes: 2 * 1024 ** 3 } };
    expect(digestChanges(larger)).toBe(true);
    expect(await reload(larger)).toBeUndefined();
    expect(await reload({})).toMatch(/not supported/);
  });

  it("changes with the cluster's name, which servers would each take at another time", () => {
    expect(digestChanges({ cluster: { name: "other" } })).toBe(true);
  });
});
