import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ClusterClient } from "../../client/cluster-client.ts";
import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { consumerDefaults } from "../../model/jetstream/consumer.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import { streamDefaults } from "../../model/jetstream/stream.ts";
import type { ConsumerChange } from "../../operations/preview/changes.ts";
import { askConsumers } from "../../operations/preview/live-consumers.ts";
import { cutAfter, span, TestConsumer } from "../support/consumer-place.ts";
import { contextOf } from "../support/context.ts";
import { byHand, consumerInputs, deleteAll, infoOf, publish } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { consumer } from "../support/plugin.ts";

const id = "EVENTS/worker";
const inputs = consumerInputs({ stream: "EVENTS", name: "worker", filterSubjects: ["events.>"] });
const changed = { ...inputs, maxWaiting: 256 };

let cluster: TestCluster;
let worker: TestConsumer;

beforeAll(async () => {
  cluster = await startCluster(["dk"]);
  worker = new TestConsumer(cluster.client, "EVENTS", "worker");
});

afterAll(() => cluster.stop());

beforeEach(() => deleteAll(cluster.client));
afterEach(() => deleteAll(cluster.client));

const context = (of: ClusterClient = cluster.client) => contextOf(of, { name: "worker" });

/** In memory: a server without a cluster may bring back files of a stream that was deleted right before. */
function makeStream(retention: string) {
  const config = { name: "EVENTS", subjects: ["events.>"], storage: "memory", retention };
  return byHand(cluster.client, "STREAM.CREATE.EVENTS", config);
}

function makeByHand(name: string, config: object = {}) {
  const request = {
    stream_name: "EVENTS",
    config: { durable_name: name, ack_policy: "explicit", ...config },
  };
  return byHand<ConsumerInfo>(cluster.client, `CONSUMER.CREATE.EVENTS.${name}`, request);
}

/** A consumer of ten messages, of which the first ones are acknowledged. */
async function halfWay(wanted: Properties = inputs, acknowledged = 4): Promise<Properties> {
  const { state } = await consumer.create(wanted, context());
  await publish(cluster.client, "events.a", 10);
  await worker.take(acknowledged);
  // A server acknowledges a message before its consumers have counted it.
  await expect.poll(async () => (await worker.info()).num_pending).toBe(10 - acknowledged);
  return state;
}

const update = (state: Properties, wanted: Properties, of?: ClusterClient) =>
  consumer.update(id, state, wanted, context(of));

const stored = async () => (await infoOf(cluster.client, "EVENTS")).state.messages;

async function expectNoDrift(state: Properties, wanted: Properties): Promise<void> {
  const read = await consumer.read(id, wanted, state, context());
  expect(read).toEqual({ id, inputs: wanted, state });
  expect(consumer.diff(read?.state ?? {}, wanted, wanted).changes).toEqual([]);
}

