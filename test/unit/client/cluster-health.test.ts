import { describe, expect, it } from "vitest";
import { clusterHealth, type SeenServer } from "../../../client/cluster-health.ts";

const names = ["dk", "no", "se"];

function server(name: string, changes: Partial<SeenServer> = {}): SeenServer {
  const others = names.filter((other) => other !== name);
  return {
    name,
    version: "2.15.1",
    started: "2026-11-23T12:00:00Z",
    routes: [...others, ...others, ...others],
    jetStream: true,
    metaLeader: "dk",
    metaPeers: name === "dk" ? others.map((other) => ({ name: other, current: true })) : [],
    ...changes,
  };
}

const healthy = names.map((name) => server(name));
const without = (name: string, changes: Partial<SeenServer>) =>
  healthy.map((one) => (one.name === name ? server(name, changes) : one));

describe("a healthy cluster", () => {
  it("has nothing missing", () => {
    expect(clusterHealth(names, healthy)).toEqual({ faults: [], extra: [] });
  });

  it("tells of servers that are not configured, and takes them for no fault", () => {
    expect(clusterHealth(["dk", "no"], healthy)).toEqual({ faults: [], extra: ["se"] });
  });
});

describe("what is missing is said in words", () => {
  it.each([
    ["a server does not answer", healthy.slice(0, 2), "se does not answer"],
    ["JetStream is off", without("no", { jetStream: false }), "no has no JetStream"],
    ["a route is missing", without("no", { routes: ["dk", "dk", "dk"] }), "no has no route to se"],
    ["all routes are missing", without("no", { routes: [] }), "no has no route to dk"],
    [
      "a pool of routes is not full",
      without("no", { routes: ["dk", "dk", "dk", "se"] }),
      "no has 1 of 3 routes to se",
    ],
    [
      "two servers each call themselves leader",
      without("se", { metaLeader: "se" }),
      "the meta group has more than one leader: dk, se",
    ],
    [
      "the leader is somebody unknown",
      healthy.map((one) => ({ ...one, metaLeader: "fi" })),
      "the meta group's leader fi does not answer",
    ],
    [
      "there is no leader",
      healthy.map((one) => ({ ...one, metaLeader: "" })),
      "the meta group has no leader",
    ],
    [
      "a copy is behind",
      without("dk", {
        metaPeers: [
          { name: "no", current: false, lag: 4 },
          { name: "se", current: true },
        ],
      }),
      "no is behind in the meta group by 4 entries",
    ],
    [
      "a copy is offline",
      without("dk", {
        metaPeers: [
          { name: "no", current: true, offline: true },
          { name: "se", current: true },
        ],
      }),
      "no is offline in the meta group",
    ],
    [
      "a server is not in the meta group",
      without("dk", { metaPeers: [{ name: "no", current: true }] }),
      "se is not in the meta group",
    ],
  ])("when %s", (_, seen, fault) => {
    expect(clusterHealth(names, seen).faults).toContain(fault);
  });
});
