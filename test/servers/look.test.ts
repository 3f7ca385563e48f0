import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import { askHeld } from "../../client/jetstream/held.ts";
import { freePorts } from "../../harness/ports.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { contextOf } from "../support/context.ts";
import { byHand, deleteAll, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { look } from "../support/plugin.ts";

const all = ["test-dk", "test-no", "test-se"];
let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
}, 60_000);

afterAll(() => cluster?.stop());
afterEach(() => deleteAll(cluster.client));

async function filled(name: string, copies: number, more: object = {}): Promise<void> {
  const config = { name, subjects: [`${name}.>`], storage: "memory", num_replicas: copies, ...more };
  await byHand(cluster.client, `STREAM.CREATE.${name}`, config);
  await publish(cluster.client, `${name}.a`, 10);
  const connection = await cluster.client.system(Date.now() + 5_000);
  const stored = async () => {
    const { messages, replicas } = (await askHeld(connection)).streams.find((one) => one.name === name) ?? {};
    return { messages, current: replicas?.filter(({ current }) => current).length };
  };
  await expect.poll(stored, { timeout: 10_000 }).toEqual({ messages: 10, current: copies - 1 });
}

async function looked(given: Properties, client = cluster.client) {
  const { inputs } = look.check(
    { restarting: all, turns: false, lose: [], allowed: [], taken: [], known: [], ...given },
    undefined,
  );
  const context = contextOf(client, { stack: "dev" });
  await look.update("look", {}, inputs, context);
  return context;
}

describe("the look before the servers restart", () => {
  it("refuses a stream in memory that is lost, whoever made it, and lets it go with consent", async () => {
    await filled("KV_sessions", 3);
    await expect(looked({})).rejects.toThrow(
      /nothing was touched\..* test-dk, test-no, test-se, but not as a rolling restart, .* KV_sessions with 10 messages\./,
    );
    await expect(looked({ restarting: ["test-dk"] })).resolves.toBeDefined();
    await expect(looked({ turns: true })).resolves.toBeDefined();
    const lost = "these streams are in memory and are lost, with consent: KV_sessions with 10 messages";
    expect((await looked({ lose: ["KV_sessions"] })).warnings).toEqual([lost]);
    expect((await looked({ allowed: ["KV_sessions"] })).warnings).toEqual([lost]);
  });

  it("refuses a stream with one copy in turns too, and not where its server stays", async () => {
    await filled("ALONE", 1);
    const { streams } = await askHeld(await cluster.client.system(Date.now() + 5_000));
    const leader = streams.find(({ name }) => name === "ALONE")?.leader ?? "";
    await expect(looked({ turns: true })).rejects.toThrow(
      "ALONE with 10 messages. Give each stream several copies",
    );
    await expect(looked({ restarting: all.filter((name) => name !== leader) })).resolves.toBeDefined();
  });

  it("lets a stream on disk be, and one without messages", async () => {
    await filled("DISK", 1, { storage: "file" });
    await byHand(cluster.client, "STREAM.CREATE.EMPTY", { name: "EMPTY", storage: "memory" });
    expect((await looked({})).warnings).toEqual([]);
  });

  it("warns of a name that loses nothing, and of one that nobody has", async () => {
    await filled("DISK", 1, { storage: "file" });
    expect((await looked({ lose: ["DISK", "NOBODY"] })).warnings).toEqual([
      "--lose DISK: the stream DISK loses nothing here",
      "--lose NOBODY: no server has a stream NOBODY",
    ]);
  });

  it("refuses a subject that a stream of others has", async () => {
    await filled("THEIRS", 1, { storage: "file", subjects: ["THEIRS.>", "orders.>"] });
    const taken = { restarting: [], taken: ["ORDERS orders.no.>"], known: ["ORDERS"] };
    await expect(looked(taken)).rejects.toThrow(
      'The stream ORDERS takes "orders.no.>", and the foreign stream THEIRS',
    );
  });
});

describe("servers that do not answer", () => {
  it("leave streams in memory unchecked, by name", async () => {
    await filled("CACHE", 3);
    const connection = await cluster.client.system(Date.now() + 5_000);
    const away = [...cluster.servers.values()].find(({ url }) => url.slice(7) !== connection.getServer());
    away?.pause();
    const context = contextOf(cluster.client, { deadline: Date.now() + 1_500 });
    const inputs = { restarting: all, turns: true, lose: [], allowed: [], taken: [], known: [] };
    await look.update("look", {}, inputs, context).finally(() => away?.resume());
    expect(context.warnings).toEqual([
      `streams in memory are unchecked where a server does not answer: ${away?.name}. What only that server keeps in ` +
        "memory is lost when it restarts, if it is not lost already",
    ]);
  });

  it("are no hindrance where none of them answers: an update is what mends them", async () => {
    const [port = 0] = await freePorts(1);
    const nobody = new ClusterClient({ ...cluster.client.access, servers: [`nats://127.0.0.1:${port}`] });
    const context = contextOf(nobody, { deadline: Date.now() + 500 });
    const inputs = { restarting: all, turns: true, lose: [], allowed: [], taken: [], known: [] };
    await look.update("look", {}, inputs, context);
    expect(context.warnings).toEqual([
      expect.stringContaining(`no NATS server could be reached at nats://127.0.0.1:${port}`),
    ]);
  });
});
