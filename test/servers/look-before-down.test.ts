import { afterAll, beforeAll, expect, it } from "vitest";
import { lookAtServers } from "../../operations/down/look.ts";
import { byHand, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";

let cluster: TestCluster;
const names = ["test-dk", "test-no", "test-se"];

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
  const stream = { storage: "memory", subjects: ["cache.>"], num_replicas: 3 };
  await byHand(cluster.client, "STREAM.CREATE.CACHE", { name: "CACHE", ...stream });
  await publish(cluster.client, "cache.a", 5);
}, 60_000);
afterAll(() => cluster?.stop());

it("hears every server of a stack", async () => {
  expect(await lookAtServers(cluster.client.access, names)).toMatchObject({
    kind: "told",
    held: { streams: [{ name: "CACHE", messages: 5 }] },
    silent: [],
  });
});

it("names the server that is away, and tells what the others hold", async () => {
  await cluster.server("se").stop();
  expect(await lookAtServers(cluster.client.access, names, 2_000)).toMatchObject({
    kind: "told",
    held: { streams: [{ name: "CACHE", messages: 5 }] },
    silent: ["test-se"],
  });
});

it("goes on when all of them stand still, and does not wait for long", async () => {
  for (const id of ["dk", "no"]) cluster.server(id).pause();
  const since = Date.now();
  expect(await lookAtServers(cluster.client.access, names, 1_000)).toMatchObject({
    kind: "silent",
    // Two stand still and one is away, and the client tries them in any order: either is the last word.
    why: expect.stringMatching(
      /no NATS server could be reached at .*(did not accept the connection|ECONNREFUSED)/,
    ),
  });
  expect(Date.now() - since).toBeLessThan(10_000);
});

it("goes on when all of them are away", async () => {
  await Promise.all(["dk", "no"].map((id) => cluster.server(id).stop()));
  const since = Date.now();
  expect(await lookAtServers(cluster.client.access, names, 1_000)).toMatchObject({
    kind: "silent",
    why: expect.stringContaining("ECONNREFUSED"),
  });
  expect(Date.now() - since).toBeLessThan(5_000);
});