describe("a consumer that no server changes in place", () => {
  it.each([
    ["limits", { maxWaiting: 256 }],
    ["limits", { replayPolicy: "original" }],
    ["limits", { ackPolicy: "all" }],
    ["limits", { maxWaiting: 100, ackPolicy: "all", maxDeliver: 7, description: "new" }],
    ["interest", { maxWaiting: 256 }],
    ["workqueue", { maxWaiting: 256 }],
  ])("goes on where it was, on a stream with retention %s: %j", async (retention, changes) => {
    await makeStream(retention);
    const state = await halfWay();
    const wanted = { ...inputs, ...changes };
    const updated = await update(state, wanted);
    expect(updated).toEqual({ ...wanted, generation: state.generation, created: expect.any(String) });
    expect(updated.created).not.toBe(state.created);
    expect(await worker.names()).toEqual(["worker"]);
    await expectNoDrift(updated, wanted);
    expect(await worker.rest()).toEqual(span(5, 10));
  });

  it("gives again what is delivered and not acknowledged, and no more", async () => {
    await makeStream("limits");
    const state = await halfWay();
    await worker.take(3, () => false);
    await update(state, changed);
    expect(await worker.rest()).toEqual(span(5, 10));
  });

  it("keeps what somebody gave it besides, and filters that match a part of the stream", async () => {
    await makeStream("limits");
    const wanted = { ...inputs, filterSubjects: ["events.b", "events.c"] };
    const { state } = await consumer.create(wanted, context());
    const { config } = await worker.info<ConsumerInfo>();
    await byHand(cluster.client, "CONSUMER.CREATE.EVENTS.worker", {
      stream_name: "EVENTS",
      config: { ...config, headers_only: true, metadata: { ...config.metadata, team: "events" } },
    });
    for (const subject of ["a", "b", "c", "a", "b", "c"])
      await publish(cluster.client, `events.${subject}`, 1);
    expect(await worker.take(2)).toEqual([2, 3]);
    await update(state, { ...wanted, maxWaiting: 9 });
    const info = await worker.info<ConsumerInfo>();
    expect(info.config).toMatchObject({ headers_only: true, metadata: { team: "events" }, max_waiting: 9 });
    expect(await worker.rest()).toEqual([5, 6]);
  });

  it("goes on after a second change, also where nothing was delivered in between, and a change in place after that", async () => {
    await makeStream("limits");
    const first = await update(await halfWay(), changed);
    const wanted = { ...inputs, maxWaiting: 128 };
    const second = await update(first, wanted);
    expect((await worker.take(2)).at(-1)).toBe(6);
    const third = await update(second, { ...wanted, maxWaiting: 64 });
    const last = await update(third, { ...wanted, maxWaiting: 64, maxDeliver: 9 });
    expect((await worker.info<ConsumerInfo>()).config).toMatchObject({
      deliver_policy: "by_start_sequence",
      opt_start_seq: 7,
      max_deliver: 9,
    });
    await expectNoDrift(last, { ...wanted, maxWaiting: 64, maxDeliver: 9 });
    expect(await worker.rest()).toEqual(span(7, 10));
  });

  it("is changed by a create that finds it, as after `down`", async () => {
    await makeStream("limits");
    await halfWay();
    await consumer.create(changed, context());
    expect(await worker.rest()).toEqual(span(5, 10));
  });
});

describe("a start that somebody else gave a consumer", () => {
  it("is drift, for only our own metadata says otherwise", async () => {
    await makeStream("limits");
    const { state } = await consumer.create(inputs, context());
    await byHand(cluster.client, "CONSUMER.DELETE.EVENTS.worker");
    await publish(cluster.client, "events.a", 3);
    await makeByHand("worker", {
      deliver_policy: "by_start_sequence",
      opt_start_seq: 2,
      filter_subject: "events.>",
    });
    const read = await consumer.read(id, inputs, state, context());
    expect(read?.state).toMatchObject({ deliverPolicy: "by_start_sequence" });
  });
});

