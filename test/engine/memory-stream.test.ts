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
    for (let number = 0; number < messages; number++)
      await jetStream.publish(`cache.${number}`, "", askAgain);
  } finally {
    await connection.close();
  }
});

afterAll(async () => {
  await stack?.dispose();
});

async function stored(): Promise<number> {
  const connection = await stack.connect("no");
  try {
    return (await (await connection.jetstreamManager()).streams.info("CACHE")).state.messages;
  } finally {
    await connection.close();
  }
}

describe("an update that restarts every server of a stack with a stream in memory", () => {
  it("keeps its messages although the configuration says parallel", async () => {
    stack.configure({ cluster: { memoryLimit: "512MB" }, rollout: "parallel" });
    const since = stack.now();
    await stack.mustUp();
    const restarts = await stack.restarts(since);
    expect(restarts.filter((line) => line.startsWith("start "))).toHaveLength(3);
    expect(await stored()).toBe(messages);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });
});
