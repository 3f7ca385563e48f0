import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import type { LoadReport } from "../../harness/load/figures.ts";
import { type Load, startLoad } from "../../harness/load/load.ts";
import { idHeader } from "../../harness/load/subjects.ts";
import { byHand, deleteAll } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { startTlsServer } from "../support/tls-load-server.ts";

/** Runs alone: how many messages a second are acknowledged is measured. */
const stream = "GLOBAL_EVENTS";
const podIds = ["dk", "no", "se"];
const config = { name: stream, subjects: ["global.>"], num_replicas: 3, storage: "file" };
const faultless = { lost: [], duplicated: [], altered: [], notConsumed: { dk: [], no: [], se: [] } };

let cluster: TestCluster;
let load: Load | undefined;

beforeAll(async () => {
  cluster = await startCluster(podIds);
  await byHand(cluster.client, `STREAM.CREATE.${stream}`, config);
});

afterEach(() => load?.kill());

afterAll(() => cluster?.stop());

it("publishes at least 500 acknowledged messages a second, and all are stored and consumed", async () => {
  await start();
  await total("acknowledged", 3_000);
  const report = await stop();
  expect(report).toMatchObject({ ...faultless, unacknowledged: 0, failedRequests: 0, disconnects: 0 });
  expect(report.publishesPerSecond).toBeGreaterThanOrEqual(500);
  expect(report.acknowledged).toBe(report.published);
  expect(report.requests).toBeGreaterThan(0);
});

it("goes on while a server is killed and comes back, and nothing acknowledged is lost", async () => {
  await start();
  await total("acknowledged", 500);
  await cluster.server("no").stop("SIGKILL");
  await total("acknowledged", 500);
  cluster.server("no").start();
  await total("acknowledged", 1_000);
  const report = await stop();
  expect(report).toMatchObject({ ...faultless, unacknowledged: 0 });
  // Two connections that publish and one for everything else.
  expect(report.disconnects).toBe(3);
});

it("reports an acknowledged message that the stream does not have any more", async () => {
  const sequence = await start();
  await consumed(sequence);
  const { id } = await message(sequence);
  await remove(sequence);
  expect(await stop()).toMatchObject({ ...faultless, lost: [id] });
});

it("reports a message that is stored twice, and one that has another content", async () => {
  // A window that is made shorter only counts when the time of the longer one is over.
  await deleteAll(cluster.client);
  await byHand(cluster.client, `STREAM.CREATE.${stream}`, { ...config, duplicate_window: 2_000_000_000 });
  const sequence = await start();
  await consumed(sequence + 1);
  const twice = await message(sequence);
  await storeAgain(twice.id, twice.content);
  const changed = await message(sequence + 1);
  await remove(sequence + 1);
  await storeAgain(changed.id, Buffer.from("changed"));
  expect(await stop()).toMatchObject({ ...faultless, duplicated: [twice.id], altered: [changed.id] });
});

it("reports what a pod's consumer has never had", async () => {
  const sequence = await start();
  await consumed(sequence);
  await byHand(cluster.client, `CONSUMER.DELETE.${stream}.load-se`);
  await total("acknowledged", 500);
  const { notConsumed, lost } = await stop();
  expect(lost).toEqual([]);
  expect(notConsumed).toMatchObject({ dk: [], no: [] });
  expect(notConsumed.se?.length).toBeGreaterThan(0);
});

it("says why when it can't begin", async () => {
  await expect(startLoad({ urls: urls() }, { stream: "NONE" })).rejects.toThrow(
    /load generator: .*stream not found/,
  );
});

it("speaks TLS with a certificate of its own, and hears that a server is about to stop", async () => {
  const server = await startTlsServer();
  const { url, tls } = server;
  const client = new ClusterClient({ servers: [url], systemSeed: undefined, clientTls: "required", tls });
  try {
    await byHand(client, `STREAM.CREATE.${stream}`, { ...config, num_replicas: 1 });
    const stranger = startLoad({ urls: { dk: url }, tls: { caPem: tls.caPem } });
    await expect(stranger).rejects.toThrow("load generator");
    load = await startLoad({ urls: { dk: url }, tls });
    await total("acknowledged", 100);
    const gone = server.goAway();
    await total("lameDucks", 3);
    await gone;
    await total("disconnects", 3);
    // What waits for an acknowledgement counts while it waits.
    const stall = async () => (await running().measure()).longestStallMs;
    await expect.poll(stall, { timeout: 10_000 }).toBeGreaterThan(1_500);
  } finally {
    await client.close();
    await server.stop();
  }
});

/** @returns the sequence that the stream gives the run's first message */
async function start(): Promise<number> {
  const { state } = await byHand<{ state: { last_seq: number } }>(cluster.client, `STREAM.INFO.${stream}`);
  load = await startLoad({ urls: urls() });
  return state.last_seq + 1;
}

function urls(): Record<string, string> {
  return Object.fromEntries(podIds.map((id) => [id, cluster.server(id).url]));
}

function running(): Load {
  if (load === undefined) throw new Error("no load is running");
  return load;
}

async function stop(): Promise<LoadReport> {
  const report = await running().stop();
  const { consumers } = await byHand<{ consumers: string[] | null }>(
    cluster.client,
    `CONSUMER.NAMES.${stream}`,
  );
  expect(consumers ?? []).toEqual([]);
  return report;
}

/** Waits until so many more were counted. */
async function total(figure: "acknowledged" | "disconnects" | "lameDucks", count: number): Promise<void> {
  let sum = 0;
  const more = async () => {
    sum += (await running().measure())[figure];
    return sum;
  };
  await expect.poll(more, { timeout: 30_000 }).toBeGreaterThanOrEqual(count);
}

/** Waits until every consumer has had everything up to this message. */
async function consumed(sequence: number): Promise<void> {
  const floor = async (id: string) => {
    const subject = `CONSUMER.INFO.${stream}.load-${id}`;
    const info = await byHand<{ ack_floor: { stream_seq: number } }>(cluster.client, subject);
    return info.ack_floor.stream_seq;
  };
  const least = async () => Math.min(...(await Promise.all(podIds.map(floor))));
  await expect.poll(least, { timeout: 30_000 }).toBeGreaterThanOrEqual(sequence);
}

async function message(sequence: number): Promise<{ id: string; content: Buffer }> {
  const subject = `STREAM.MSG.GET.${stream}`;
  const answer = await byHand<{ message: { hdrs: string; data: string } }>(cluster.client, subject, {
    seq: sequence,
  });
  const headers = Buffer.from(answer.message.hdrs, "base64").toString();
  const id = new RegExp(`${idHeader}: (.+)\r\n`).exec(headers)?.[1] ?? "";
  return { id, content: Buffer.from(answer.message.data, "base64") };
}

async function remove(sequence: number): Promise<void> {
  await byHand(cluster.client, `STREAM.MSG.DELETE.${stream}`, { seq: sequence });
}

/** Publishes with an id that the stream has, until it has forgotten that. */
async function storeAgain(id: string, content: Buffer): Promise<void> {
  const client = (await cluster.client.application(Date.now() + 30_000)).jetstream();
  const refused = async () => (await client.publish("global.load.again", content, { msgID: id })).duplicate;
  await expect.poll(refused, { timeout: 10_000 }).toBe(false);
}
