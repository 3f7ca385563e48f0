import { StringCodec } from "nats";
import { afterAll, beforeAll, expect, it } from "vitest";
import { inShort, TestStack } from "../support/stack.ts";

const codec = StringCodec();
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create({ rollout: "rolling" });
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
});

it("a rolling change restarts one server after the other, and nothing that was acknowledged is lost", async () => {
  const since = String(Math.floor(Date.now() / 1000));
  const load = await publishUntilStopped();
  stack.configure({ cluster: { lameDuckGrace: "2s" } });
  await stack.mustUp();
  const acknowledged = await load.stop();

  expect(await restarts(since)).toEqual(
    ["dk", "no", "se"].flatMap((id) => [`die ${stack.serverName(id)}`, `start ${stack.serverName(id)}`]),
  );
  expect(acknowledged.length).toBeGreaterThan(50);
  expect(await stored()).toEqual(expect.arrayContaining(acknowledged));
  expect((await stack.changes()).map(inShort)).toEqual([]);
});

/** What happened to the servers' containers, in order. */
async function restarts(since: string): Promise<string[]> {
  const filters = ["--filter", "event=die", "--filter", "event=start"];
  const until = String(Math.ceil(Date.now() / 1000));
  const format = "{{.Action}} {{.Actor.Attributes.name}}";
  const { stdout } = await stack.docker(
    "events",
    "--since",
    since,
    "--until",
    until,
    ...filters,
    "--format",
    format,
  );
  return stdout.split("\n").filter((line) => line.includes(stack.prefix));
}

/** Publishes to the replicated stream from every pod, one at a time, as fast as it is acknowledged. */
async function publishUntilStopped(): Promise<{ stop: () => Promise<string[]> }> {
  const acknowledged: string[] = [];
  let stopped = false;
  const publishers = ["dk", "no", "se"].map(async (id) => {
    const connection = await stack.connect(id);
    const client = connection.jetstream();
    for (let number = 0; !stopped; number++) {
      const text = `${id} ${number}`;
      try {
        await client.publish("global.user.registered", codec.encode(text), { msgID: text, timeout: 2_000 });
        acknowledged.push(text);
      } catch {
        // Not acknowledged: nobody was promised anything, and the next one is another message.
      }
    }
    await connection.close();
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(publishers);
      return acknowledged;
    },
  };
}

async function stored(): Promise<string[]> {
  const connection = await stack.connect("dk");
  try {
    const consumer = await connection.jetstream().consumers.get("GLOBAL_EVENTS");
    const { state } = await (await connection.jetstreamManager()).streams.info("GLOBAL_EVENTS");
    const found: string[] = [];
    for await (const message of await consumer.consume()) {
      found.push(codec.decode(message.data));
      if (message.seq === state.last_seq) break;
    }
    return found;
  } finally {
    await connection.close();
  }
}
