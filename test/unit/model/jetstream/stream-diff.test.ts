import { describe, expect, it } from "vitest";
import { type Properties, unknown } from "../../../../model/contract/properties.ts";
import { checkStream, type StreamInputs } from "../../../../model/contract/stream.ts";
import { immutableDifferences } from "../../../../model/jetstream/stream-diff.ts";
import { stream } from "../../../support/plugin.ts";

const { inputs } = checkStream({ name: "EVENTS", subjects: ["a", "b"], placementTags: ["pod:dk"] });
const state = { ...inputs, generation: "g1", created: "2026-01-01T00:00:00Z" };

function changes(news: Properties, old: Properties = {}): string[] {
  const found = stream.diff({ ...state, ...old }, {}, { ...inputs, ...news }).changes;
  return found.map(({ path, kind, replaces }) => `${kind} ${path}${replaces ? ", replaces" : ""}`);
}

describe("the diff of a stream", () => {
  it("is empty when nothing changed", () => {
    expect(changes({})).toEqual([]);
  });

  it("is the mark alone for a stream that was imported just as it should be", () => {
    expect(changes({}, { generation: "" })).toEqual(["update generation"]);
  });

  it("knows that order and the case of tags mean nothing", () => {
    expect(changes({ subjects: ["b", "a"], placementTags: ["POD:DK"] })).toEqual([]);
  });

  it.each<[Properties, string]>([
    [{ description: "x" }, "update description"],
    [{ subjects: ["a"] }, "update subjects"],
    [{ discard: "new" }, "update discard"],
    [{ replicas: 3 }, "update replicas"],
    [{ maxAgeSeconds: 60 }, "update maxAgeSeconds"],
    [{ maxBytes: 60 }, "update maxBytes"],
    [{ maxMessages: 60 }, "update maxMessages"],
    [{ maxMessagesPerSubject: 60 }, "update maxMessagesPerSubject"],
    [{ maxMessageSizeBytes: 60 }, "update maxMessageSizeBytes"],
    [{ maxConsumers: 60 }, "update maxConsumers"],
    [{ duplicateWindowSeconds: 60 }, "update duplicateWindowSeconds"],
    [{ compression: "s2" }, "update compression"],
    [{ placementTags: [] }, "update placementTags"],
    [{ retention: "interest" }, "update retention"],
    [{ allowDataLoss: true }, "update allowDataLoss"],
    [{ name: "OTHER" }, "update name, replaces"],
    [{ storage: "memory" }, "update storage, replaces"],
    [{ retention: "workqueue" }, "update retention, replaces"],
    [{ name: unknown }, "update name, replaces"],
    [{ maxBytes: unknown }, "update maxBytes"],
    [{ subjects: ["a", unknown] }, "update subjects"],
    [{ subjects: unknown }, "update subjects"],
  ])("names %j", (news, expected) => {
    expect(changes(news)).toEqual([expected]);
  });

  it("replaces a work queue that shall be none any more", () => {
    expect(changes({}, { retention: "workqueue" })).toEqual(["update retention, replaces"]);
  });

  it("calls a property that the state has not an addition", () => {
    expect(changes({}, { compression: undefined })).toEqual(["add compression"]);
  });

  it("deletes before it replaces, for both have one name", () => {
    expect(stream.diff(state, {}, { ...inputs, storage: "memory" }).deleteBeforeReplace).toBe(true);
  });
});

describe("a live stream that can't be brought to what is wanted", () => {
  it("has its immutable differences told", () => {
    const live = inputs as unknown as StreamInputs;
    expect(
      immutableDifferences(live, { ...live, storage: "memory", retention: "workqueue", maxBytes: 5 }),
    ).toEqual([
      'storage is "file" and should be "memory"',
      'retention is "limits" and should be "workqueue"',
    ]);
    expect(immutableDifferences(live, { ...live, retention: "interest" })).toEqual([]);
  });
});

describe("the preview of a stream", () => {
  it("does not know who it will be before it is made", () => {
    expect(stream.preview(inputs, undefined)).toEqual({ ...inputs, generation: unknown, created: unknown });
  });

  it("knows it from the state, if it has a mark", () => {
    expect(stream.preview(inputs, state)).toEqual(state);
    expect(stream.preview(inputs, { ...state, generation: "" })).toMatchObject({ generation: unknown });
  });
});
