import { StringCodec } from "nats";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain, nextMessage } from "../support/no-responders.ts";
import { imageOfLine, type LineName, serverVersions } from "../support/server-versions.ts";

/** A cluster of 2.10 becomes one of 2.15 by one update for each release, with servers built from their modules. */
// On a new machine four servers are built first.
vi.setConfig({ testTimeout: 15 * 60_000, hookTimeout: 15 * 60_000 });
const codec = StringCodec();
const lines = Object.keys(serverVersions) as LineName[];
let stack: TestStack;

beforeAll(async () => {
  for (const line of lines) await imageOfLine(line);
  stack = await TestStack.create({ rollout: "rolling", cluster: { image: await imageOfLine("2.10") } });
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
});

it("2.10 does not become 2.15 at once: the refusal spells out the way", async () => {
  stack.configure({ cluster: { image: await imageOfLine("2.15") } });
  const { code, stdout, stderr } = await stack.pulumi("preview");
  expect(code).not.toBe(0);
  expect(stdout + stderr).toMatch(/nats:2\.11\.17, nats:2\.12\.15 and nats:2\.14\.9 .*all-at-once/);
});

it("each release is reached from the one before with every message and every consumer's place", async () => {
  await publish(20);
  await take(5);
  let taken = 5;
  for (const line of lines.slice(1)) {
    stack.configure({ cluster: { image: await imageOfLine(line) } });
    const { code, stdout } = await stack.up();
    expect(code, `${line}: ${stdout}`).toBe(0);
    expect(await numbersLeft(), line).toEqual({ messages: 20, unread: 20 - taken });
    await take(1);
    taken++;
  }
  expect((await stack.changes()).map(inShort)).toEqual([]);
});

async function publish(count: number): Promise<void> {
  const connection = await stack.connect("dk");
  const client = connection.jetstream();
  for (let number = 0; number < count; number++)
    await client.publish("global.user.registered", codec.encode(String(number)), askAgain);
  await connection.close();
}

async function take(count: number): Promise<void> {
  const connection = await stack.connect("no");
  const consumer = await connection.jetstream().consumers.get("GLOBAL_EVENTS", "global-processor");
  for (let taken = 0; taken < count; taken++) {
    expect(await (await nextMessage(consumer)).ackAck()).toBe(true);
  }
  await connection.close();
}

async function numbersLeft(): Promise<{ messages: number; unread: number }> {
  const connection = await stack.connect("se");
  const manager = await connection.jetstreamManager();
  const stream = await manager.streams.info("GLOBAL_EVENTS");
  const consumer = await manager.consumers.info("GLOBAL_EVENTS", "global-processor");
  await connection.close();
  return { messages: stream.state.messages, unread: consumer.num_pending + consumer.num_ack_pending };
}
