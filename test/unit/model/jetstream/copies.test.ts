import { describe, expect, it } from "vitest";
import { type ClusterInfo, missingCopies } from "../../../../model/jetstream/copies.ts";

const peer = { name: "no", current: true };
const cluster: ClusterInfo = { leader: "dk", replicas: [peer, { name: "se", current: true, lag: 0 }] };

describe("what is missing of a stream's copies", () => {
  it("is nothing when there are as many as wanted, all current", () => {
    expect(missingCopies(cluster, 3)).toBeUndefined();
    expect(missingCopies({ leader: "dk" }, 1)).toBeUndefined();
  });

  it("is nothing on a server without a cluster", () => {
    expect(missingCopies(undefined, 1)).toBeUndefined();
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
    ["the end of a move", { leader: "dk", desired: {} }, 1, "its copies are on their way: just begun"],
    [
      "the end of a move, also where no copies are counted",
      { leader: "dk", desired: { status: { description: "removing peer no" } } },
      "leader",
      "its copies are on their way: removing peer no",
    ],
  ])("is %s", (_, seen, expected, missing) => {
    expect(missingCopies(seen, expected)).toBe(missing);
  });

  it("is nothing when a server is down and the change has nothing to do with copies", () => {
    expect(missingCopies({ leader: "dk", replicas: [{ ...peer, offline: true }] }, "leader")).toBeUndefined();
  });
});
