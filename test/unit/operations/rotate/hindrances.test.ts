import { describe, expect, it } from "vitest";
import { hindrances } from "../../../../operations/rotate/hindrances.ts";
import { restartsAll, serverContainer, startDigest } from "../../../../plan/render/server-container.ts";
import { plan } from "../../../support/configuration.ts";

const topology = plan();
const proven = topology.pods.map((pod) => ({
  serverName: pod.serverName,
  startDigest: startDigest(serverContainer(pod, topology.cluster)),
}));
const next = plan({ cluster: { restartGeneration: 1 } });

describe("an update", () => {
  it("restarts every server where each is to be started with something else, or is new", () => {
    expect(restartsAll(next, proven)).toBe(true);
    expect(restartsAll(next, proven.slice(1))).toBe(true);
    expect(restartsAll(topology, [])).toBe(true);
  });

  it("does not where one stays, or has restarted already", () => {
    expect(restartsAll(topology, proven)).toBe(false);
    const [pod] = next.pods;
    const done = pod && {
      serverName: pod.serverName,
      startDigest: startDigest(serverContainer(pod, next.cluster)),
    };
    expect(restartsAll(next, [...proven, ...(done === undefined ? [] : [done])])).toBe(false);
  });
});

describe("what stands in the way of an authority that goes", () => {
  const nothing = { live: [], silent: [], foreign: [], sessions: [] };

  it("may be nothing", () => {
    expect(hindrances(nothing, false)).toEqual([]);
  });

  it("is who does not answer and what is served, also where every server restarts", () => {
    const found = {
      ...nothing,
      silent: ["se"],
      live: ["the cluster port of dk serves a certificate of this CA"],
    };
    expect(hindrances(found, true)).toEqual([
      "this update removes a CA, but se does not answer. Start se, and run `up` again",
      "this update removes a CA, but the cluster port of dk serves a certificate of this CA",
    ]);
  });

  it("is sessions, foreign ones too, counted and not where every server restarts", () => {
    const found = {
      ...nothing,
      foreign: ["the client x of dk"],
      sessions: ["the routes between dk and no"],
    };
    expect(hindrances(found, false)).toEqual([
      "this update removes a CA, but 2 sessions may depend on it (the client x of dk, …). Raise " +
        "cluster.restartGeneration in the same change, with `rollout: rolling`",
    ]);
    expect(hindrances(found, true)).toEqual([]);
  });
});
