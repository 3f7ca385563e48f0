import { describe, expect, it } from "vitest";
import { type Properties, unknown } from "../../../../model/contract/properties.ts";
import { checkStream } from "../../../../model/contract/stream.ts";
import { streamDefaults } from "../../../../model/jetstream/stream.ts";

const least = { name: "EVENTS", subjects: ["events.>"] };

function faults(changes: Properties): string[] {
  return checkStream({ ...least, ...changes }).failures.map(
    ({ property, reason }) => `${property} ${reason}`,
  );
}

describe("a stream's inputs", () => {
  it("need a name and subjects, and take the rest from the defaults", () => {
    const { inputs, failures } = checkStream(least);
    expect(failures).toEqual([]);
    expect(inputs).toEqual({ ...streamDefaults, ...least, allowDataLoss: false });
  });

  it("have every fault reported at once", () => {
    const { failures } = checkStream({ replicas: 9, maxAge: 3, storage: "tape" });
    expect(failures.map((failure) => failure.property).sort()).toEqual([
      "maxAge",
      "name",
      "replicas",
      "storage",
      "subjects",
    ]);
  });

  it("take null for left out, as the engine sends it", () => {
    expect(checkStream({ ...least, description: null }).inputs.description).toBe("");
  });

  it.each<[Properties, string]>([
    [{ name: "A.B" }, 'name "A.B" is not allowed; give 1 to 255 characters without spaces and . * > / \\'],
    [{ name: "" }, 'name "" is not allowed; give 1 to 255 characters without spaces and . * > / \\'],
    [{ name: "a".repeat(256) }, "name "],
    [{ name: 7 }, "name 7 is not allowed"],
    [{ description: "x".repeat(4097) }, "description "],
    [{ subjects: [] }, 'subjects [] is not allowed; give a list of subjects such as "global.>", at least 1'],
    [{ subjects: "a.>" }, 'subjects "a.>" is not allowed'],
    [{ subjects: ["a.>.b"] }, 'subjects[0] "a.>.b" has the wildcard ">" before its end'],
    [{ subjects: ["a", "b..c"] }, 'subjects[1] "b..c" has an empty token'],
    [{ subjects: ["a", 5] }, "subjects[1] 5 is not a text"],
    [{ subjects: ["a.*", "a.b"] }, 'subjects[1] "a.b" overlaps "a.*"; give only one of them'],
    [{ subjects: ["a", "a"] }, 'subjects[1] "a" is in the list twice; remove one'],
    [{ storage: "tape" }, 'storage "tape" is not allowed; give one of file, memory'],
    [{ retention: "forever" }, 'retention "forever" is not allowed; give one of limits, interest, workqueue'],
    [{ discard: "none" }, 'discard "none" is not allowed; give one of old, new'],
    [{ compression: "zip" }, 'compression "zip" is not allowed; give one of none, s2'],
    [{ replicas: 0 }, "replicas 0 is not allowed; give a whole number from 1 to 5"],
    [{ replicas: 6 }, "replicas 6 is not allowed; give a whole number from 1 to 5"],
    [{ replicas: 1.5 }, "replicas 1.5 is not allowed"],
    [{ replicas: "3" }, 'replicas "3" is not allowed'],
    [
      { maxAgeSeconds: -1 },
      "maxAgeSeconds -1 is not allowed; give 0 (unlimited) or a number of seconds from 0.1",
    ],
    [{ maxAgeSeconds: 0.05 }, "maxAgeSeconds 0.05 is not allowed"],
    [{ maxAgeSeconds: 1e11 }, "maxAgeSeconds 100000000000 is not allowed"],
    [{ maxAgeSeconds: Number.NaN }, "maxAgeSeconds "],
    [{ maxBytes: 0 }, "maxBytes 0 is not allowed; give -1 (unlimited), or a whole number of bytes from 1"],
    [{ maxBytes: -2 }, "maxBytes -2 is not allowed"],
    [{ maxMessages: 0 }, "maxMessages 0 is not allowed"],
    [{ maxMessagesPerSubject: 1.5 }, "maxMessagesPerSubject 1.5 is not allowed"],
    [{ maxMessageSizeBytes: 2 ** 31 }, "maxMessageSizeBytes 2147483648 is not allowed"],
    [{ maxConsumers: 0 }, "maxConsumers 0 is not allowed"],
    [
      { duplicateWindowSeconds: 0 },
      "duplicateWindowSeconds 0 is not allowed; give a number of seconds from 0.1",
    ],
    [
      { duplicateWindowSeconds: 61, maxAgeSeconds: 60 },
      "duplicateWindowSeconds 61 is longer than maxAgeSeconds, 60; give at most 60, or remove duplicateWindowSeconds",
    ],
    [{ placementTags: ["pod dk"] }, 'placementTags[0] "pod dk" is not a server tag'],
    [{ placementTags: ["pod:dk", "POD:DK"] }, 'placementTags[1] "POD:DK" is the same tag as "pod:dk"'],
    [{ allowDataLoss: "yes" }, 'allowDataLoss "yes" is not allowed; give true or false'],
    [{ maxAgeSecond: 1 }, "maxAgeSecond is not an input of this resource; did you mean maxAgeSeconds?"],
    [{ Replicas: 1 }, "Replicas is not an input of this resource; did you mean replicas?"],
  ])("%j is a fault", (changes, expected) => {
    expect(faults(changes)).toEqual([expect.stringContaining(expected)]);
  });

  it.each<Properties>([
    { name: "a".repeat(255) },
    { description: "x".repeat(4096) },
    { replicas: 1 },
    { replicas: 5 },
    { maxAgeSeconds: 0.1 },
    { maxAgeSeconds: 106_751 * 86_400 },
    { duplicateWindowSeconds: 60, maxAgeSeconds: 60 },
    { duplicateWindowSeconds: 0.1 },
    { maxBytes: 1 },
    { maxMessages: -1 },
    { maxMessageSizeBytes: 2 ** 31 - 1 },
    { subjects: ["a.*", "b.>", "c"] },
  ])("may be as far out as %j", (changes) => {
    expect(faults(changes)).toEqual([]);
  });

  it("have a duplicate window no longer than messages live, if none is given", () => {
    expect(checkStream({ ...least, maxAgeSeconds: 60 }).inputs.duplicateWindowSeconds).toBe(60);
    expect(checkStream({ ...least, maxAgeSeconds: 600 }).inputs.duplicateWindowSeconds).toBe(120);
    expect(checkStream({ ...least, maxAgeSeconds: 0 }).inputs.duplicateWindowSeconds).toBe(120);
  });

  it("may be unknown in a preview, and stay so", () => {
    const news = {
      ...least,
      name: unknown,
      subjects: ["a", unknown],
      maxAgeSeconds: unknown,
      storage: "tape",
    };
    const { inputs, failures } = checkStream(news);
    expect(inputs).toMatchObject({ name: unknown, subjects: ["a", unknown], maxAgeSeconds: unknown });
    expect(failures.map((failure) => failure.property)).toEqual(["storage"]);
  });
});
