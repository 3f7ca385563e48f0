import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Properties } from "../../model/contract/properties.ts";
import { PartialFailure } from "../../provider/resource.ts";
import { contextOf } from "../support/context.ts";
import { byHand, copiesOf, deleteAll, infoOf, markOf, publish, streamInputs } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { stream } from "../support/plugin.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
});

afterAll(() => cluster.stop());

afterEach(() => deleteAll(cluster.client));

const events = { name: "EVENTS", subjects: ["events.>"] };

function context(overrides: Parameters<typeof contextOf>[1] = {}) {
  return contextOf(cluster.client, { name: "events", ...overrides });
}

async function create(given: Properties, overrides: Parameters<typeof contextOf>[1] = {}) {
  const inputs = streamInputs(given);
  return { inputs, ...(await stream.create(inputs, context(overrides))) };
}

describe("creating a stream", () => {
  it("makes it as asked, with this stack's mark", async () => {
    const everything = {
      name: "EVERYTHING",
      description: "all that can be said",
      subjects: ["every.*", "thing.>"],
      storage: "memory",
      retention: "interest",
      discard: "new",
      replicas: 3,
      maxAgeSeconds: 3600,
      maxBytes: 1_000_000,
      maxMessages: 1000,
      maxMessagesPerSubject: 10,
      maxMessageSizeBytes: 1024,
      maxConsumers: 7,
      duplicateWindowSeconds: 30,
      compression: "none",
      placementTags: [],
    };
    const { inputs, id, state } = await create(everything);
    expect(id).toBe("EVERYTHING");
    expect(state).toEqual({ ...inputs, generation: expect.any(String), created: expect.any(String) });
    expect(await markOf(cluster.client, "EVERYTHING")).toEqual({
      project: "unityplan-nats",
      stack: "test",
      name: "events",
      generation: state.generation,
    });
    const read = await stream.read(id, inputs, state, context());
    expect(read).toEqual({ id, inputs, state });
  });

  it("puts the only copy on the server with the wanted tag, whatever its case", async () => {
    for (const pod of ["dk", "no", "se"]) {
      const name = `TERRITORY_${pod.toUpperCase()}`;
      const { inputs, state } = await create({
        name,
        subjects: [`territory.${pod}.>`],
        placementTags: [`POD:${pod}`],
      });
      expect(await copiesOf(cluster.client, name)).toEqual([`test-${pod}`]);
      expect(await stream.read(name, inputs, state, context())).toEqual({ id: name, inputs, state });
    }
  });

  it("is refused when no server has the tags, and says what was asked for", async () => {
    const failure = create({ ...events, placementTags: ["pod:fi"] }, { deadline: Date.now() + 1_000 });
    await expect(failure).rejects.toThrow(
      /^stream EVENTS: .*pod:fi.* \(JetStream error 10005\); the stream needs 1 copy on as many servers with all of the tags pod:fi; the servers are test-dk \(pod:dk\), test-no \(pod:no\), test-se \(pod:se\)$/,
    );
  });

  it("is refused when another stream listens on its subjects, and says which", async () => {
    await create(events);
    await expect(create({ name: "OTHER", subjects: ["free", "events.a"] })).rejects.toThrow(
      "stream OTHER: subjects overlap with an existing stream (JetStream error 10065): EVENTS",
    );
  });

  it("makes one stream when the answer is lost and the request is made again", async () => {
    const forgetful = {
      ...cluster.client,
      jetStream: async (...request: Parameters<typeof cluster.client.jetStream>) => {
        if (request[0].startsWith("STREAM.CREATE")) await cluster.client.jetStream(...request);
        return cluster.client.jetStream(...request);
      },
    } as typeof cluster.client;
    const inputs = streamInputs(events);
    const { state } = await stream.create(inputs, contextOf(forgetful));
    expect(await markOf(cluster.client, "EVENTS")).toMatchObject({ generation: state.generation });
  });
});

describe("a stream without changes", () => {
  it("has none after a read, whatever the server added", async () => {
    const { inputs, id, state } = await create({
      ...events,
      subjects: ["events.b", "events.a"],
      maxAgeSeconds: 60,
    });
    const read = await stream.read(id, inputs, state, context());
    expect(read).toEqual({ id, inputs, state });
    expect(stream.diff(read?.state ?? {}, inputs, inputs).changes).toEqual([]);
  });
});

