import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type StreamSpec, streamDefaults } from "../../../../model/jetstream/stream.ts";
import { movesCopies, planSteps } from "../../../../model/jetstream/stream-steps.ts";

const spec: StreamSpec = { ...streamDefaults, name: "EVENTS", subjects: ["events.>"] };

function steps(from: Partial<StreamSpec>, to: Partial<StreamSpec>) {
  return planSteps({ ...spec, ...from }, { ...spec, ...to }).map(({ replicas, placementTags }) => ({
    replicas,
    placementTags,
  }));
}

describe("the steps of a stream's update", () => {
  it("are one when only copies, only their place, or neither changes", () => {
    expect(steps({}, { maxBytes: 5 })).toHaveLength(1);
    expect(steps({ replicas: 1 }, { replicas: 3 })).toHaveLength(1);
    expect(steps({ placementTags: ["pod:dk"] }, { placementTags: ["pod:no"] })).toHaveLength(1);
  });

  it("are one when tags only change their case or order", () => {
    expect(steps({ placementTags: ["a", "b"] }, { replicas: 3, placementTags: ["B", "A"] })).toHaveLength(1);
  });

  it("free the place before copies are added, for the old one may have too few servers", () => {
    expect(steps({ replicas: 1, placementTags: ["pod:dk"] }, { replicas: 3 })).toEqual([
      { replicas: 1, placementTags: [] },
      { replicas: 3, placementTags: [] },
    ]);
  });

  it("drop copies before the place gets narrower", () => {
    expect(steps({ replicas: 3 }, { replicas: 1, placementTags: ["pod:dk"] })).toEqual([
      { replicas: 1, placementTags: [] },
      { replicas: 1, placementTags: ["pod:dk"] },
    ]);
  });

  it("never move and scale at once, and end with what is wanted", () => {
    const some = fc.record({
      replicas: fc.integer({ min: 1, max: 5 }),
      placementTags: fc.subarray(["pod:dk", "pod:no", "ssd"]),
      maxBytes: fc.constantFrom(-1, 5),
    });
    fc.assert(
      fc.property(some, some, (from, to) => {
        const start = { ...spec, ...from };
        const planned = planSteps(start, { ...spec, ...to });
        expect(planned.at(-1)).toEqual({ ...spec, ...to });
        for (const [index, step] of planned.entries()) {
          const before = planned[index - 1] ?? start;
          const sameTags = movesCopies({ ...before, replicas: 1 }, { ...step, replicas: 1 }) === false;
          expect(sameTags || before.replicas === step.replicas).toBe(true);
        }
      }),
    );
  });

  it("move copies only when their number or place changes", () => {
    expect(movesCopies(spec, { ...spec, maxBytes: 5 })).toBe(false);
    expect(movesCopies(spec, { ...spec, replicas: 3 })).toBe(true);
    expect(movesCopies(spec, { ...spec, placementTags: ["pod:dk"] })).toBe(true);
  });
});