describe("a change that would lose a consumer's place", () => {
  /** Of ten messages the first is pending, and seven of the others are acknowledged. */
  async function withGap(): Promise<Properties> {
    const { state } = await consumer.create(inputs, context());
    await publish(cluster.client, "events.a", 10);
    await worker.take(8, (place) => place > 0);
    return state;
  }

  it.each(["limits", "interest"])(
    "is refused with the number of messages that are acknowledged behind the floor: %s",
    async (retention) => {
      await makeStream(retention);
      const state = await withGap();
      const before = await worker.info<ConsumerInfo>();
      await expect(update(state, changed)).rejects.toThrow(
        "the consumer EVENTS/worker was not changed: no server changes that in place (maxWaiting 512 → 256), so the consumer " +
          "would be recreated and begin at sequence 1 of its stream, the first message that is not acknowledged: up to 7 " +
          "acknowledged messages would come again. Let the clients acknowledge what is pending first",
      );
      expect((await worker.info<ConsumerInfo>()).created).toBe(before.created);
      expect(await worker.names()).toEqual(["worker"]);
    },
  );

  it("is done with consent, in the same update", async () => {
    await makeStream("limits");
    const wanted = { ...changed, allowPositionLoss: true };
    const updated = await update(await withGap(), wanted);
    expect(updated).toMatchObject({ allowPositionLoss: true });
    await expectNoDrift(updated, wanted);
    expect((await worker.info<ConsumerInfo>()).config).not.toHaveProperty("allowPositionLoss");
    expect(await worker.rest()).toEqual(span(1, 10));
  });

  it("is none in a work queue, where only what is not acknowledged is left", async () => {
    await makeStream("workqueue");
    await update(await withGap(), changed);
    expect(await worker.rest()).toEqual([1, 9, 10]);
  });

  it.each([
    [
      { maxWaiting: 256, filterSubjects: ["events.a"] },
      "because its filters change in the same update: up to 4 acknowledged messages would come again. Make two updates, one",
    ],
    [
      { ackPolicy: "none" },
      'because nothing is acknowledged with ackPolicy "none": up to 4 acknowledged messages would come again. Undo the change',
    ],
    [
      { deliverPolicy: "new" },
      'because a consumer keeps its place only with deliverPolicy "all" before and after the change: up to 6 messages, and ' +
        "what is published meanwhile, would never come. Undo the change, give the new consumer another name, or set allow",
    ],
    [
      { deliverPolicy: "last" },
      "up to 4 acknowledged messages would come again, and up to 6 messages, and what is published meanwhile, would never come",
    ],
  ])("is refused where nothing says where it would go on: %j", async (changes, words) => {
    await makeStream("limits");
    const state = await halfWay();
    await expect(update(state, { ...inputs, ...changes })).rejects.toThrow(words);
    expect(await worker.rest()).toEqual(span(5, 10));
  });

  it.each<[Properties, number[]]>([
    [{ maxWaiting: 256, filterSubjects: ["events.a"] }, span(1, 10)],
    [{ deliverPolicy: "last" }, [10]],
    [{ deliverPolicy: "new" }, []],
  ])("is done with consent as the new policy says: %j", async (changes, left) => {
    await makeStream("limits");
    const wanted = { ...inputs, ...changes, allowPositionLoss: true };
    const updated = await update(await halfWay(), wanted);
    await expectNoDrift(updated, wanted);
    expect(await worker.rest()).toEqual(left);
  });

  it("is refused for a consumer that had another policy all along", async () => {
    await makeStream("limits");
    const wanted = { ...inputs, deliverPolicy: "new" };
    const state = await halfWay(wanted);
    await expect(update(state, { ...wanted, maxWaiting: 256 })).rejects.toThrow("up to 6 messages, and what");
  });

  it("keeps the messages of an interest stream all the same, with consent", async () => {
    await makeStream("interest");
    const wanted = { ...inputs, ackPolicy: "none", allowPositionLoss: true };
    await update(await halfWay(), wanted);
    expect(await stored()).toBe(6);
    expect(await worker.names()).toEqual(["worker"]);
  });
});

describe("a consumer that has the name of the helper", () => {
  it("is left alone, and the change is refused before anything is deleted", async () => {
    await makeStream("limits");
    const state = await halfWay();
    const { created } = await makeByHand("worker-resume");
    await expect(update(state, changed)).rejects.toThrow(
      "the consumer EVENTS/worker was not changed: the consumer has to be recreated, and worker-resume has to keep its " +
        "place meanwhile. But there is a consumer EVENTS/worker-resume already, and it was made outside of Pulumi. Delete worker-resume",
    );
    expect(await worker.names()).toEqual(["worker", "worker-resume"]);
    expect(await new TestConsumer(cluster.client, "EVENTS", "worker-resume").info()).toMatchObject({
      created,
    });
    expect(await worker.rest()).toEqual(span(5, 10));
  });

  it("is refused too where it is another stack's, or a consumer of this one", async () => {
    await makeStream("limits");
    const state = await halfWay();
    const other = { ...inputs, name: "worker-resume" };
    await consumer.create(other, contextOf(cluster.client, { name: "worker-resume" }));
    await expect(update(state, changed)).rejects.toThrow('belongs to the resource "worker-resume"');
  });

  it("does not matter to a change in place, nor to a work queue", async () => {
    await makeStream("workqueue");
    const state = await halfWay();
    await makeByHand("worker-resume", { filter_subject: "none.>" }).catch(() => undefined);
    await update(await update(state, { ...inputs, maxDeliver: 3 }), { ...changed, maxDeliver: 3 });
    expect(await worker.rest()).toEqual(span(5, 10));
  });
});

