import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ProvenServer } from "../../../../model/contract/node.ts";
import { isDone, isGoing, type Trusted, trustedIn } from "../../../../operations/rotate/trusted.ts";
import type { Phase } from "../../../../operations/rotate/walk.ts";
import { provenServer } from "../../../../plan/transitions/deployed-state.ts";
import { selfSigned } from "../../../support/pem.ts";

const pems = { "1": selfSigned().certificate, "2": selfSigned().certificate };
const fingerprint = (generation: keyof typeof pems) => new X509Certificate(pems[generation]).fingerprint256;

const list = (...all: readonly [number, Phase["phase"]][]): Phase[] =>
  all.map(([generation, phase]) => ({ generation, phase }));

function node(issuer: keyof typeof pems, ...trusted: (keyof typeof pems)[]): ProvenServer {
  return {
    serverName: "service-nats-dk",
    url: "nats://127.0.0.1:4222",
    clusterAddress: "127.0.0.1:6222",
    clientTls: "off",
    servedSince: "2026-11-23T12:00:00Z",
    startDigest: "0123456789abcdef",
    version: "2.15.1",
    issuer: fingerprint(issuer),
    trusted: trusted.map(fingerprint),
  };
}

function left(servers: readonly ProvenServer[], authorities: Record<string, string> = pems): Trusted {
  return { authorities, issued: [], servers, lastGeneration: 2 };
}

const { "1": one } = pems;

describe("an update of the authorities", () => {
  it.each<[string, Trusted, Phase[]]>([
    ["there is one", left([node("1", "1")], { "1": one }), list([1, "active"])],
    [
      "all trust the new one",
      left([node("1", "1", "2"), node("1", "2", "1")]),
      list([1, "active"], [2, "incoming"]),
    ],
    [
      "all have a certificate of the new one",
      left([node("2", "1", "2")]),
      list([1, "outgoing"], [2, "active"]),
    ],
  ])("is done where %s", (_, trusted, authorities) => {
    expect(isDone(trusted, authorities)).toBe(true);
  });

  it.each<[string, Trusted, Phase[]]>([
    ["the new one is not there", left([node("1", "1")], { "1": one }), list([1, "active"], [2, "incoming"])],
    [
      "a server does not trust it",
      left([node("1", "1", "2"), node("1", "1")]),
      list([1, "active"], [2, "incoming"]),
    ],
    [
      "a server has a certificate of the old one",
      left([node("2", "1", "2"), node("1", "1", "2")]),
      list([1, "outgoing"], [2, "active"]),
    ],
    ["a server trusts the one that is gone", left([node("2", "1", "2")]), list([2, "active"])],
    ["a server trusts another one", left([node("1", "2")]), list([1, "active"])],
  ])("is not done where %s", (_, trusted, authorities) => {
    expect(isDone(trusted, authorities)).toBe(false);
  });

  it("is not done where only an older program has proven a server", () => {
    const { issuer: _, trusted: __, ...outputs } = node("1", "1");
    const bare = provenServer(outputs, "");
    for (const active of [1, 2]) {
      expect(isDone(left([bare], { "1": one }), list([active, "active"]))).toBe(false);
    }
  });
});

describe("the last step of a rotation", () => {
  const { "2": two } = pems;

  it.each<[string, Trusted, Phase[]]>([
    ["the trust was not asked yet", left([node("2", "1", "2")]), list([2, "active"])],
    [
      "it died between the trust and the servers",
      left([node("2", "2"), node("2", "1", "2")], { "2": two }),
      list([2, "active"]),
    ],
    ["it takes an incoming one away again", left([node("1", "1", "2")]), list([1, "active"])],
  ])("is what was begun where %s", (_, trusted, authorities) => {
    expect(isGoing(trusted, authorities)).toBe(true);
  });

  it.each<[string, Trusted, Phase[]]>([
    ["a new one comes", left([node("1", "1")], { "1": one }), list([1, "active"], [2, "incoming"])],
    ["it issues", left([node("1", "1", "2")]), list([1, "outgoing"], [2, "active"])],
    ["an update of something else died", left([node("1")], { "1": one }), list([1, "active"])],
  ])("is not where %s", (_, trusted, authorities) => {
    expect(isGoing(trusted, authorities)).toBe(false);
  });

  it("is not known of a server that only an older program has proven", () => {
    const { issuer: _, trusted: __, ...outputs } = node("1", "1");
    const bare = provenServer(outputs, "");
    expect(isGoing(left([bare], { "1": one }), list([1, "active"]))).toBe(false);
  });
});

describe("what the state says of the authorities", () => {
  const trust = {
    urn: "t",
    type: "nats:tls:Trust",
    outputs: { authorities: pems, issued: [], lastGeneration: 4 },
  };

  it("is the trust and every server", () => {
    const nodes = [node("1", "1"), node("2", "1", "2")];
    const resources = nodes.map((outputs) => ({
      urn: "n",
      type: "nats:server:Node",
      outputs: { ...outputs },
    }));
    const others = [{ urn: "s", type: "pulumi:pulumi:Stack" }];
    expect(trustedIn([...others, ...resources, trust])).toEqual({
      authorities: pems,
      issued: [],
      servers: nodes,
      lastGeneration: 4,
    });
  });

  it("knows no highest number where an older program wrote none", () => {
    const { lastGeneration: _, ...outputs } = trust.outputs;
    expect(trustedIn([{ ...trust, outputs }])?.lastGeneration).toBe(0);
  });

  it("is nothing where the stack was never brought up by this program", () => {
    expect(trustedIn([])).toBeUndefined();
    expect(trustedIn([{ urn: "n", type: "nats:server:Node", outputs: {} }])).toBeUndefined();
  });
});
