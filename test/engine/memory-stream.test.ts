import { StorageType } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { Clone } from "../support/clone.ts";
import { askAgain } from "../support/no-responders.ts";

let stack: TestStack;
let clone: Clone | undefined;
const messages = 100;

beforeAll(async () => {
  const cache = { subjects: ["cache.>"], storage: "memory", replicas: 3 };
  stack = await TestStack.create({ streams: { CACHE: cache } });
  await stack.mustUp();
  const connection = await stack.connect("dk");
  try {
    const sessions = { name: "SESSIONS", subjects: ["sessions.>"], storage: StorageType.Memory };
    await (await connection.jetstreamManager()).streams.add({ ...sessions, num_replicas: 3 });
  } finally {
    await connection.close();
  }
  await fill("cache");
  await fill("sessions");
});

async function fill(subject: string): Promise<void> {
  const connection = await stack.connect("dk");
  try {
    const client = connection.jetstream();
    for (let number = 0; number < messages; number++)
      await client.publish(`${subject}.${number}`, "", askAgain);
  } finally {
    await connection.close();
  }
}

afterAll(async () => {
  await clone?.dispose();
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

  it("is refused in turns for a stream of others that has one copy, and for that one alone", async () => {
    stack.configure({ cluster: { memoryLimit: "768MB" }, rollout: "rolling" });
    const connection = await stack.connect("dk");
    const { streams } = await connection.jetstreamManager();
    try {
      await streams.add({ name: "ALONE", subjects: ["alone"], storage: StorageType.Memory });
      await connection.jetstream().publish("alone", "", askAgain);
      const since = stack.now();
      const { code, stdout, stderr } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout + stderr).toContain(
        "in the memory of one of them loses all messages: ALONE with 1 message. ",
      );
      expect(await stack.restarts(since)).toEqual([]);
    } finally {
      await streams.delete("ALONE");
      await connection.close();
    }
  });

  it("is refused all at once before the first server is touched, with the number of messages", async () => {
    stack.configure({ cluster: { memoryLimit: "768MB" }, rollout: "all-at-once" });
    const since = stack.now();
    const { code, stdout, stderr } = await stack.up();
    const output = `${stdout}${stderr}`;
    expect(code).not.toBe(0);
    expect(output).toContain(`CACHE with ${messages} messages, SESSIONS with ${messages} messages`);
    expect(await stack.restarts(since)).toEqual([]);
    expect(await stored()).toEqual([messages, messages]);
  });

  it("is unchecked by a preview, and refused by one that asks the servers", async () => {
    const plain = await npm("preview");
    expect(plain.code, plain.stdout).toBe(0);
    expect(plain.stdout).toContain("unchecked");
    const live = await npm("preview", "--live");
    expect(live.stdout).toContain(`CACHE with ${messages} messages, SESSIONS with ${messages} messages`);
    expect(live.stdout).not.toContain("unchecked");
    expect(live.code).toBe(1);
  });
});

/** As a person runs it, with the configuration of the first call. */
async function npm(command: "down" | "preview", ...args: string[]) {
  clone ??= await Clone.of(stack);
  return clone.command(command, ...args, stack.name);
}

describe("npm run down on a stack with a stream in memory", () => {
  const lost = `These streams are in memory and would be lost: CACHE with ${messages} messages, SESSIONS with ${messages} messages.`;

  it("stops nothing for --yes alone, and counts what would be lost", async () => {
    const before = await stack.startTimes();
    const refused = await npm("down", "--yes");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(`Nothing was stopped. ${lost}\n`);
    expect(refused.stderr).toContain("say `--lose CACHE,SESSIONS`");
    // A name that nobody has gives up nothing.
    const other = await npm("down", "--yes", "--lose", "CACHES");
    expect(other.code).toBe(1);
    expect(other.stderr).toContain("Warning: --lose CACHES: no server has a stream CACHES\n");
    expect(other.stderr).toContain(lost);
    expect(await stack.startTimes()).toEqual(before);
    expect(await stored()).toEqual([messages, messages]);
  });

  it("asks, and says without a terminal how to answer", async () => {
    const { code, stderr } = await npm("down");
    expect(code).toBe(1);
    expect(stderr).toContain(lost);
    expect(stderr).toContain("`--yes --lose CACHE,SESSIONS`");
    expect(await stored()).toEqual([messages, messages]);
  });
});

describe("a stream in memory that is given up", () => {
  it("loses them with the consent of this one update, and not without a word", async () => {
    stack.configure({ rollout: { mode: "all-at-once", lose: ["CACHE", "SESSIONS", "NOBODY"] } });
    const output = await stack.mustUp();
    expect(output).toContain("rollout.lose accepts the loss of CACHE, SESSIONS, NOBODY");
    expect(output).toContain("--lose NOBODY: no server has a stream NOBODY");
    expect(await stored()).toEqual([0, 0]);
  });

  it("goes with npm run down too", async () => {
    await fill("cache");
    const { code, stderr } = await npm("down", "--yes", "--lose", "CACHE");
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(
      `Warning: These streams are in memory and are lost: CACHE with ${messages} messages.`,
    );
    expect(await stack.leftovers("container")).toEqual([]);
  });

  it("asks nobody a second time, when no server is left", async () => {
    const { code, stderr } = await npm("down", "--yes");
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain("unchecked");
  });
});
