import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { markIn } from "../../../../model/jetstream/ownership.ts";
import { type StreamSpec, streamDefaults } from "../../../../model/jetstream/stream.ts";
import { fromServer, inWordsOf, sameValue, toServer } from "../../../../model/jetstream/stream-canonical.ts";
import type { StreamConfig } from "../../../../model/jetstream/stream-info.ts";

const spec: StreamSpec = { ...streamDefaults, name: "EVENTS", subjects: ["events.>"] };
const mark = { project: "p", stack: "s", name: "n", generation: "g" };

const limit = fc.oneof(fc.constant(-1), fc.integer({ min: 1 }));
const specs: fc.Arbitrary<StreamSpec> = fc.record({
  name: fc.constant("EVENTS"),
  description: fc.string(),
  subjects: fc.array(fc.string({ minLength: 1 }), { minLength: 1 }),
  storage: fc.constantFrom("file", "memory"),
  retention: fc.constantFrom("limits", "interest", "workqueue"),
  discard: fc.constantFrom("old", "new"),
  replicas: fc.integer({ min: 1, max: 5 }),
  maxAgeSeconds: fc.integer({ min: 0, max: 106_751 * 86_400_000 }).map((milliseconds) => milliseconds / 1000),
  maxBytes: limit,
  maxMessages: limit,
  maxMessagesPerSubject: limit,
  maxMessageSizeBytes: limit,
  maxConsumers: limit,
  duplicateWindowSeconds: fc.integer({ min: 1, max: 106_751 * 86_400 }),
  compression: fc.constantFrom("none", "s2"),
  placementTags: fc.array(fc.string({ minLength: 1 })),
});

describe("a stream's canonical form", () => {
  it("comes back from what a server is asked for, over JSON", () => {
    fc.assert(
      fc.property(specs, (wanted) => {
        const sent = JSON.parse(JSON.stringify(toServer(wanted, mark))) as StreamConfig;
        expect(fromServer(sent)).toEqual(wanted);
      }),
    );
  });

  it("asks for durations in nanoseconds, exactly also for centuries", () => {
    const sent = JSON.stringify(toServer({ ...spec, maxAgeSeconds: 106_751 * 86_400 }, mark));
    expect(sent).toContain('"max_age":9223286400000000000,');
  });

  it("fills in what a server leaves out", () => {
    const { description: _d, compression: _c, max_msg_size: _m, ...config } = toServer(spec, mark);
    expect(fromServer(config)).toEqual({ ...spec, maxMessageSizeBytes: -1 });
  });

  it("carries along what a server has and this project knows nothing of", () => {
    const live = {
      ...toServer(spec, mark),
      allow_direct: true,
      republish: { src: ">", dest: "copy.>" },
      placement: { cluster: "c1", tags: ["pod:no"] },
      metadata: { team: "events", "_nats.ver": "2.15.1" },
    };
    const sent = toServer({ ...spec, placementTags: ["pod:dk"] }, mark, live);
    expect(sent).toMatchObject({ allow_direct: true, republish: { src: ">", dest: "copy.>" } });
    expect(sent.placement).toEqual({ cluster: "c1", tags: ["pod:dk"] });
    expect(sent.metadata).toMatchObject({ team: "events" });
    expect(sent.metadata).not.toHaveProperty(["_nats.ver"]);
    expect(markIn(sent.metadata)).toEqual(mark);
  });

  it("asks for no placement at all when no tags are wanted any more", () => {
    const live = { ...toServer(spec, mark), placement: { tags: ["pod:no"] } };
    expect(toServer(spec, mark, live)).not.toHaveProperty("placement");
    const pinned = { ...live, placement: { cluster: "c1", tags: ["pod:no"] } };
    expect(toServer(spec, mark, pinned).placement).toEqual({ cluster: "c1" });
  });
});

describe("two values mean the same", () => {
  it("for subjects in another order", () => {
    expect(sameValue("subjects", ["a", "b"], ["b", "a"])).toBe(true);
    expect(sameValue("subjects", ["a", "b"], ["a"])).toBe(false);
    expect(sameValue("subjects", ["a"], ["A"])).toBe(false);
  });

  it("for tags in another order and case", () => {
    expect(sameValue("placementTags", ["pod:dk", "ssd"], ["SSD", "Pod:DK"])).toBe(true);
    expect(sameValue("placementTags", ["pod:dk"], ["pod:no"])).toBe(false);
  });

  it("and are shown in the words of the state", () => {
    const live = { ...spec, subjects: ["b", "a"], placementTags: ["pod:dk"], maxBytes: 5 };
    expect(inWordsOf({ ...spec, subjects: ["a", "b"], placementTags: ["POD:dk"] }, live)).toEqual({
      ...spec,
      subjects: ["a", "b"],
      placementTags: ["POD:dk"],
      maxBytes: 5,
    });
    expect(inWordsOf({ ...spec, subjects: ["a"], placementTags: [] }, live)).toEqual(live);
    expect(inWordsOf(undefined, live)).toEqual(live);
  });
});
