import type { JetStreamManager } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain, nextMessage } from "../support/no-responders.ts";

let stack: TestStack;
let manager: JetStreamManager;

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.mustUp();
  manager = await (await stack.connect("dk")).jetstreamManager();
});

afterAll(async () => {
  await stack?.dispose();
});

const settled = async () => (await stack.changes("--refresh")).map(inShort);

describe("drift of a stream and of consumers", () => {
  let shown: string[];
  let left: string[];

  beforeAll(async () => {
    const stream = await stack.nats("dk", "stream", "edit", "TERRITORY_DK", "--max-age=1d", "--force");
    expect(stream.code, stream.stderr).toBe(0);
    const names = ["GLOBAL_EVENTS", "global-processor"];
    const consumer = await stack.nats("dk", "consumer", "edit", ...names, "--max-pending=7", "--force");
    expect(consumer.code, consumer.stderr).toBe(0);
    await manager.consumers.delete("TERRITORY_NO", "no-local-processor");
    // As an application does that sets its stream up at start.
    await manager.streams.update("CROSS_TERRITORY", { metadata: {} });
    shown = await settled();
    await stack.mustPulumi("refresh", "--yes", "--skip-preview");
    left = (await stack.changes()).map(inShort);
    await stack.mustUp();
  });

  it("is shown by refresh, all of it and nothing else, and is still to be repaired afterwards", () => {
    const drifted = [
      "create TERRITORY_NO/no-local-processor",
      "update CROSS_TERRITORY: ownerTag",
      "update GLOBAL_EVENTS/global-processor: maxAckPending",
      "update TERRITORY_DK: maxAgeSeconds",
    ];
    expect(shown.toSorted()).toEqual(drifted);
    expect(left.toSorted()).toEqual(drifted);
  });

  it("of a stream, made with the nats CLI, is repaired by up", async () => {
    expect((await manager.streams.info("TERRITORY_DK")).config.max_age).toBe(30 * 86_400e9);
  });

  it("of an owner tag that an application erased is repaired by up", async () => {
    const { metadata } = (await manager.streams.info("CROSS_TERRITORY")).config;
    expect(metadata).toMatchObject({ "unityplan.stack": "test", "unityplan.resource": "CROSS_TERRITORY" });
  });

  it("of a consumer is repaired by up", async () => {
    const { config } = await manager.consumers.info("GLOBAL_EVENTS", "global-processor");
    expect(config.max_ack_pending).toBe(1000);
  });

  it("of a consumer that somebody deleted is repaired by up", async () => {
    expect((await manager.consumers.info("TERRITORY_NO", "no-local-processor")).name).toBe(
      "no-local-processor",
    );
  });

  it("is gone after up", async () => {
    expect(await settled()).toEqual([]);
  });
});

describe("drift", () => {
  it("of a server that somebody stopped is shown by refresh, which does not delete it, and repaired by up", async () => {
    const before = await containerId("se");
    expect((await stack.docker("stop", "--time", "60", stack.serverName("se"))).code).toBe(0);
    await stack.mustPulumi("refresh", "--yes", "--skip-preview");
    expect((await stack.docker("inspect", stack.serverName("se"))).code).toBe(0);
    expect((await stack.changes()).map(inShort)).toEqual(["update se-server: mustRun"]);
    await stack.mustUp();
    const { stdout } = await stack.docker("inspect", "--format", "{{.State.Status}}", stack.serverName("se"));
    expect(stdout.trim()).toBe("running");
    expect(await containerId("se")).toBe(before);
    expect(await settled()).toEqual([]);
  });
});

describe("a change of a stream", () => {
  afterEach(() => stack.configure({ streams: {} }));

  it("names its properties in the preview and changes it in place", async () => {
    stack.configure({ streams: { GLOBAL_EVENTS: { maxAge: "9d", maxMessages: 1_000_000 } } });
    expect((await stack.changes()).map(inShort)).toEqual([
      "update GLOBAL_EVENTS: maxAgeSeconds, maxMessages",
    ]);
    await stack.mustUp();
    expect((await manager.streams.info("GLOBAL_EVENTS")).config).toMatchObject({
      max_age: 9 * 86_400e9,
      max_msgs: 1_000_000,
    });
  });

  it("that would lose messages is refused with their number, and done with consent", async () => {
    for (let count = 0; count < 10; count++) await publish("global.user.registered");
    stack.configure({ streams: { GLOBAL_EVENTS: { maxMessages: 4 } } });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("would delete 6 messages");
    expect(refused.stdout).toContain("allowDataLoss: true");
    expect((await manager.streams.info("GLOBAL_EVENTS")).state.messages).toBe(10);
    stack.configure({ streams: { GLOBAL_EVENTS: { maxMessages: 4, allowDataLoss: true } } });
    await stack.mustUp();
    expect((await manager.streams.info("GLOBAL_EVENTS")).state.messages).toBe(4);
    stack.configure({ streams: {} });
    await stack.mustUp();
  });
});

