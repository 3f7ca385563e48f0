import { describe, expect, it } from "vitest";
import {
  droppedBySubject,
  dropsSubjects,
  dropsUnneeded,
  lossByAge,
  lossByBytes,
  lossByConsumer,
  lossByCount,
  lossByInterest,
  lossPerSubject,
  lowersPerSubject,
  refusedConsumerDeletion,
  refusedDeletion,
  refusedFilters,
  refusedUpdate,
  shortensAge,
} from "../../../../../model/jetstream/loss/changes.ts";
import { type StreamSpec, streamDefaults } from "../../../../../model/jetstream/stream.ts";

const spec: StreamSpec = { ...streamDefaults, name: "EVENTS", subjects: ["events.>"] };
const stored = { messages: 100, bytes: 1000, first_seq: 11, last_seq: 110 };

function wanting(changes: Partial<StreamSpec>): StreamSpec {
  return { ...spec, ...changes };
}

describe("what a limit on the number of messages deletes", () => {
  it("is all that are too many", () => {
    expect(lossByCount(wanting({ maxMessages: 40 }), stored)).toEqual([
      { because: "maxMessages: 40", messages: 60, accuracy: "exactly" },
    ]);
  });

  it("is nothing when they fit, when there is no limit, or when new ones are refused instead", () => {
    expect(lossByCount(wanting({ maxMessages: 100 }), stored)).toEqual([]);
    expect(lossByCount(wanting({ maxMessages: -1 }), stored)).toEqual([]);
    expect(lossByCount(wanting({ maxMessages: 40, discard: "new" }), stored)).toEqual([]);
  });
});

describe("what a limit on bytes deletes", () => {
  it("is judged by the average size, and at least one", () => {
    expect(lossByBytes(wanting({ maxBytes: 250 }), stored)).toEqual([
      { because: "maxBytes: 250 with 1000 bytes stored", messages: 75, accuracy: "about" },
    ]);
    expect(lossByBytes(wanting({ maxBytes: 999 }), stored)).toMatchObject([{ messages: 1 }]);
  });

  it("is nothing when they fit, when there is no limit, or when new ones are refused instead", () => {
    expect(lossByBytes(wanting({ maxBytes: 1000 }), stored)).toEqual([]);
    expect(lossByBytes(wanting({}), stored)).toEqual([]);
    expect(lossByBytes(wanting({ maxBytes: 1, discard: "new" }), stored)).toEqual([]);
  });
});

describe("what a shorter life deletes", () => {
  it("is looked at only when it gets shorter, for otherwise the server deletes it anyway", () => {
    expect(shortensAge(wanting({ maxAgeSeconds: 60 }), wanting({ maxAgeSeconds: 60 }))).toBe(false);
    expect(shortensAge(wanting({ maxAgeSeconds: 60 }), wanting({ maxAgeSeconds: 0 }))).toBe(false);
    expect(shortensAge(wanting({ maxAgeSeconds: 60 }), wanting({ maxAgeSeconds: 61 }))).toBe(false);
    expect(shortensAge(wanting({ maxAgeSeconds: 60 }), wanting({ maxAgeSeconds: 59 }))).toBe(true);
    expect(shortensAge(wanting({ maxAgeSeconds: 0 }), wanting({ maxAgeSeconds: 59 }))).toBe(true);
  });

  it("is what lies before the first message that is young enough", () => {
    expect(lossByAge(wanting({ maxAgeSeconds: 5 }), stored, 31)).toEqual([
      { because: "maxAgeSeconds: 5", messages: 20, accuracy: "exactly" },
    ]);
    expect(lossByAge(wanting({ maxAgeSeconds: 5 }), stored, 11)).toEqual([]);
  });

  it("does not count what is deleted already", () => {
    const gaps = { ...stored, messages: 97, deleted: [12, 30, 31] };
    expect(lossByAge(wanting({ maxAgeSeconds: 5 }), gaps, 31)).toMatchObject([{ messages: 18 }]);
  });

  it("is everything when no message is young enough", () => {
    expect(lossByAge(wanting({ maxAgeSeconds: 5 }), stored, undefined)).toMatchObject([{ messages: 100 }]);
  });
});

