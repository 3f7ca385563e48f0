import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Properties } from "../../model/contract/properties.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import { markIn } from "../../model/jetstream/ownership.ts";
import { contextOf } from "../support/context.ts";
import { byHand, consumerInputs, deleteAll, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { nextMessage } from "../support/no-responders.ts";
import { consumer } from "../support/plugin.ts";

let cluster: TestCluster;

beforeAll(async () => {
  cluster = await startCluster(["dk", "no", "se"]);
});

afterAll(() => cluster.stop());

beforeEach(async () => {
  const config = { name: "EVENTS", subjects: ["events.>"], num_replicas: 3 };
  await byHand(cluster.client, "STREAM.CREATE.EVENTS", config);
});

afterEach(() => deleteAll(cluster.client));

const id = "EVENTS/worker";
const inputs = consumerInputs({ stream: "EVENTS", name: "worker", filterSubjects: ["events.>"] });

const context = (overrides: Parameters<typeof contextOf>[1] = {}) =>
  contextOf(cluster.client, { name: "worker", ...overrides });

async function create(changes: Properties = {}, overrides: Parameters<typeof contextOf>[1] = {}) {
  return (await consumer.create({ ...inputs, ...changes }, context(overrides))).state;
}

const info = () => byHand<ConsumerInfo>(cluster.client, "CONSUMER.INFO.EVENTS.worker");

function makeByHand(config: Record<string, unknown>) {
  const request = { stream_name: "EVENTS", config: { durable_name: "worker", ...config } };
  return byHand(cluster.client, "CONSUMER.CREATE.EVENTS.worker", request);
}

describe("creating a consumer", () => {
  it("makes a durable pull consumer with UnityPlan's choices and this stack's mark", async () => {
    const made = await consumer.create(inputs, context());
    expect(made).toEqual({
      id,
      state: { ...inputs, generation: expect.any(String), created: expect.any(String) },
    });
    const { config } = await info();
    expect(config).toMatchObject({
      durable_name: "worker",
      filter_subject: "events.>",
      deliver_policy: "all",
      ack_policy: "explicit",
      replay_policy: "instant",
      max_deliver: -1,
      ack_wait: 30e9,
      max_ack_pending: 1000,
      max_waiting: 512,
      num_replicas: 0,
    });
    expect(config).not.toHaveProperty("deliver_subject");
    expect(markIn(config.metadata)).toMatchObject({ name: "worker", generation: made.state.generation });
  });

  it.each<[string, Properties]>([
    ["no filter", { filterSubjects: [] }],
    ["several filters", { filterSubjects: ["events.b", "events.a.*"] }],
    ["nothing to acknowledge", { ackPolicy: "none" }],
    ["the last message of each subject", { deliverPolicy: "last_per_subject" }],
    ["only new messages", { deliverPolicy: "new" }],
    [
      "everything else said",
      {
        description: "all",
        ackPolicy: "all",
        replayPolicy: "original",
        ackWaitSeconds: 0.5,
        maxDeliver: 3,
        maxAckPending: -1,
        maxWaiting: 7,
        replicas: 1,
      },
    ],
  ])("with %s shows no change afterwards", async (_, changes) => {
    const state = await create(changes);
    const wanted = { ...inputs, ...changes };
    const read = await consumer.read(id, wanted, state, context());
    expect(read).toEqual({ id, inputs: wanted, state });
    expect(consumer.diff(read?.state ?? {}, wanted, wanted).changes).toEqual([]);
  });

  it("fails where its stream is missing, and says so", async () => {
    await expect(create({ stream: "NOWHERE" })).rejects.toThrow(
      "consumer NOWHERE/worker: stream not found (JetStream error 10059)",
    );
  });

  it("is refused when one was made by hand", async () => {
    await makeByHand({ ack_policy: "explicit" });
    await expect(create()).rejects.toThrow(
      "a consumer EVENTS/worker exists already and was made outside of Pulumi. To let this stack manage it, run " +
        "`npm run pulumi -- import nats:jetstream:",
    );
  });

  it("is refused when another stack made it", async () => {
    await create({}, { stack: "prod" });
    await expect(create()).rejects.toThrow(
      'belongs to the resource "worker" of the stack unityplan-nats/prod',
    );
  });

  it("takes over this stack's own, which keeps its place", async () => {
    const before = await create();
    await publish(cluster.client, "events.a", 3);
    await byHand(cluster.client, "CONSUMER.INFO.EVENTS.worker");
    const connection = await cluster.client.application(Date.now() + 10_000);
    const messages = await connection.jetstream().consumers.get("EVENTS", "worker");
    (await nextMessage(messages)).ack();
    await expect
      .poll(
        async () =>
          (await byHand<{ ack_floor: { stream_seq: number } }>(cluster.client, "CONSUMER.INFO.EVENTS.worker"))
            .ack_floor.stream_seq,
        { timeout: 10_000 },
      )
      .toBe(1);

    const after = await create({ maxDeliver: 5 });
    expect(after).toEqual({ ...before, maxDeliver: 5, generation: after.generation });
    expect(after.generation).not.toBe(before.generation);
    expect(await info()).toMatchObject({ num_pending: 2, ack_floor: { stream_seq: 1 } });
  });

  it("makes one consumer when the answer is lost and the request is made again", async () => {
    const forgetful = {
      ...cluster.client,
      jetStream: async (...request: Parameters<typeof cluster.client.jetStream>) => {
        if (request[0].startsWith("CONSUMER.CREATE")) await cluster.client.jetStream(...request);
        return cluster.client.jetStream(...request);
      },
    } as typeof cluster.client;
    const { state } = await consumer.create(inputs, contextOf(forgetful));
    expect(markIn((await info()).config.metadata)).toMatchObject({ generation: state.generation });
  });
});

describe("changing a consumer", () => {
  it("changes what can change in place, and keeps others' fields", async () => {
    const state = await create();
    const { config } = await info();
    await makeByHand({ ...config, headers_only: true, metadata: { ...config.metadata, team: "events" } });
    const changes = {
      description: "new",
      filterSubjects: ["events.a", "events.b"],
      ackWaitSeconds: 5,
      maxDeliver: 9,
      maxAckPending: 5,
      replicas: 1,
    };
    const updated = await consumer.update(id, state, { ...inputs, ...changes }, context());
    expect(updated).toEqual({ ...state, ...changes });
    const after = await info();
    expect(after.config).toMatchObject({ headers_only: true, metadata: { team: "events" }, num_replicas: 1 });
    expect(after.cluster?.replicas ?? []).toEqual([]);
    expect((await consumer.read(id, inputs, updated, context()))?.state).toEqual(updated);
  });

  it("repairs drift that a read has shown", async () => {
    const state = await create();
    const { config } = await info();
    await makeByHand({ ...config, ack_wait: 60e9, max_deliver: 2 });
    const read = await consumer.read(id, inputs, state, context());
    expect(read?.state).toEqual({ ...state, ackWaitSeconds: 60, maxDeliver: 2 });
    expect(await consumer.update(id, read?.state ?? {}, inputs, context())).toEqual(state);
    expect((await info()).config).toMatchObject({ ack_wait: 30e9, max_deliver: -1 });
  });

  it("refuses one that was deleted and made again by hand, until a refresh accepts it", async () => {
    const state = await create();
    await byHand(cluster.client, "CONSUMER.DELETE.EVENTS.worker");
    await makeByHand({ ack_policy: "explicit", max_deliver: 7 });
    await expect(consumer.update(id, state, inputs, context())).rejects.toThrow("run `pulumi refresh`");
    const reading = context();
    const read = await consumer.read(id, inputs, state, reading);
    expect(reading.warnings).toHaveLength(1);
    const updated = await consumer.update(id, read?.state ?? {}, inputs, context());
    expect(markIn((await info()).config.metadata)).toMatchObject({ generation: updated.generation });
  });

  it("says that one is gone", async () => {
    const state = await create();
    await byHand(cluster.client, "CONSUMER.DELETE.EVENTS.worker");
    expect(await consumer.read(id, inputs, state, context())).toBeUndefined();
    await expect(consumer.update(id, state, inputs, context())).rejects.toThrow(
      "the consumer EVENTS/worker is gone",
    );
  });
});

describe("importing a consumer", () => {
  it("made by hand gives inputs with which nothing changes but its mark, which the next update gives it", async () => {
    await makeByHand({ ack_policy: "explicit", filter_subjects: ["events.a", "events.b"], max_deliver: 4 });
    const imported = await consumer.read(id, undefined, undefined, context());
    const found = imported?.inputs ?? {};
    expect(found).toEqual({ ...inputs, filterSubjects: ["events.a", "events.b"], maxDeliver: 4 });
    expect(consumer.check(found, undefined)).toEqual({ inputs: found, failures: [] });
    const { changes } = consumer.diff(imported?.state ?? {}, found, found);
    expect(changes).toEqual([{ path: "generation", kind: "update", replaces: false, isOutput: true }]);
    // A server of 2.10 says another time after its restart.
    const before = { ...imported?.state, created: "2026-01-01T00:00:00Z" };
    const reading = context();
    await consumer.read(id, found, before, reading);
    expect(reading.warnings).toEqual([]);
    const updated = await consumer.update(id, before, found, context());
    expect(consumer.diff(updated, found, found).changes).toEqual([]);
    expect(markIn((await info()).config.metadata)).toMatchObject({ generation: updated.generation });
  });

  it("that pushes is refused", async () => {
    await makeByHand({ ack_policy: "explicit", deliver_subject: "push.here" });
    await expect(consumer.read(id, undefined, undefined, context())).rejects.toThrow("is a push consumer");
  });

  it("with something else than STREAM/CONSUMER is refused", async () => {
    await expect(async () => consumer.read("worker", undefined, undefined, context())).rejects.toThrow(
      "give STREAM/CONSUMER",
    );
  });
});

describe("deleting a consumer", () => {
  it("deletes it, and is content when it or its stream is gone already", async () => {
    const state = await create();
    await consumer.delete(id, state, context());
    expect(await consumer.read(id, inputs, state, context())).toBeUndefined();
    await consumer.delete(id, state, context());
    await byHand(cluster.client, "STREAM.DELETE.EVENTS");
    await consumer.delete(id, state, context());
    expect(await consumer.read(id, inputs, state, context())).toBeUndefined();
  });

  it("leaves alone what a renamed resource took over", async () => {
    const old = await create({}, { name: "before" });
    const creating = context({ name: "after" });
    await consumer.create(inputs, creating);
    expect(creating.warnings).toEqual([expect.stringContaining('was taken over from the resource "before"')]);
    const deleting = context({ name: "before" });
    await consumer.delete(id, old, deleting);
    expect(deleting.warnings).toEqual([expect.stringContaining('it belongs to the resource "after"')]);
    expect(await info()).toMatchObject({ name: "worker" });
  });
});
