import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Properties } from "../../model/contract/properties.ts";
import { contextOf } from "../support/context.ts";
import { byHand, deleteAll, infoOf, publish, streamInputs } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { stream } from "../support/plugin.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk"]);
});

afterAll(() => cluster.stop());

afterEach(() => deleteAll(cluster.client));

const inputs = streamInputs({ name: "EVENTS", subjects: ["events.>"] });
const context = () => contextOf(cluster.client, { name: "events" });

async function create(changes: Properties = {}): Promise<Properties> {
  return (await stream.create({ ...inputs, ...changes }, context())).state;
}

const messages = async () => (await infoOf(cluster.client, "EVENTS")).state.messages;

/** That the change is refused with these words, deletes nothing, and with consent deletes just that much. */
async function expectRefusal(state: Properties, changes: Properties, words: string, deleted: number) {
  const before = await messages();
  const wanted = { ...inputs, ...changes };
  await expect(stream.update("EVENTS", state, wanted, context())).rejects.toThrow(
    `EVENTS was not changed: ${words}. `,
  );
  expect(await messages()).toBe(before);
  const after = await stream.update("EVENTS", state, { ...wanted, allowDataLoss: true }, context());
  expect(after).toMatchObject({ ...changes, allowDataLoss: true });
  await expect.poll(messages, { timeout: 10_000 }).toBe(before - deleted);
}

describe("an update that would delete messages is refused without consent", () => {
  it("for fewer messages than are stored", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 15);
    await expectRefusal(state, { maxMessages: 10 }, "maxMessages: 10 would delete 5 messages", 5);
  });

  it("for fewer bytes than are stored", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 10);
    const { bytes } = (await infoOf(cluster.client, "EVENTS")).state;
    const maxBytes = bytes - 1;
    const words = `maxBytes: ${maxBytes} with ${bytes} bytes stored would delete about 1 message`;
    await expectRefusal(state, { maxBytes }, words, 1);
  });

  it("for a life that some messages have outlived, counted exactly although some are deleted already", async () => {
    const state = await create();
    await publish(cluster.client, "events.old", 10);
    for (const seq of [2, 3]) await byHand(cluster.client, "STREAM.MSG.DELETE.EVENTS", { seq });
    const oldest = Date.now();
    const old = async () => Date.now() - oldest;
    await expect.poll(old, { timeout: 5_000 }).toBeGreaterThan(2_000);
    await publish(cluster.client, "events.new", 5);
    const changes = { maxAgeSeconds: 2, duplicateWindowSeconds: 2 };
    await expect(stream.update("EVENTS", state, { ...inputs, ...changes }, context())).rejects.toThrow(
      "maxAgeSeconds: 2 would delete 8 messages",
    );
    expect(await messages()).toBe(13);
  });

  it("for a life that all messages have outlived", async () => {
    const state = await create();
    await publish(cluster.client, "events.old", 10);
    const since = Date.now();
    await expect.poll(() => Date.now() - since, { timeout: 5_000 }).toBeGreaterThan(200);
    const changes = { maxAgeSeconds: 0.1, duplicateWindowSeconds: 0.1 };
    await expectRefusal(state, changes, "maxAgeSeconds: 0.1 would delete 10 messages", 10);
  });

  it("for fewer messages of one subject than are stored, summed over all subjects", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 3);
    await publish(cluster.client, "events.b", 7);
    await publish(cluster.client, "events.c", 9);
    const words = "maxMessagesPerSubject: 5 would delete 6 messages";
    await expectRefusal(state, { maxMessagesPerSubject: 5 }, words, 6);
  });

  it("for retention by interest where nobody is interested", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 4);
    const changes = { retention: "interest" };
    await expect(stream.update("EVENTS", state, { ...inputs, ...changes }, context())).rejects.toThrow(
      "retention: interest would delete up to 4 messages",
    );
    expect(await messages()).toBe(4);
    await stream.update("EVENTS", state, { ...inputs, ...changes, allowDataLoss: true }, context());
  });

  it("with every reason at once", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 4);
    await expect(
      stream.update("EVENTS", state, { ...inputs, maxMessages: 3, maxMessagesPerSubject: 1 }, context()),
    ).rejects.toThrow(
      "maxMessages: 3 would delete 1 message; maxMessagesPerSubject: 1 would delete 3 messages. ",
    );
  });
});

describe("an update that deletes nothing needs no consent", () => {
  it.each<[string, Properties]>([
    ["a limit that all messages fit", { maxMessages: 5, maxMessagesPerSubject: 5, maxAgeSeconds: 600 }],
    ["a limit that refuses new messages instead", { maxMessages: 1, discard: "new" }],
    ["smaller messages from now on", { maxMessageSizeBytes: 1 }],
    ["other subjects from now on", { subjects: ["other.>"] }],
    ["consent alone", { allowDataLoss: true }],
  ])("as for %s", async (_, changes) => {
    const state = await create();
    await publish(cluster.client, "events.a", 5);
    const updated = await stream.update("EVENTS", state, { ...inputs, ...changes }, context());
    expect(updated).toMatchObject(changes);
    expect(await messages()).toBe(5);
  });

  it("as for retention by interest where a consumer still needs all messages", async () => {
    const state = await create();
    await byHand(cluster.client, "CONSUMER.CREATE.EVENTS.worker", {
      stream_name: "EVENTS",
      config: { durable_name: "worker", ack_policy: "explicit" },
    });
    await publish(cluster.client, "events.a", 5);
    await stream.update("EVENTS", state, { ...inputs, retention: "interest" }, context());
    expect(await messages()).toBe(5);
  });
});

describe("deleting a stream", () => {
  it("that holds messages is refused, with their number and bytes, until consent is in the state", async () => {
    const state = await create();
    await publish(cluster.client, "events.a", 12);
    const { bytes } = (await infoOf(cluster.client, "EVENTS")).state;
    await expect(stream.delete("EVENTS", state, context())).rejects.toThrow(
      `the stream EVENTS was not deleted: it holds 12 messages with ${bytes} bytes. `,
    );
    expect(await messages()).toBe(12);

    const consented = await stream.update("EVENTS", state, { ...inputs, allowDataLoss: true }, context());
    expect(await messages()).toBe(12);
    await stream.delete("EVENTS", consented, context());
    expect(await stream.read("EVENTS", inputs, consented, context())).toBeUndefined();
  });

  it("and making it again at once gives an empty one, every time", async () => {
    for (let round = 0; round < 20; round++) {
      const state = await create({ allowDataLoss: true });
      expect(await messages()).toBe(0);
      await publish(cluster.client, "events.a", 5);
      await stream.delete("EVENTS", state, context());
    }
  });

  it("that forbids to be emptied works all the same", async () => {
    const state = await create({ allowDataLoss: true });
    const { config } = await infoOf(cluster.client, "EVENTS");
    await byHand(cluster.client, "STREAM.UPDATE.EVENTS", { ...config, deny_purge: true });
    await publish(cluster.client, "events.a", 5);
    await stream.delete("EVENTS", state, context());
    expect(await stream.read("EVENTS", inputs, state, context())).toBeUndefined();
  });

  it("that is empty needs no consent", async () => {
    const state = await create();
    await stream.delete("EVENTS", state, context());
    expect(await stream.read("EVENTS", inputs, state, context())).toBeUndefined();
  });
});
