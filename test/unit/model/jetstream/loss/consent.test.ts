import { expect, it } from "vitest";
import type { HeldStream } from "../../../../../model/jetstream/held.ts";
import {
  countedStreams,
  needlessConsents,
  withoutConsent,
  wordsToLose,
} from "../../../../../model/jetstream/loss/consent.ts";

function held(name: string, changes: Partial<HeldStream> = {}): HeldStream {
  return {
    ...{ account: "$G", name, storage: "memory", subjects: [], leader: "a", copies: 1, replicas: [] },
    ...{ messages: 100, bytes: 1000, consumers: 0, lastSequences: {}, ...changes },
  };
}

const cache = held("CACHE");
const team = held("CACHE", { account: "TEAM", messages: 1, consumers: 2 });

it("needs consent for each stream", () => {
  expect(withoutConsent([cache, team], { lose: [], allowed: [] })).toEqual([cache, team]);
  expect(withoutConsent([cache, team], { lose: ["CACHE"], allowed: [] })).toEqual([]);
  // A configuration speaks of the applications' account alone.
  expect(withoutConsent([cache, team], { lose: [], allowed: ["CACHE"] })).toEqual([team]);
});

it("names what was given up for nothing", () => {
  const consents = { lose: ["CACHE", "DISK", "NOBODY"], allowed: ["OTHER"] };
  expect(needlessConsents(consents, [cache], [cache, held("DISK")])).toEqual([
    "--lose DISK: the stream DISK loses nothing here",
    "--lose NOBODY: no server has a stream NOBODY",
  ]);
});

it("counts what would go", () => {
  expect(countedStreams([cache, team])).toBe(
    "CACHE with 100 messages, CACHE (account TEAM) with 1 message and 2 consumers",
  );
});

it("says how to give streams up as a shell takes it", () => {
  expect(wordsToLose([{ name: "CACHE" }, { name: "KV_seats" }, { name: "CACHE" }])).toBe(
    "--lose CACHE,KV_seats",
  );
  expect(wordsToLose([{ name: "$MQTT_sess" }])).toBe("--lose '$MQTT_sess'");
});