describe("drift", () => {
  it("made by hand is shown by a read and repaired by an update", async () => {
    const { inputs, id, state } = await create({ ...events, maxAgeSeconds: 3600 });
    const { config } = await infoOf(cluster.client, id);
    await byHand(cluster.client, `STREAM.UPDATE.${id}`, { ...config, max_age: 7200e9, description: "mine" });

    const read = await stream.read(id, inputs, state, context());
    expect(read?.state).toEqual({ ...state, maxAgeSeconds: 7200, description: "mine" });
    expect(stream.diff(read?.state ?? {}, read?.inputs ?? {}, inputs).changes).toEqual([
      { path: "description", kind: "update", replaces: false },
      { path: "maxAgeSeconds", kind: "update", replaces: false },
    ]);

    expect(await stream.update(id, read?.state ?? {}, inputs, context())).toEqual(state);
    expect((await infoOf(cluster.client, id)).config).toMatchObject({ max_age: 3600e9 });
    expect((await stream.read(id, inputs, state, context()))?.state).toEqual(state);
  });

  it("that took the mark away too is repaired together with the mark", async () => {
    const { inputs, id, state } = await create(events);
    await byHand(cluster.client, "STREAM.UPDATE.EVENTS", { ...events, max_msgs: 500 });
    expect(await markOf(cluster.client, id)).toBeUndefined();
    const read = await stream.read(id, inputs, state, context());
    expect(read?.state).toEqual({
      ...state,
      maxMessages: 500,
      maxMessageSizeBytes: -1,
      ownerTag: "missing",
    });
    expect(await stream.update(id, read?.state ?? {}, inputs, context())).toEqual(state);
    expect(await markOf(cluster.client, id)).toMatchObject({ generation: state.generation });
  });

  it("is not what others wrote into fields that this project knows nothing of", async () => {
    const { inputs, id, state } = await create(events);
    const { config } = await infoOf(cluster.client, id);
    const changed = { ...config, allow_direct: true, metadata: { ...config.metadata, team: "events" } };
    await byHand(cluster.client, `STREAM.UPDATE.${id}`, changed);
    expect(await stream.read(id, inputs, state, context())).toEqual({ id, inputs, state });

    await stream.update(id, state, { ...inputs, description: "new" }, context());
    const after = (await infoOf(cluster.client, id)).config;
    expect(after).toMatchObject({ allow_direct: true, description: "new", metadata: { team: "events" } });
  });
});

describe("a stream that is gone", () => {
  it("is gone for a read, a mistake for an update and nothing for a deletion", async () => {
    const { inputs, id, state } = await create(events);
    await byHand(cluster.client, `STREAM.DELETE.${id}`);
    expect(await stream.read(id, inputs, state, context())).toBeUndefined();
    await expect(stream.update(id, state, inputs, context())).rejects.toThrow("run `pulumi refresh`");
    await expect(stream.delete(id, state, context())).resolves.toBeUndefined();
  });
});

describe("moving and scaling", () => {
  it("moves the only copy to another server with every message and consumer", async () => {
    const { inputs, id, state } = await create({ ...events, placementTags: ["pod:dk"] });
    await byHand(cluster.client, `CONSUMER.CREATE.${id}.worker`, {
      stream_name: id,
      config: { durable_name: "worker", ack_policy: "explicit" },
    });
    await publish(cluster.client, "events.a", 2000);
    const wanted = { ...inputs, placementTags: ["pod:se"] };
    expect(await stream.update(id, state, wanted, context())).toMatchObject({ placementTags: ["pod:se"] });
    expect(await copiesOf(cluster.client, id)).toEqual(["test-se"]);
    expect((await infoOf(cluster.client, id)).state).toMatchObject({
      messages: 2000,
      first_seq: 1,
      last_seq: 2000,
    });
    const worker = await byHand(cluster.client, `CONSUMER.INFO.${id}.worker`);
    expect(worker).toMatchObject({ num_pending: 2000 });
  });

  it("goes from one pinned copy to three anywhere and back, in one update each, while messages come in", async () => {
    const { inputs, id, state } = await create({ ...events, placementTags: ["pod:no"] });
    await publish(cluster.client, "events.a", 1000);
    let publishing = true;
    let published = 1000;
    const load = (async () => {
      while (publishing) {
        await publish(cluster.client, "events.b", 10).then(
          () => (published += 10),
          () => {},
        );
      }
    })();
    const wide = await stream.update(id, state, { ...inputs, replicas: 3, placementTags: [] }, context());
    expect(await copiesOf(cluster.client, id)).toEqual(["test-dk", "test-no", "test-se"]);
    const narrow = await stream.update(id, wide, { ...inputs, placementTags: ["pod:se"] }, context());
    publishing = false;
    await load;
    expect(narrow).toMatchObject({ replicas: 1, placementTags: ["pod:se"] });
    expect(await copiesOf(cluster.client, id)).toEqual(["test-se"]);
    const { messages } = (await infoOf(cluster.client, id)).state;
    expect(messages).toBeGreaterThanOrEqual(published);
    expect(await stream.read(id, { ...inputs, placementTags: ["pod:se"] }, narrow, context())).toMatchObject({
      state: narrow,
    });
  });

  it("that can't be finished says so and remembers how far it came", async () => {
    const { inputs, id, state } = await create({ ...events, placementTags: ["pod:dk"] });
    const wanted = { ...inputs, replicas: 4, placementTags: [], description: "four" };
    const soon = context({ deadline: Date.now() + 3_000 });
    const failure = await stream.update(id, state, wanted, soon).catch((error) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure.message).toContain("the stream needs 4 copies on as many servers");
    expect(failure.state).toEqual({ ...state, placementTags: [], description: "four" });
    expect(await stream.update(id, failure.state, inputs, context())).toEqual(state);
  });
});
