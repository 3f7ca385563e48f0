import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";

vi.setConfig({ testTimeout: 10 * 60_000, hookTimeout: 10 * 60_000 });
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
});

/** Everything that a pod has on the engine, and what the servers are asked about it. */
const ofPod = (id: string) => (step: { urn: string }) => new RegExp(`::${id}-[a-z]+$`).test(step.urn);
const withNothing = { mode: "parallel", skip: ["dk"] };

/** With changes by which servers are replaced: inputs that come, change and go, and another provider. */
it.each([
  [
    "go",
    { memoryLimit: "unlimited", restartGeneration: 1, maxPayload: "7MB" },
    "unix:///var/run/docker.sock",
  ],
  ["come again", { restartGeneration: 2, lameDuckDuration: "40s" }, undefined],
])(
  "a pod that is left out is not touched by inputs that %s, and comes after by the next update",
  async (_, cluster, docker) => {
    const before = await stack.startTimes();
    const hosts = { local: docker === undefined ? {} : { docker } };
    const policy = { waive: { "memory-limit": "the inputs of a limit have to go" } };
    stack.configure({ cluster, hosts, rollout: withNothing, policy });
    expect((await stack.changes()).filter(ofPod("dk")).map(inShort)).toEqual([]);
    // The first of the two had the machine's usual engine before, which has no URL to compare with.
    expect((await stack.mustUp()).includes("has another Docker engine")).toBe(docker === undefined);
    const after = await stack.startTimes();
    expect(after.dk).toBe(before.dk);
    for (const id of ["no", "se"]) expect(after[id]).not.toBe(before[id]);
    expect((await stack.changes()).map(inShort)).toEqual([]);
    stack.configure({ rollout: "parallel" });
    await stack.mustUp();
    const { dk, ...others } = await stack.startTimes();
    expect(dk).not.toBe(before.dk);
    expect({ ...others, dk: after.dk }).toEqual(after);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  },
);
