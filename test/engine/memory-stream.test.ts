import { StorageType } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain } from "../support/no-responders.ts";

let stack: TestStack;
const messages = 100;

beforeAll(async () => {
  const cache = { subjects: ["cache.>"], storage: "memory", replicas: 3 };
  stack = await TestStack.create({ streams: { CACHE: cache } });
  await stack.mustUp();
  const connection = await stack.connect("dk");
  try {
    const jetStream = connection.jetstream();
    const sessions = { name: "SESSIONS", subjects: ["sessions.>"], storage: StorageType.Memory };
    await (await connection.jetstreamManager()).streams.add({ ...sessions, num_replicas: 3 });
    for (let number = 0; number < messages; number++) {
      await jetStream.publish(`cache.${number}`, "", askAgain);
      await jetStream.publish(`sessions.${number}`, "", askAgain);
    }
  } finally {
    await connection.close();
  }
});

afterAll(async () => {
  await stack?.dispose();
});

/** Of this stack's stream, and of one that somebody else made. */
async function stored(): Promise<number[]> {
  const connection = await stack.connect("no");
  try {
    const { streams } = await connection.jetstreamManager();
    const infos = await Promise.all(["CACHE", "SESSIONS"].map((name) => streams.info(name)));
    return infos.map(({ state }) => state.messages);
  } finally {
    await connection.close();
  }
}

describe("an update that restarts every server of a stack with a stream in memory", () => {
  it("keeps its messages, and those of others, although the configuration says parallel", async () => {
    stack.configure({ cluster: { memoryLimit: "512MB" }, rollout: "parallel" });
    const since = stack.now();
    await stack.mustUp();
    const restarts = await stack.restarts(since);
    expect(restarts.filter((line) => line.startsWith("start "))).toHaveLength(3);
    expect(await stored()).toEqual([messages, messages]);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });

  it("is refused all at once before the first server is touched, with the number of messages", async () => {
    stack.configure({ cluster: { memoryLimit: "768MB" }, rollout: "all-at-once" });
    const since = stack.now();
    const { code, stdout, stderr } = await stack.up();
    const output = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(output).toContain("nothing was touched. This update restarts the servers");
    expect(output).toContain(`CACHE with ${messages} messages, SESSIONS with ${messages} messages`);
    expect(await stack.restarts(since)).toEqual([]);
    expect(await stored()).toEqual([messages, messages]);
  });

  it("loses them with the consent of this one update, and not without a word", async () => {
    stack.configure({ rollout: { mode: "all-at-once", lose: ["CACHE", "SESSIONS", "NOBODY"] } });
    const output = await stack.mustUp();
    expect(output).toContain("rollout.lose gives up CACHE, SESSIONS, NOBODY");
    expect(output).toContain("--lose NOBODY: no server has a stream NOBODY");
    expect(await stored()).toEqual([0, 0]);
  });
});
