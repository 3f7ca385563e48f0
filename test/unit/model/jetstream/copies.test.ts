import { describe, expect, it } from "vitest";
import {
  type ClusterInfo,
  healthFaults,
  missingAfterChange,
  type SeenStream,
} from "../../../../model/jetstream/copies.ts";

const peer = { name: "no", current: true };
const cluster: ClusterInfo = { leader: "dk", replicas: [peer, { name: "se", current: true, lag: 0 }] };

describe("what is missing of a stream's copies", () => {
  it("is nothing when there are as many as wanted, all current", () => {
    expect(missingAfterChange(cluster, 3)).toBeUndefined();
    expect(missingAfterChange({ leader: "dk" }, 1)).toBeUndefined();
  });

  it("is nothing on a server without a cluster", () => {
    expect(missingAfterChange(undefined, 1)).toBeUndefined();
  });

  it.each<[string, ClusterInfo, number | "all" | "leader", string]>([
    ["a leader", { ...cluster, leader: "" }, 3, "it has no leader"],
    ["a leader, whoever has copies", {}, "leader", "it has no leader"],
    ["a copy", { leader: "dk", replicas: [peer] }, 3, "it has 2 of 3 copies"],
    ["the end of a copy too many", cluster, 1, "it has 3 of 1 copies"],
    [
      "a server",
      { leader: "dk", replicas: [{ ...peer, offline: true }] },
      "all",
      "its copy on no is offline",
    ],
    [
      "an answer",
      { leader: "dk", replicas: [{ ...peer, current: false }] },
      2,
      "its copy on no is not current",
    ],
    ["entries", { leader: "dk", replicas: [{ ...peer, lag: 7 }] }, 2, "its copy on no is 7 entries behind"],
    ["the end of a move", { leader: "dk", desired: {} }, 1, "its copies are moving: the move has begun"],
    [
      "the end of a move, also where no copies are counted",
      { leader: "dk", desired: { status: { description: "removing peer no" } } },
      "leader",
      "its copies are moving: removing peer no",
    ],
  ])("is %s", (_, seen, expected, missing) => {
    expect(missingAfterChange(seen, expected)).toBe(missing);
  });

  it("is nothing when a server is down and the change has nothing to do with copies", () => {
    expect(
      missingAfterChange({ leader: "dk", replicas: [{ ...peer, offline: true }] }, "leader"),
    ).toBeUndefined();
  });
});

const healthy: SeenStream = {
  leader: "dk",
  copies: 3,
  replicas: [
    { name: "no", current: true },
    { name: "se", current: true, lag: 0 },
  ],
  messages: 5,
  bytes: 500,
  consumers: 1,
};

describe("a stream", () => {
  it("with a leader and every copy current has no fault", () => {
    expect(healthFaults("EVENTS", healthy)).toEqual([]);
  });

  it.each([
    ["nobody answers for", { fault: "no answer" }, ["EVENTS: no answer"]],
    ["has no leader", { ...healthy, leader: "" }, ["EVENTS has no leader"]],
    [
      "has an offline copy",
      {
        ...healthy,
        replicas: [
          { name: "no", current: true },
          { name: "se", current: true, offline: true },
        ],
      },
      ["EVENTS: the copy on se is offline"],
    ],
    [
      "has a copy that lags",
      {
        ...healthy,
        replicas: [
          { name: "no", current: true, lag: 7 },
          { name: "se", current: true },
        ],
      },
      ["EVENTS: the copy on no is behind by 7 entries"],
    ],
    ["misses a copy", { ...healthy, replicas: healthy.replicas.slice(1) }, ["EVENTS has 2 of 3 copies"]],
  ])("that %s says so", (_, stream, faults) => {
    expect(healthFaults("EVENTS", stream)).toEqual(faults);
  });

  it("is no copy that was current once since the wait began, unless it is offline now", () => {
    const behind = {
      ...healthy,
      replicas: healthy.replicas.map((peer) => ({ ...peer, current: false, lag: 3 })),
    };
    const seenCurrent = new Set<string>();
    expect(healthFaults("EVENTS", behind, seenCurrent)).not.toEqual([]);
    expect(healthFaults("EVENTS", healthy, seenCurrent)).toEqual([]);
    expect(healthFaults("EVENTS", behind, seenCurrent)).toEqual([]);
    const offline = { ...healthy, replicas: healthy.replicas.map((peer) => ({ ...peer, offline: true })) };
    expect(healthFaults("EVENTS", offline, seenCurrent)).not.toEqual([]);
  });
});
