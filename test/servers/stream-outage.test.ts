import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NoAnswer } from "../../client/errors.ts";
import { contextOf } from "../support/context.ts";
import { byHand, consumerInputs, copiesOf, infoOf, publish, streamInputs } from "../support/jetstream.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { consumer, stream } from "../support/plugin.ts";

const inputs = streamInputs({ name: "EVENTS", subjects: ["events.>"], placementTags: ["pod:se"] });
const wide = streamInputs({ name: "WIDE", subjects: ["wide.>"], replicas: 3 });

const inSeconds = (seconds: number) => Date.now() + seconds * 1000;

describe("a cluster that is not up yet", () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster(["dk", "no", "se"], { started: [] });
  });

  afterAll(() => cluster.stop());

  it("is waited for in vain with an error that says where nobody answers", async () => {
    const context = contextOf(cluster.client, { deadline: inSeconds(1) });
    const failure = await stream.create(inputs, context).catch((error) => error);
    expect(failure).toBeInstanceOf(NoAnswer);
    expect(failure.message).toContain(`no NATS server could be reached at ${cluster.urls.join(", ")}`);
    expect(context.seen).not.toEqual([]);
  });

  it("is no reason for a read to say that a stream is gone", async () => {
    const context = contextOf(cluster.client, { deadline: inSeconds(1) });
    expect(await stream.read("EVENTS", inputs, inputs, context)).toMatchObject({
      id: "EVENTS",
      state: inputs,
    });
    expect(context.warnings).toEqual([
      "no server that has a copy of the stream EVENTS answers; the state keeps it as it was last seen",
    ]);
    const importing = contextOf(cluster.client, { deadline: inSeconds(1) });
    await expect(stream.read("EVENTS", undefined, undefined, importing)).rejects.toThrow(NoAnswer);
  });

  it("that has one server but no leader is told apart from one that is not there", async () => {
    cluster.server("dk").start();
    const context = contextOf(cluster.client, { deadline: inSeconds(2) });
    await expect(stream.create(inputs, context)).rejects.toThrow(
      /^JetStream did not answer STREAM\.INFO\.EVENTS: /,
    );
    const reading = contextOf(cluster.client, { deadline: inSeconds(2) });
    await expect(stream.read("EVENTS", undefined, undefined, reading)).rejects.toThrow(NoAnswer);
  });

  it("is waited for until there is a leader and a server that fits", async () => {
    const context = contextOf(cluster.client, { deadline: inSeconds(50) });
    const creating = stream.create(inputs, context);
    await expect.poll(() => context.seen.length, { timeout: 20_000 }).toBeGreaterThan(0);
    cluster.server("no").start();
    cluster.server("se").start();
    expect(await creating).toMatchObject({ id: "EVENTS" });
    expect(await copiesOf(cluster.client, "EVENTS")).toEqual(["test-se"]);
  });
});

describe("a server that is down", () => {
  let cluster: TestCluster;

  beforeAll(async () => {
    cluster = await startCluster(["dk", "no", "se"]);
  });

  afterAll(() => cluster.stop());

  it("leaves a replicated stream changeable", async () => {
    const { state } = await stream.create(wide, contextOf(cluster.client));
    await cluster.server("no").stop();
    const context = contextOf(cluster.client);
    const updated = await stream.update("WIDE", state, { ...wide, description: "changed" }, context);
    expect(updated).toMatchObject({ description: "changed" });
    cluster.server("no").start();
    const current = async () =>
      ((await infoOf(cluster.client, "WIDE")).cluster?.replicas ?? []).filter((replica) => replica.current)
        .length;
    await expect.poll(current, { timeout: 30_000 }).toBe(2);
  });

  it("with the only copy of a stream leaves it and its consumer as they were last seen, neither gone nor deleted", async () => {
    const created = await stream.create({ ...inputs, allowDataLoss: true }, contextOf(cluster.client));
    const { state } = created;
    const worker = consumerInputs({ stream: "EVENTS", name: "worker" });
    const made = await consumer.create(worker, contextOf(cluster.client));
    await publish(cluster.client, "events.a", 7);
    await cluster.server("se").stop();

    const reading = contextOf(cluster.client, { deadline: inSeconds(40) });
    const readingWorker = contextOf(cluster.client, { deadline: inSeconds(40) });
    const importing = contextOf(cluster.client, { deadline: inSeconds(40) });
    const [read, readWorker, imported] = await Promise.all([
      stream.read("EVENTS", inputs, state, reading),
      consumer.read("EVENTS/worker", worker, made.state, readingWorker),
      stream.read("EVENTS", undefined, undefined, importing).catch((error) => error),
    ]);
    expect(read).toEqual({ id: "EVENTS", inputs, state });
    expect(readWorker).toEqual({ id: "EVENTS/worker", inputs: worker, state: made.state });
    expect(readingWorker.warnings).toEqual([
      expect.stringContaining("no server that has a copy of the consumer EVENTS/worker"),
    ]);
    expect(reading.warnings).toEqual([
      "no server that has a copy of the stream EVENTS answers; the state keeps it as it was last seen",
    ]);
    expect(imported).toMatchObject({
      message: "no server that has a copy of the stream EVENTS answers",
    });
    await expect(
      stream.delete("EVENTS", state, contextOf(cluster.client, { deadline: inSeconds(2) })),
    ).rejects.toThrow();
    expect(await stream.read("OTHER", undefined, undefined, contextOf(cluster.client))).toBeUndefined();

    const updating = contextOf(cluster.client, { deadline: inSeconds(50) });
    const update = stream.update("EVENTS", state, { ...inputs, description: "back" }, updating);
    await expect.poll(() => updating.seen.length, { timeout: 20_000 }).toBeGreaterThan(0);
    cluster.server("se").start();
    expect(await update).toMatchObject({ description: "back" });
    expect((await infoOf(cluster.client, "EVENTS")).state.messages).toBe(7);
    expect(await byHand(cluster.client, "STREAM.NAMES", { subject: "events.a" })).toMatchObject({
      streams: ["EVENTS"],
    });
  });
});