describe("a stream with messages", () => {
  const archive = { ARCHIVE: { subjects: ["archive.>"], replicas: 3 } };

  it("is not deleted without consent, which has to land one update earlier", async () => {
    stack.configure({ streams: archive });
    await stack.mustUp();
    for (let count = 0; count < 3; count++) await publish("archive.a.b");
    stack.configure({ streams: {} });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("the stream ARCHIVE was not deleted: it holds 3 messages");
    expect((await manager.streams.info("ARCHIVE")).state.messages).toBe(3);

    stack.configure({ streams: { ARCHIVE: { ...archive.ARCHIVE, allowDataLoss: true } } });
    await stack.mustUp();
    stack.configure({ streams: {} });
    await stack.mustUp();
    await expect(manager.streams.info("ARCHIVE")).rejects.toThrow(/not found/);
  });

  it("is not replaced either: the preview says replace, the update refuses", async () => {
    stack.configure({ streams: archive });
    await stack.mustUp();
    await publish("archive.a.b");
    stack.configure({ streams: { ARCHIVE: { ...archive.ARCHIVE, storage: "memory" } } });
    const replaced = (await stack.changes()).map(inShort);
    expect(replaced).toContain("replace ARCHIVE: storage");
    expect((await stack.up()).code).not.toBe(0);
    expect((await manager.streams.info("ARCHIVE")).config.storage).toBe("file");
    stack.configure({ streams: { ARCHIVE: { ...archive.ARCHIVE, allowDataLoss: true } } });
    await stack.mustUp();
    stack.configure({ streams: {} });
    await stack.mustUp();
  });
});

describe("a consumer", () => {
  const waits = (maxWaiting: number) => ({
    GLOBAL_EVENTS: { consumers: { "global-processor": { maxWaiting } } },
  });
  const jobs = { subjects: ["jobs.>"], replicas: 3, retention: "interest", consumers: { worker: {} } };
  const names = async (name: string) =>
    (await manager.consumers.list(name).next()).map((consumer) => consumer.name).sort();

  it("that no server changes in place is made again, and of 50 acknowledged messages none comes again", async () => {
    await manager.streams.purge("GLOBAL_EVENTS");
    for (let number = 0; number < 52; number++) await publish(`global.user.n${number}`);
    const consumer = await manager.jetstream().consumers.get("GLOBAL_EVENTS", "global-processor");
    for (let number = 0; number < 50; number++) await (await nextMessage(consumer)).ackAck();
    stack.configure({ streams: { ...waits(256), JOBS: jobs } });
    expect((await stack.changes()).map(inShort)).toContain(
      "update GLOBAL_EVENTS/global-processor: maxWaiting",
    );
    await stack.mustUp();
    const info = await manager.consumers.info("GLOBAL_EVENTS", "global-processor");
    expect(info).toMatchObject({ num_pending: 2, config: { max_waiting: 256 } });
    const again = await manager.jetstream().consumers.get("GLOBAL_EVENTS", "global-processor");
    expect((await nextMessage(again)).subject).toBe("global.user.n50");
    expect(await names("GLOBAL_EVENTS")).toEqual(["global-processor"]);
    expect(await settled()).toEqual([]);
  });

  it("of an interest stream is not deleted with what it waits for, and goes with its stream's consent", async () => {
    for (let number = 0; number < 10; number++) await publish("jobs.a");
    stack.configure({ streams: waits(256) });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("the consumer JOBS/worker was not deleted");
    expect(refused.stdout).toContain("up to 10 messages would be deleted with it");
    expect((await manager.streams.info("JOBS")).state.messages).toBe(10);
    stack.configure({ streams: { ...waits(256), JOBS: { ...jobs, allowDataLoss: true } } });
    // The consumer takes the consent over, and nothing of it changes. The refused update had told the gate already.
    expect((await stack.changes()).map(inShort)).toEqual([
      "update unityplan-global: streams",
      "update JOBS: allowDataLoss",
    ]);
    await stack.mustUp();
    stack.configure({ streams: waits(256) });
    await stack.mustUp();
    await expect(manager.streams.info("JOBS")).rejects.toThrow("stream not found");
  });
});

describe("a stream made by hand", () => {
  const legacy = { LEGACY: { subjects: ["legacy.>"], replicas: 1, maxAge: "3d" } };

  it("is refused by up and taken by import, with everything that it holds", async () => {
    const day = 86_400e9;
    const made = {
      name: "LEGACY",
      subjects: ["legacy.>"],
      max_age: 3 * day,
      num_replicas: 1,
      max_msg_size: 8_388_608,
    };
    await manager.streams.add(made);
    await publish("legacy.a");
    stack.configure({ streams: legacy });
    const refused = await stack.up();
    expect(refused.code).not.toBe(0);
    const printed =
      /`npm run pulumi -- (import nats:jetstream:Stream LEGACY [^`]+)`/.exec(refused.stdout)?.[1] ?? "";
    const words = printed.split(" ").map((word) => word.replace(/^'|'$/g, ""));
    await stack.mustPulumi(...words.filter((word) => word !== "--stack" && word !== stack.name), "--yes");
    await stack.mustUp();
    expect((await manager.streams.info("LEGACY")).state.messages).toBe(1);
    expect(await settled()).toEqual([]);
  });
});

async function publish(subject: string): Promise<void> {
  await manager.jetstream().publish(subject, new TextEncoder().encode("x"), askAgain);
}

async function containerId(id: string): Promise<string> {
  return (await stack.docker("inspect", "--format", "{{.Id}}", stack.serverName(id))).stdout.trim();
}
