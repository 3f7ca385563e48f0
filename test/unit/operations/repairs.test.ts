import { describe, expect, it } from "vitest";
import type { StackOutputs } from "../../../model/contract/stack-outputs.ts";
import type { Seen } from "../../../operations/status/look.ts";
import { type Faulty, repairsOf, repairText } from "../../../operations/status/repairs.ts";

const outputs = {
  pods: { dk: { serverName: "service-nats-dk" }, no: { serverName: "service-nats-no" } },
} as unknown as StackOutputs;

const answering = (...names: readonly string[]) =>
  names.map((name) => ({ name })) as unknown as Seen["servers"];

function repairs(faulty: Partial<Faulty>, seen: Partial<Seen> = {}): string[] {
  const all: Seen = {
    servers: answering("service-nats-dk", "service-nats-no"),
    streams: new Map(),
    consumers: new Map(),
    missing: new Set(),
    certificates: new Map(),
    ...seen,
  };
  const usual = { stack: "dev", outputs, faults: ["a fault"], refreshed: false, now: new Date("2026-11-30") };
  return repairsOf({ ...usual, seen: all, ...faulty });
}

describe("the repair", () => {
  it("of a healthy cluster is none", () => {
    expect(repairs({ faults: [] })).toEqual([]);
    expect(repairText([])).toBe("");
  });

  it("of a server that does not answer begins with a refresh", () => {
    expect(repairs({}, { servers: answering("service-nats-dk") })).toEqual([
      "`npm run up -- --refresh` starts a server that was stopped, and recreates a container that was removed.",
    ]);
  });

  it("of a server that does not answer after a refresh either is found in the server's log", () => {
    expect(repairs({ refreshed: true }, { servers: answering("service-nats-dk") })).toEqual([
      expect.stringMatching(/^`docker logs service-nats-no` .*`docker unpause service-nats-no`\.$/),
    ]);
  });

  it("of what was deleted names what comes back, and the stack that is not dev", () => {
    const missing = new Set(["TERRITORY_NO", "GLOBAL_EVENTS/global-processor"]);
    expect(repairs({ stack: "prod" }, { missing })).toEqual([
      "`npm run up -- --refresh prod` recreates GLOBAL_EVENTS/global-processor, TERRITORY_NO. A recreated stream is empty.",
    ]);
  });

  it("of servers that can't be reached is that of servers that do not answer", () => {
    expect(repairs({}, { unreachable: "no road", servers: [] })).toEqual([
      expect.stringContaining("`npm run up -- --refresh` starts a server"),
    ]);
  });

  it("of a copy that is behind is time", () => {
    expect(repairs({ stack: "prod" })).toEqual([expect.stringContaining("`npm run status -- prod` shows")]);
  });

  it("of a certificate that ended is a new one", () => {
    const certificates = new Map([["no", new Date("2026-11-22")]]);
    expect(repairs({}, { certificates })).toContain("`npm run rotate -- leaves` issues new certificates.");
  });

  it("is a list", () => {
    expect(repairText(["one", "two"])).toBe("\nFix:\n  - one\n  - two\n");
  });
});
