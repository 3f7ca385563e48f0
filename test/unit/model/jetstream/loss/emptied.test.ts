import { describe, expect, it } from "vitest";
import type { HeldStream } from "../../../../../model/jetstream/held.ts";
import { emptiedBy } from "../../../../../model/jetstream/loss/emptied.ts";

function stream(
  changes: Partial<HeldStream> & { on: readonly string[]; behind?: readonly string[] },
): HeldStream {
  const { on, behind = [], ...same } = changes;
  const [leader = "", ...others] = on;
  return {
    account: "$G",
    name: "CACHE",
    storage: "memory",
    subjects: ["cache.>"],
    leader,
    copies: on.length,
    replicas: others.map((name) => ({ name, current: !behind.includes(name) })),
    messages: 100,
    bytes: 1000,
    consumers: 0,
    lastSequences: {},
    ...same,
  };
}

const all = ["a", "b", "c"];
const together = { servers: all, turns: false };
const inTurns = { ...together, turns: true };

describe("a stream in memory", () => {
  it.each([
    ["its only copy stops", { on: ["a"] }, together, true],
    ["its only copy stops in its turn", { on: ["a"] }, inTurns, true],
    ["its only copy stays", { on: ["a"] }, { ...together, servers: ["b"] }, false],
    ["all copies stop together", { on: all }, together, true],
    ["all copies stop in turns", { on: all }, inTurns, false],
    ["one of three copies stops", { on: all }, { ...together, servers: ["b"] }, false],
    ["two of three copies stop together", { on: all }, { ...together, servers: ["b", "c"] }, true],
    [
      "one of three stops and another is behind",
      { on: all, behind: ["b"] },
      { ...together, servers: ["c"] },
      true,
    ],
    [
      "one of three stops and another is empty after its own restart, of which the leader has not heard",
      { on: all, lastSequences: { a: 100, b: 0, c: 100 } },
      { ...together, servers: ["c"] },
      true,
    ],
    ["one of two copies stops", { on: ["a", "b"] }, { ...together, servers: ["a"] }, false],
    ["both copies stop together", { on: ["a", "b"] }, together, true],
    [
      "two of five copies stop together",
      { on: ["a", "b", "c", "d", "e"] },
      { ...together, servers: ["a", "e"] },
      false,
    ],
    ["it has no messages", { on: ["a"], messages: 0 }, together, false],
    ["no copy is on a server that stops", { on: ["d"] }, together, false],
    ["it has no leader, and its copies stop", { on: all, leader: "" }, together, true],
  ] as const)("%s", (_, given, stops, lost) => {
    expect(emptiedBy(stops, [stream(given)])).toHaveLength(lost ? 1 : 0);
  });
});

it("leaves streams on disk alone", () => {
  expect(emptiedBy(together, [stream({ on: ["a"], storage: "file" })])).toEqual([]);
});