describe("what a limit per subject deletes", () => {
  it("is looked at only when it gets lower", () => {
    const limit = (maxMessagesPerSubject: number) => wanting({ maxMessagesPerSubject });
    expect(lowersPerSubject(limit(-1), limit(5))).toBe(true);
    expect(lowersPerSubject(limit(6), limit(5))).toBe(true);
    expect(lowersPerSubject(limit(5), limit(5))).toBe(false);
    expect(lowersPerSubject(limit(5), limit(-1))).toBe(false);
    expect(lowersPerSubject(limit(-1), limit(-1))).toBe(false);
  });

  it("is the sum of what each subject has too many", () => {
    expect(lossPerSubject(wanting({ maxMessagesPerSubject: 10 }), [4, 10, 12, 100])).toEqual([
      { because: "maxMessagesPerSubject: 10", messages: 92, accuracy: "exactly" },
    ]);
    expect(lossPerSubject(wanting({ maxMessagesPerSubject: 10 }), [4, 10])).toEqual([]);
  });
});

describe("what retention by interest deletes", () => {
  it("is looked at only when it comes anew", () => {
    expect(dropsUnneeded(spec, wanting({ retention: "interest" }))).toBe(true);
    expect(dropsUnneeded(wanting({ retention: "interest" }), spec)).toBe(false);
    expect(dropsUnneeded(wanting({ retention: "interest" }), wanting({ retention: "interest" }))).toBe(false);
  });

  it("is at most what no consumer still needs", () => {
    expect(lossByInterest(stored, [30, 70])).toEqual([
      { because: "retention: interest", messages: 30, accuracy: "up to" },
    ]);
    expect(lossByInterest(stored, [])).toMatchObject([{ messages: 100 }]);
    expect(lossByInterest(stored, [100, 3])).toEqual([]);
  });
});

describe("what an interest stream deletes when a consumer goes", () => {
  it("is at most what that one waits for, and never what another one waits for", () => {
    expect(lossByConsumer(stored, 10, [])).toBe(10);
    expect(lossByConsumer(stored, 10, [5])).toBe(10);
    expect(lossByConsumer(stored, 10, [5, 95])).toBe(5);
    expect(lossByConsumer(stored, 10, [100])).toBe(0);
    expect(lossByConsumer({ ...stored, messages: 3 }, 10, [])).toBe(3);
  });
});

describe("other filters of a consumer", () => {
  it.each([
    [["a.>"], ["a.b"], true],
    [["a.b", "c"], ["a.b"], true],
    [[], ["a.b"], true],
    [["a.b"], ["c"], true],
    [["a.b"], ["a.>"], false],
    [["a.b"], ["c", "a.b"], false],
    [["a.b"], [], false],
    [[], [], false],
  ])("%j → %j: whether it drops subjects is %s", (before, after, drops) => {
    expect(dropsSubjects(before, after)).toBe(drops);
  });

  it("drop the messages of subjects that only the earlier ones match", () => {
    const counts: [string, number][] = [
      ["a.b", 5],
      ["a.c", 3],
      ["d", 7],
    ];
    expect(droppedBySubject(["a.>"], ["a.b"], counts)).toBe(3);
    expect(droppedBySubject([], ["a.b"], counts)).toBe(10);
    expect(droppedBySubject(["a.b"], [], counts)).toBe(0);
  });
});

describe("a refusal", () => {
  it("of an update says how many messages each limit would delete, and what to do", () => {
    expect(
      refusedUpdate("EVENTS", [
        { because: "maxMessages: 1", messages: 1, accuracy: "exactly" },
        { because: "maxBytes: 5 with 9 bytes stored", messages: 2, accuracy: "about" },
      ]),
    ).toBe(
      "the stream EVENTS was not changed: maxMessages: 1 would delete 1 message; " +
        "maxBytes: 5 with 9 bytes stored would delete about 2 messages. " +
        "Give a wider limit. If the messages may be lost, set allowDataLoss: true on this stream",
    );
  });

  it("of a consumer's deletion says how many messages would go, and that consent has to come one update earlier", () => {
    expect(refusedConsumerDeletion("S/c", 1)).toContain("up to 1 message would be deleted with it");
    expect(refusedConsumerDeletion("S/c", 2)).toContain("allowPositionLoss: true, run `pulumi up`");
  });

  it("of other filters says how many messages would go, and what to do", () => {
    expect(refusedFilters("S/c", 1)).toContain(
      "the new filters would delete up to 1 message. Let the clients",
    );
  });

  it("of a deletion says what is stored, and that consent has to come one update earlier", () => {
    const refusal = refusedDeletion("EVENTS", stored);
    expect(refusal).toContain("holds 100 messages with 1000 bytes");
    expect(refusal).toContain("allowDataLoss: true, run `pulumi up`");
  });
});
