import { describe, expect, it } from "vitest";
import { type SeenStream, streamFaults } from "../../../../client/jetstream/streams.ts";

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
    expect(streamFaults("EVENTS", healthy)).toEqual([]);
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
    expect(streamFaults("EVENTS", stream)).toEqual(faults);
  });

  it("is no copy that was current once since the wait began, unless it is offline now", () => {
    const behind = {
      ...healthy,
      replicas: healthy.replicas.map((peer) => ({ ...peer, current: false, lag: 3 })),
    };
    const seenCurrent = new Set<string>();
    expect(streamFaults("EVENTS", behind, seenCurrent)).not.toEqual([]);
    expect(streamFaults("EVENTS", healthy, seenCurrent)).toEqual([]);
    expect(streamFaults("EVENTS", behind, seenCurrent)).toEqual([]);
    const offline = { ...healthy, replicas: healthy.replicas.map((peer) => ({ ...peer, offline: true })) };
    expect(streamFaults("EVENTS", offline, seenCurrent)).not.toEqual([]);
  });
});