describe("a preview that asks the servers", () => {
  const owner = { project: "unityplan-nats", stack: "test" };
  const spec = { ...consumerDefaults, stream: "EVENTS", name: "worker", filterSubjects: ["events.>"] };
  const other = { ...spec, maxWaiting: 256 };
  const change = (verb: ConsumerChange["verb"], after: ConsumerInputs | undefined): ConsumerChange => ({
    what: "consumer",
    id,
    verb,
    before: spec,
    after,
    details: [],
  });
  const ask = (verb: ConsumerChange["verb"], after?: ConsumerInputs) =>
    askConsumers([change(verb, after)], {
      cluster: cluster.client,
      owner,
      streams: [{ ...streamDefaults, name: "EVENTS", subjects: ["events.>"] }],
    });

  it("is told what would come again, and what would go with a consumer", async () => {
    await makeStream("limits");
    await halfWay();
    await worker.take(3, (place) => place > 0);
    const misplaced = { again: 2, skipped: undefined };
    expect(await ask("changed", other)).toEqual({
      facts: new Map([[id, { misplaced }]]),
      refusals: [],
      silent: [],
    });
    expect((await ask("deleted")).facts).toEqual(new Map([[id, { messages: 0 }]]));
    expect((await ask("changed", { ...spec, maxDeliver: 3 })).facts).toEqual(new Map());
  });

  it("is told what other filters would delete", async () => {
    await makeStream("interest");
    await halfWay();
    const elsewhere = { ...spec, filterSubjects: ["events.b"] };
    expect((await ask("changed", elsewhere)).facts.get(id)).toEqual({ messages: 6 });
  });

  it("is told so of a helper that is alone, and of one that another consumer stands in for", async () => {
    await makeStream("interest");
    const state = await halfWay();
    await expect(update(state, changed, cutAfter(6, true, cluster.client))).rejects.toThrow("broke");
    expect((await ask("changed", other)).facts.get(id)).toEqual({
      misplaced: { again: 0, skipped: undefined },
    });
    expect((await ask("deleted")).facts.get(id)).toEqual({ messages: 6 });
    await update(state, changed);
    await makeByHand("worker-resume");
    expect((await ask("changed", { ...spec, maxWaiting: 9 })).refusals).toEqual([
      expect.stringContaining(
        "But there is a consumer EVENTS/worker-resume already, and it was made outside",
      ),
    ]);
  });
});

