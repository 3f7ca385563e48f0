import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Properties } from "../../model/contract/properties.ts";
import { contextOf } from "../support/context.ts";
import { byHand, deleteAll, infoOf, markOf, publish, streamInputs } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { stream } from "../support/plugin.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk"]);
});

afterAll(() => cluster.stop());

afterEach(() => deleteAll(cluster.client));

const inputs = streamInputs({ name: "EVENTS", subjects: ["events.>"] });

function context(overrides: Parameters<typeof contextOf>[1] = {}) {
  return contextOf(cluster.client, { name: "events", ...overrides });
}

async function create(overrides: Parameters<typeof contextOf>[1] = {}, given: Properties = inputs) {
  return (await stream.create(given, context(overrides))).state;
}

const byHandMade = { name: "EVENTS", subjects: ["events.>"], max_age: 3600e9 };

describe("a stream that is there already", () => {
  it("is refused when it was made by hand, and stays as it is", async () => {
    await byHand(cluster.client, "STREAM.CREATE.EVENTS", byHandMade);
    await expect(create()).rejects.toThrow(
      /EVENTS exists already and was made outside of Pulumi\..*`npm run pulumi -- import nats:jetstream:Stream thing EVENTS /,
    );
    expect((await infoOf(cluster.client, "EVENTS")).config).toMatchObject({ max_age: 3600e9 });
    expect(await markOf(cluster.client, "EVENTS")).toBeUndefined();
  });

  it("is refused when another stack made it, and says which", async () => {
    await create({ stack: "prod" });
    await expect(create()).rejects.toThrow(
      'a stream EVENTS exists already and belongs to the resource "events" of the stack unityplan-nats/prod',
    );
  });

  it("is taken over with its messages when this stack made it, and brought to what is wanted", async () => {
    const before = await create();
    await publish(cluster.client, "events.a", 5);
    const after = await create({}, { ...inputs, description: "again" });
    expect(after).toEqual({ ...before, description: "again", generation: after.generation });
    expect(after.generation).not.toBe(before.generation);
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: after.generation });
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(5);
  });

  it("is not taken over at the price of its messages", async () => {
    await create();
    await publish(cluster.client, "events.a", 5);
    await expect(create({}, { ...inputs, maxMessages: 2 })).rejects.toThrow("would delete 3 messages");
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(5);
  });

  it("is not taken over when it would have to change what can't change", async () => {
    await create();
    await expect(create({}, { ...inputs, storage: "memory" })).rejects.toThrow(
      'the stream EVENTS can\'t be changed in place: storage is "file" and should be "memory"',
    );
  });
});

describe("a renamed resource", () => {
  it("does not delete what its successor took over", async () => {
    const old = await create({ name: "before" });
    await publish(cluster.client, "events.a", 3);
    const creating = context({ name: "after" });
    const fresh = (await stream.create(inputs, creating)).state;
    expect(creating.warnings).toEqual([
      expect.stringContaining('was taken over from the resource "before" of this stack'),
    ]);

    const deleting = context({ name: "before" });
    await stream.delete("EVENTS", { ...old, allowDataLoss: true }, deleting);
    expect(deleting.warnings).toEqual([
      expect.stringMatching(/was not deleted, .* "after" of the stack unityplan-nats\/test$/),
    ]);
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(3);
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: fresh.generation });
  });

  it("that stays beside its successor is told so by a read, and can't update", async () => {
    const old = await create({ name: "before" });
    await create({ name: "after" });
    const reading = context({ name: "before" });
    expect(await stream.read("EVENTS", inputs, old, reading)).toEqual({ id: "EVENTS", inputs, state: old });
    expect(reading.warnings).toEqual([
      'the stream EVENTS belongs to the resource "after" of the stack unityplan-nats/test now; ' +
        "remove one of the two resources from the program",
    ]);
    await expect(stream.update("EVENTS", old, inputs, context({ name: "before" }))).rejects.toThrow(
      'it belongs to the resource "after"',
    );
  });

  it("that keeps its state by an alias goes on under its new name", async () => {
    const old = await create({ name: "before" });
    await stream.update("EVENTS", old, { ...inputs, description: "x" }, context({ name: "after" }));
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({
      name: "after",
      generation: old.generation,
    });
  });
});

describe("an older state of the same resource", () => {
  it("finds its stream again and marks it, and deletes nothing", async () => {
    const older = await create();
    await create();
    const deleting = context();
    await stream.delete("EVENTS", older, deleting);
    expect(deleting.warnings).toHaveLength(1);
    await stream.update("EVENTS", older, { ...inputs, description: "x" }, context());
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: older.generation });
  });
});

describe("importing", () => {
  it("a stream made by hand gives inputs with which nothing changes but its mark", async () => {
    await byHand(cluster.client, "STREAM.CREATE.EVENTS", byHandMade);
    const imported = await stream.read("EVENTS", undefined, undefined, context());
    expect(stream.check(imported?.inputs ?? {}, undefined).failures).toEqual([]);
    expect(imported?.inputs).toEqual({ ...inputs, maxAgeSeconds: 3600, maxMessageSizeBytes: -1 });
    expect(imported?.state).toMatchObject({ ...imported?.inputs, generation: "" });
    const { changes } = stream.diff(imported?.state ?? {}, imported?.inputs ?? {}, imported?.inputs ?? {});
    expect(changes).toEqual([{ path: "generation", kind: "update", replaces: false, isOutput: true }]);
  });

  it("leaves the stream without a mark until the next update gives it one", async () => {
    await byHand(cluster.client, "STREAM.CREATE.EVENTS", { ...byHandMade, metadata: { team: "events" } });
    const imported = await stream.read("EVENTS", undefined, undefined, context());
    const state = imported?.state ?? {};
    const updated = await stream.update("EVENTS", state, imported?.inputs ?? {}, context());
    expect(stream.diff(updated, imported?.inputs ?? {}, imported?.inputs ?? {}).changes).toEqual([]);
    expect(updated.generation).toMatch(/^[0-9a-f]{16}$/);
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: updated.generation });
    expect((await infoOf(cluster.client, "EVENTS")).config.metadata).toMatchObject({ team: "events" });
  });

  it("another stack's stream takes it from that stack, which then leaves it alone", async () => {
    const theirs = await create({ stack: "prod" });
    const imported = await stream.read("EVENTS", undefined, undefined, context());
    await stream.update("EVENTS", imported?.state ?? {}, { ...inputs, description: "mine" }, context());
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ stack: "test" });

    const deleting = context({ stack: "prod" });
    await stream.delete("EVENTS", theirs, deleting);
    expect(deleting.warnings).toHaveLength(1);
    const reading = context({ stack: "prod" });
    expect(await stream.read("EVENTS", inputs, theirs, reading)).toBeUndefined();
    expect(reading.warnings).toEqual([
      'the stream EVENTS belongs to the resource "events" of the stack unityplan-nats/test now; ' +
        "this stack does not manage it any more",
    ]);
    expect((await infoOf(cluster.client, "EVENTS")).config).toMatchObject({ description: "mine" });
  });

  it("of a stream that is not there finds nothing", async () => {
    expect(await stream.read("NOWHERE", undefined, undefined, context())).toBeUndefined();
  });

  it("and deleting it again works without an update between, if it is empty", async () => {
    await byHand(cluster.client, "STREAM.CREATE.EVENTS", byHandMade);
    const imported = await stream.read("EVENTS", undefined, undefined, context());
    await publish(cluster.client, "events.a", 1);
    await expect(stream.delete("EVENTS", imported?.state ?? {}, context())).rejects.toThrow(
      "holds 1 message",
    );
    await byHand(cluster.client, "STREAM.PURGE.EVENTS");
    await stream.delete("EVENTS", imported?.state ?? {}, context());
    expect(await stream.read("EVENTS", undefined, undefined, context())).toBeUndefined();
  });
});

describe("a stream whose owner tag is not as this stack wrote it", () => {
  const tagOf = async () => (await markOf(cluster.client, "EVENTS")) ?? {};

  it("is shown by a refresh when a program erased the tag, and gets the same tag again", async () => {
    const state = await create();
    const { config } = await infoOf(cluster.client, "EVENTS");
    await byHand(cluster.client, "STREAM.UPDATE.EVENTS", { ...config, metadata: {} });
    expect(await markOf(cluster.client, "EVENTS")).toBeUndefined();
    const read = await stream.read("EVENTS", inputs, state, context());
    expect(read?.state).toEqual({ ...state, ownerTag: "missing" });
    expect(stream.diff(read?.state ?? {}, inputs, inputs).changes).toMatchObject([{ path: "ownerTag" }]);
    expect(await stream.update("EVENTS", read?.state ?? {}, inputs, context())).toEqual(state);
    expect(await tagOf()).toMatchObject({ stack: "test", generation: state.generation });
    expect((await stream.read("EVENTS", inputs, state, context()))?.state).toEqual(state);
  });

  it("is this stack's under its new name after a rename of the stack, also for a later create", async () => {
    const state = await create({ stack: "before" });
    const read = await stream.read("EVENTS", inputs, state, context());
    expect(read?.state).toEqual({ ...state, ownerTag: "outdated" });
    const updated = await stream.update("EVENTS", read?.state ?? {}, inputs, context());
    expect(updated).not.toHaveProperty("ownerTag");
    expect(await tagOf()).toMatchObject({ stack: "test", generation: updated.generation });
    await publish(cluster.client, "events.a", 2);
    await create();
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(2);
  });

  it("is this resource's after a rename of the resource", async () => {
    const state = await create({ name: "before" });
    const read = await stream.read("EVENTS", inputs, state, context());
    expect(read?.state).toMatchObject({ ownerTag: "outdated" });
    await stream.update("EVENTS", read?.state ?? {}, inputs, context());
    expect(await tagOf()).toMatchObject({ name: "events" });
  });
});

describe("a stream that was deleted and made again by hand", () => {
  async function remade() {
    const state = await create();
    await byHand(cluster.client, "STREAM.DELETE.EVENTS");
    await byHand(cluster.client, "STREAM.CREATE.EVENTS", byHandMade);
    return state;
  }

  it("is neither changed nor deleted in the name of the old one", async () => {
    const state = await remade();
    await expect(stream.update("EVENTS", state, inputs, context())).rejects.toThrow(
      "the stream EVENTS is not the one in the state: it was made outside of Pulumi; run `pulumi refresh`",
    );
    const deleting = context();
    await stream.delete("EVENTS", state, deleting);
    expect(deleting.warnings).toHaveLength(1);
    expect((await infoOf(cluster.client, "EVENTS")).config).toMatchObject({ max_age: 3600e9 });
  });

  it("is accepted by a refresh, which warns, and marked by the next update", async () => {
    const state = await remade();
    const reading = context();
    const read = await stream.read("EVENTS", inputs, state, reading);
    expect(reading.warnings).toEqual([expect.stringContaining("was recreated outside of Pulumi")]);
    expect(read?.state).toMatchObject({ generation: "", maxAgeSeconds: 3600 });
    const updated = await stream.update("EVENTS", read?.state ?? {}, inputs, context());
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: updated.generation });
  });
});
