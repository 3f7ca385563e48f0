import { describe, expect, it } from "vitest";
import type { ClusterClient } from "../../../client/cluster-client.ts";
import { contextOf } from "../../support/context.ts";
import { clusterGate, membership, node, renewal, trust } from "../../support/plugin.ts";

/** States as programs left them before some of today's properties were there. */
const fingerprint = Array.from({ length: 32 }, () => "AB").join(":");
const bareNode = {
  serverName: "service-nats-dk",
  url: "nats://127.0.0.1:4222",
  clusterAddress: "127.0.0.1:6222",
  certificate: fingerprint,
  containerId: "c1",
  filesDigest: "f1",
};
const wholeNode = {
  ...bareNode,
  clientTls: "off",
  issuer: fingerprint,
  trusted: [fingerprint],
  startDigest: "s1",
};

describe("a state of an older program", () => {
  it("of a node is updated with what it lacks, and its version stays unknown until then", () => {
    const { changes } = node.diff(bareNode, {}, wholeNode);
    expect(changes.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      "add clientTls",
      "add issuer",
      "add trusted",
      "add startDigest",
    ]);
    expect(typeof node.preview(wholeNode, bareNode).version).toBe("symbol");
  });

  it("of a membership lacks no account that counts", () => {
    const inputs = { clusterName: "c", servers: ["a"], systemAccount: "SYS" };
    expect(membership.diff({ clusterName: "c", servers: ["a"] }, {}, inputs).changes).toEqual([]);
  });

  it("of the gate has no streams, and is updated all the same", async () => {
    const state = { clusterName: "c", servers: ["a"], revision: ["1"] };
    const news = { ...state, streams: ["EVENTS"] };
    expect(clusterGate.diff(state, {}, news).changes).toMatchObject([{ path: "streams", kind: "add" }]);
    const context = contextOf(oneServer("a"));
    expect(await clusterGate.update("c", state, { ...news, streams: [] }, context)).toEqual({
      ...news,
      streams: [],
    });
  });

  it("of trust has no last generation, and gets that of its authorities", async () => {
    const inputs = { authorities: { 3: "PEM" }, issued: [], servers: [], recycles: false };
    const context = contextOf(oneServer("a"));
    expect(await trust.update("trust", inputs, inputs, context)).toMatchObject({ lastGeneration: 3 });
  });

  it("of a renewal that is not known when it was issued is not due", () => {
    const inputs = { commonName: "a", names: [], issuer: fingerprint, lifetimeHours: 2, renewBeforeHours: 1 };
    expect(renewal.diff({ ...inputs, issuedAt: null }, {}, inputs).changes).toEqual([]);
  });
});

/** A cluster of one server that answers the system account, and has no streams. */
function oneServer(name: string): ClusterClient {
  const server = { id: "ID", name, ver: "2.15.1" };
  const answers: Readonly<Record<string, unknown>> = {
    ROUTEZ: { routes: [] },
    JSZ: { meta_cluster: { leader: name, replicas: [] } },
    VARZ: { start: "2026-11-30T00:00:00Z" },
  };
  const message = (body: object) => ({ json: () => body });
  const connection = {
    async *pings() {
      yield message({ server });
    },
    requestMany: async () => connection.pings(),
    request: async (subject: string) =>
      message({ server, data: answers[subject.slice(subject.lastIndexOf(".") + 1)] }),
  };
  return { system: async () => connection } as unknown as ClusterClient;
}
