import { connect, StorageType } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askHeld } from "../../client/jetstream/held.ts";
import { shownName } from "../../model/jetstream/held.ts";
import { byHand, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { askAgain } from "../support/no-responders.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
  const stream = { storage: "memory", subjects: ["cache.>"], num_replicas: 3 };
  await byHand(cluster.client, "STREAM.CREATE.CACHE", { name: "CACHE", ...stream });
  await byHand(cluster.client, "STREAM.CREATE.DISK", { name: "DISK", subjects: ["disk.>"] });
  await publish(cluster.client, "cache.a", 5);
}, 60_000);
afterAll(() => cluster?.stop());

it("tells of the streams of all servers, each once, with its copies and messages", async () => {
  const connection = await cluster.client.system(Date.now() + 5_000);
  await expect
    .poll(() => askHeld(connection), { timeout: 10_000 })
    .toMatchObject({
      streams: [
        { account: "$G", name: "CACHE", storage: "memory", subjects: ["cache.>"], copies: 3, messages: 5 },
        { account: "$G", name: "DISK", storage: "file", copies: 1, messages: 0 },
      ],
    });
  // A busy server may miss a question.
  const all = ["test-dk", "test-no", "test-se"];
  const told = async () => {
    const { servers, streams } = await askHeld(connection);
    const [cache] = streams;
    return [servers.toSorted(), [cache?.leader, ...(cache?.replicas.map(({ name }) => name) ?? [])].sort()];
  };
  await expect.poll(told, { timeout: 10_000 }).toEqual([all, all]);
});

it("counts a server that stands still as not answering", async () => {
  const connection = await cluster.client.system(Date.now() + 5_000);
  const away = [...cluster.servers.values()].find(
    ({ url }) => !connection.getServer().includes(new URL(url).port),
  );
  away?.pause();
  const others = [...cluster.servers.values()].map(({ name }) => name).filter((name) => name !== away?.name);
  await expect
    .poll(async () => (await askHeld(connection)).servers.toSorted(), { timeout: 10_000 })
    .toEqual(others)
    .finally(() => away?.resume());
});

describe("several accounts", () => {
  it("are all looked at, page by page", async () => {
    const names = ["APPS", "TEAM", "THIRD"];
    const shared = await startCluster(["dk"], { accounts: names });
    try {
      for (const name of names) {
        const connection = await connect({ servers: [...shared.urls], user: name, pass: name });
        const { streams } = await connection.jetstreamManager();
        await streams.add({ name: "CACHE", subjects: [name], storage: StorageType.Memory });
        await connection.jetstream().publish(name, "", askAgain);
        await connection.close();
      }
      const connection = await shared.client.system(Date.now() + 5_000);
      for (const perPage of [1, 2, 256]) {
        const { streams } = await askHeld(connection, perPage);
        expect(streams.map(shownName)).toEqual(names.map((name) => `CACHE (account ${name})`));
        expect(streams.map(({ messages, copies, leader }) => ({ messages, copies, leader }))).toEqual(
          names.map(() => ({ messages: 1, copies: 1, leader: "test-dk" })),
        );
      }
    } finally {
      await shared.stop();
    }
  });
});
