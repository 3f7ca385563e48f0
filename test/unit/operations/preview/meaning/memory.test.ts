import { describe, expect, it } from "vitest";
import type { HeldStream } from "../../../../../model/jetstream/held.ts";
import type { ServerChange } from "../../../../../operations/preview/changes.ts";
import { memoryMeaning } from "../../../../../operations/preview/meaning/memory.ts";
import { plan } from "../../../../support/configuration.ts";

const restarted: ServerChange = { what: "server", id: "dk", verb: "restarted", details: [] };
const cache: HeldStream = {
  ...{ account: "$G", name: "CACHE", storage: "memory", subjects: [], leader: "a", copies: 1, replicas: [] },
  ...{ messages: 100, bytes: 1000, consumers: 0, lastSequences: {} },
};

const told = (rollout: string, lost?: readonly HeldStream[], change = restarted) =>
  memoryMeaning([change], plan({ rollout }).rollout, lost && { lost });

describe("a restart of servers, for what is in memory", () => {
  it.each([
    ["rolling", "A stream with its only copy in memory would lose its messages"],
    ["parallel", "A stream whose copies are in memory would lose its messages"],
    ["all-at-once", "A stream whose copies are in memory would lose its messages"],
  ])("is unchecked where nobody was asked: %s", (rollout, words) => {
    expect(told(rollout)).toEqual([{ tone: "unchecked", text: expect.stringContaining(words) }]);
  });

  it("loses what was given up", () => {
    expect(told("parallel", [cache])).toEqual([
      {
        tone: "loses",
        text: "The restart loses the messages in memory, with consent: CACHE with 100 messages.",
      },
    ]);
  });

  it("is no matter where the servers have nothing that would go", () => {
    expect(told("parallel", [])).toEqual([]);
  });
});

it("is no matter where no server restarts", () => {
  expect(told("parallel", undefined, { ...restarted, verb: "reloaded" })).toEqual([]);
});