describe("a consumer that is deleted", () => {
  const remove = (state: Properties, given: Properties = inputs) =>
    consumer.delete(id, state, context(), given);
  const refusal =
    "the consumer EVENTS/worker was not deleted: its stream keeps a message only for as long as a consumer waits for it " +
    "(retention: interest), and up to 10 messages would be deleted with it. If the messages may be lost, put the consumer back " +
    "into the program with allowPositionLoss: true, run `pulumi up`, and remove the consumer after that: a deletion sees only " +
    "the consent of an earlier update";

  it("is refused where it is all that an interest stream keeps ten messages for", async () => {
    await makeStream("interest");
    const state = await halfWay(inputs, 0);
    await expect(remove(state)).rejects.toThrow(refusal);
    expect(await stored()).toBe(10);
    expect(await worker.rest()).toEqual(span(1, 10));
  });

  it("is refused too where they are delivered and not acknowledged", async () => {
    await makeStream("interest");
    const state = await halfWay();
    await worker.take(6, () => false);
    await expect(remove(state)).rejects.toThrow("up to 6 messages would be deleted with it");
  });

  it("is refused too where they were delivered as often as they may be, and nobody acknowledged them", async () => {
    await makeStream("interest");
    const state = await halfWay({ ...inputs, maxDeliver: 1, ackWaitSeconds: 1 });
    await worker.take(6, () => false);
    await expect.poll(async () => (await worker.info()).num_ack_pending, { timeout: 10_000 }).toBe(0);
    expect((await worker.info()).num_pending).toBe(0);
    await expect(remove(state)).rejects.toThrow("up to 6 messages would be deleted with it");
    expect(await stored()).toBe(6);
  });

  it("is deleted with the consent of the update before, its own or that of its stream", async () => {
    await makeStream("interest");
    const state = await halfWay();
    const consented = await update(state, { ...inputs, allowPositionLoss: true });
    await remove(consented);
    expect(await stored()).toBe(0);
    const other = await halfWay();
    await remove(other, { ...inputs, allowDataLoss: true });
    expect(await worker.names()).toEqual([]);
  });

  it.each([
    ["limits", 10],
    ["workqueue", 6],
  ])("needs none on a stream with retention %s, which keeps its messages", async (retention, left) => {
    await makeStream(retention);
    await remove(await halfWay());
    expect(await stored()).toBe(left);
  });

  it("needs none where nothing goes: the stream is empty or gone, or another consumer waits for all of it", async () => {
    await makeStream("interest");
    const empty = await halfWay(inputs, 10);
    await remove(empty);
    const { state } = await consumer.create(inputs, context());
    await makeByHand("audit");
    await publish(cluster.client, "events.a", 10);
    await expect.poll(stored).toBe(10);
    await remove(state);
    expect(await stored()).toBe(10);
    await deleteAll(cluster.client);
    await remove(state);
  });

  it("is refused for what another consumer does not wait for", async () => {
    await makeStream("interest");
    const { state } = await consumer.create(inputs, context());
    await makeByHand("audit", { filter_subject: "events.b" });
    await publish(cluster.client, "events.a", 3);
    await publish(cluster.client, "events.b", 4);
    await expect.poll(async () => (await worker.info()).num_pending).toBe(7);
    await expect(remove(state)).rejects.toThrow("up to 3 messages would be deleted with it");
  });

  it("is refused too where an update that died has left its helper alone, and takes that along with consent", async () => {
    await makeStream("interest");
    const state = await halfWay();
    await expect(update(state, changed, cutAfter(6, true, cluster.client))).rejects.toThrow("broke");
    expect(await worker.names()).toEqual(["worker-resume"]);
    await expect(remove(state)).rejects.toThrow("up to 6 messages would be deleted with it");
    await remove({ ...state, allowPositionLoss: true });
    expect(await worker.names()).toEqual([]);
  });
});

describe("a consumer of an interest stream that no longer waits for some subjects", () => {
  const narrowed = { ...inputs, filterSubjects: ["events.a"] };

  async function withBoth(): Promise<Properties> {
    await makeStream("interest");
    const { state } = await consumer.create(inputs, context());
    await publish(cluster.client, "events.a", 3);
    await publish(cluster.client, "events.b", 4);
    await expect.poll(async () => (await worker.info()).num_pending).toBe(7);
    return state;
  }

  it("is refused with the number of their messages, and may with consent in the same update", async () => {
    const state = await withBoth();
    await expect(update(state, narrowed)).rejects.toThrow(
      /EVENTS\/worker was not changed: .* the new filters would delete up to 4 messages/,
    );
    expect(await stored()).toBe(7);
    await update(state, { ...narrowed, allowPositionLoss: true });
    await expect.poll(stored).toBe(3);
  });

  it("changes in place where nothing goes: another consumer waits for them, or there are none", async () => {
    const state = await withBoth();
    await makeByHand("audit");
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(7);
    const updated = await update(state, narrowed);
    expect(await stored()).toBe(7);
    await update(updated, inputs);
    await deleteAll(cluster.client);
    await makeStream("interest");
    const { state: other } = await consumer.create(inputs, context());
    await publish(cluster.client, "events.a", 3);
    await update(other, narrowed);
    expect(await stored()).toBe(3);
  });
});

describe("an update that died while it was making a consumer again", () => {
  /** What the engine has in its state then: nothing of the update, or what the failed one said of the consumer. */
  type Left = "before" | "failed";

  /** Kills the update at each of its requests, before it is done or after, and lets the next one go on. */
  async function killed(
    retention: string,
    left: Left,
    goOn: (state: Properties, wanted: Properties) => Promise<Properties>,
  ): Promise<number> {
    for (let cut = 1; ; cut += 1) {
      for (const isDone of [true, false]) {
        await deleteAll(cluster.client);
        await makeStream(retention);
        const state = await halfWay();
        const died = await update(state, changed, cutAfter(cut, isDone, cluster.client)).catch(
          (error: Error & { state?: Properties }) => error,
        );
        if (!(died instanceof Error)) return cut - 1;
        const what = `${retention}, request ${cut}${isDone ? ", which was done" : ""}`;
        const known = left === "failed" ? (died.state ?? state) : state;
        const updated = await goOn(known, changed);
        expect.soft(await worker.names(), what).toEqual(["worker"]);
        expect.soft(await worker.rest(), what).toEqual(span(5, 10));
        expect.soft(consumer.diff(updated, changed, changed).changes, what).toEqual([]);
        expect.soft((await worker.info<ConsumerInfo>()).config.max_waiting, what).toBe(256);
      }
    }
  }

  it.each<[string, Left, number]>([
    ["limits", "before", 9],
    ["limits", "failed", 8],
    ["interest", "before", 8],
    ["interest", "failed", 8],
    ["workqueue", "before", 6],
    ["workqueue", "failed", 6],
  ])(
    "lost no position on a stream with retention %s, whatever is in the state (%s): the next goes on",
    async (retention, left, requests) => {
      expect(await killed(retention, left, update)).toBeGreaterThanOrEqual(requests);
    },
  );

  it("lost none either where a refresh comes next, and then a create of what is gone", async () => {
    await killed("interest", "failed", async (state, wanted) => {
      const read = await consumer.read(id, wanted, state, context());
      return read === undefined
        ? (await consumer.create(wanted, context())).state
        : update(read.state, wanted);
    });
  });

  it("goes on only as the consumer was, and refuses other filters without consent", async () => {
    await makeStream("limits");
    const state = await halfWay();
    // The look at the consumer, at its stream, for a helper of others and for one's own, its creation, the deletion.
    await expect(update(state, changed, cutAfter(6, true, cluster.client))).rejects.toThrow("broke");
    expect(await worker.names()).toEqual(["worker-resume"]);
    const others = { ...changed, filterSubjects: ["events.b"] };
    await expect(update(state, others)).rejects.toThrow(
      "the consumer EVENTS/worker was not recreated: an update died while it recreated the consumer, and left worker-resume",
    );
    await update(state, { ...others, allowPositionLoss: true });
    expect(await worker.names()).toEqual(["worker"]);
  });

  it("with consent has lost the place by consent, and the next one makes the consumer", async () => {
    await makeStream("limits");
    const state = await halfWay();
    const wanted = { ...inputs, deliverPolicy: "new", allowPositionLoss: true };
    await expect(update(state, wanted, cutAfter(4, true, cluster.client))).rejects.toThrow("broke");
    expect(await worker.names()).toEqual([]);
    await update(state, wanted);
    expect(await worker.names()).toEqual(["worker"]);
  });

  it("is not what has happened to a consumer that somebody deleted", async () => {
    await makeStream("limits");
    const state = await halfWay();
    await byHand(cluster.client, "CONSUMER.DELETE.EVENTS.worker");
    await expect(update(state, changed)).rejects.toThrow("EVENTS/worker is gone");
  });

  it("has left a helper that no consumer can be made of", async () => {
    await makeStream("limits");
    const state = await halfWay();
    await expect(update(state, changed, cutAfter(5, true, cluster.client))).rejects.toThrow("broke");
    await expect(consumer.create({ ...inputs, name: "worker-resume" }, context())).rejects.toThrow(
      "the consumer EVENTS/worker-resume keeps the place of worker, because an update died while it recreated worker",
    );
  });
});
