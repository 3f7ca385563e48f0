import { describe, expect, it } from "vitest";
import type { ConsumerInputs } from "../../../../model/contract/consumer.ts";
import type { StreamInputs } from "../../../../model/contract/stream.ts";
import { consumerDefaults } from "../../../../model/jetstream/consumer.ts";
import { streamDefaults } from "../../../../model/jetstream/stream.ts";
import type {
  Change,
  ConsumerChange,
  PartChange,
  ServerChange,
} from "../../../../operations/preview/changes.ts";
import type { ConsumerFacts } from "../../../../operations/preview/meaning/consumer-facts.ts";
import type { StreamFacts } from "../../../../operations/preview/meaning/stream-facts.ts";
import { meaningOf, nothingSaid } from "../../../../operations/preview/meaning.ts";

const rollout = { mode: "rolling", order: ["se", "dk", "no"], skip: [], lose: [] } as const;
const stream: StreamInputs = {
  ...streamDefaults,
  name: "X",
  subjects: ["x.>"],
  placementTags: ["pod:no"],
  allowDataLoss: false,
};
const facts = (messages: number, losses: StreamFacts["losses"] = []) =>
  new Map([["X", { messages, losses }]]);

function told(
  change: Change | readonly Change[],
  known?: ReadonlyMap<string, StreamFacts>,
  mode: "parallel" | "rolling" | "all-at-once" = "rolling",
  streams: readonly StreamInputs[] = [],
): string[] {
  const changes = Array.isArray(change) ? change : [change];
  return meaningOf(
    changes,
    { rollout: { ...rollout, mode }, streams },
    known && { ...nothingSaid, facts: known },
  ).map(({ tone, text }) => `${tone}: ${text}`);
}

const server = (id: string, verb: ServerChange["verb"], path?: string): ServerChange => ({
  what: "server",
  id,
  verb,
  details: path === undefined ? [] : [{ path, before: "a", after: "b" }],
});
const changed = (after: Partial<StreamInputs>, before: Partial<StreamInputs> = {}): Change => ({
  what: "stream",
  id: "X",
  verb: "changed",
  before: { ...stream, ...before },
  after: { ...stream, ...before, ...after },
  details: [],
});
const deleted = (allowDataLoss: boolean): Change => ({
  what: "stream",
  id: "X",
  verb: "deleted",
  before: { ...stream, allowDataLoss },
  after: undefined,
  details: [],
});
const part = (kind: PartChange["kind"], id: string, verb: PartChange["verb"]): PartChange => ({
  what: "part",
  kind,
  id,
  verb,
  details: [],
});

describe("what happens to servers", () => {
  it("is a reload of some, and that none restarts", () => {
    expect(told([server("dk", "reloaded"), server("no", "reloaded"), server("se", "reloaded")])).toEqual([
      "says: 3 servers (se, dk, no) reload, none restarts.",
    ]);
    expect(told([server("dk", "reloaded")])).toEqual(["says: 1 server (dk) reloads, none restarts."]);
  });

  it.each([
    ["rolling", "restart one by one in this order, each healthy before the next"],
    ["parallel", "restart each as soon as it can, maybe all at once"],
    ["all-at-once", "restart all at once"],
  ] as const)("is a restart, %s", (mode, words) => {
    const [, sentence] = told([server("dk", "restarted"), server("se", "restarted")], undefined, mode);
    expect(sentence).toContain(`2 servers (se, dk) ${words}`);
  });

  it("is one restart, a first start, and never a reload without restarts beside it", () => {
    const sentences = told([server("dk", "restarted"), server("no", "reloaded"), server("se", "created")]);
    expect(sentences).toEqual([
      expect.stringContaining("unchecked: A stream with its only copy in memory"),
      "says: 1 server (se) is started.",
      "says: 1 server (no) reloads.",
      expect.stringContaining("says: 1 server (dk) restarts; its clients move"),
    ]);
  });

  it("is refused where a pod would leave the cluster or its data", () => {
    expect(told(server("no", "deleted"))[0]).toMatch(
      /^refused: the pod no would be removed from the cluster/,
    );
    for (const path of ["hostId", "dataVolume"])
      expect(told(server("no", "restarted", path))[0]).toMatch(
        /^refused: the pod no would start with an empty volume/,
      );
  });
});

describe("what happens to a container that was changed by hand", () => {
  it("is that it is started again, or changed in place, and never called a reload", () => {
    expect(told(server("no", "changed", "mustRun"))).toEqual([
      "says: 1 server (no) does not run now, and this update starts it.",
    ]);
    expect(told(server("no", "changed", "memory"))).toEqual([
      "says: The container of the server no changes in place: memory.",
    ]);
  });
});

describe("what happens to streams", () => {
  it("is that one is created, with its copies and its place", () => {
    const created: Change = {
      what: "stream",
      id: "X",
      verb: "created",
      before: undefined,
      after: stream,
      details: [],
    };
    expect(told(created)).toEqual(["says: X is created with 1 copy on no."]);
  });

  it("is a move to another host: unchecked, or with the number of messages that are copied", () => {
    const moved = changed({ placementTags: ["pod:dk"] });
    expect(told(moved)).toEqual([
      "unchecked: X moves to another host, from no to dk. It is unchecked how many messages are copied.",
    ]);
    expect(told(moved, facts(12_345))).toEqual([
      "says: X moves to another host, from no to dk: 12,345 messages are copied.",
    ]);
    expect(told(moved, facts(1))[0]).toContain("1 message is copied");
  });

  it("is more copies, or fewer", () => {
    expect(told(changed({ replicas: 3 }), facts(2))).toEqual([
      "says: X gets 3 copies instead of 1: 2 messages are copied.",
    ]);
    expect(told(changed({ replicas: 1 }, { replicas: 3 }))[0]).toContain(
      "X keeps 1 copy of 3: while the server of this copy is away, the stream is unavailable",
    );
  });

  it("is that subjects come and go", () => {
    expect(told(changed({ subjects: ["y.>"] }))).toEqual([
      "says: X no longer stores messages on x.>; the messages that it has stay.",
      "says: X stores messages on y.> from now on.",
    ]);
  });

  it.each([
    ["maxAge: 1d", { maxAgeSeconds: 86_400 }],
    ["maxMessages: 5", { maxMessages: 5 }],
    ["maxBytes: 1MB", { maxBytes: 1024 ** 2 }],
    ["maxMessagesPerSubject: 1", { maxMessagesPerSubject: 1 }],
    ["retention: interest", { retention: "interest" }],
  ] as const)("is a narrower limit, %s: unchecked, harmless, refused, or with consent", (limit, after) => {
    const narrower = changed(after);
    expect(told(narrower)).toEqual([
      `unchecked: X gets ${limit}. It is unchecked whether messages are beyond that. If so, \`up\` refuses, and nothing is lost.`,
    ]);
    expect(told(narrower, facts(9))).toEqual([
      `says: X gets ${limit}: none of its 9 messages is beyond that.`,
    ]);
    const losses = facts(9, [{ because: "it", messages: 4, accuracy: "about" }]);
    expect(told(narrower, losses)[0]).toMatch(
      /^refused: X would lose about 4 messages \(it\)\. Set a wider limit/,
    );
    const consented = changed({ ...after, allowDataLoss: true }, { allowDataLoss: true });
    expect(told(consented, losses)).toEqual([
      "loses: X loses about 4 messages (it): allowDataLoss consents.",
    ]);
  });

  it("is no narrower limit where new messages are refused instead", () => {
    expect(told(changed({ maxMessages: 5 }, { discard: "new" }))).toEqual([
      "says: X changes in place: maxMessages -1 → 5.",
    ]);
  });

  it.each([
    ["was imported", { path: "generation", before: undefined, after: undefined }],
    ["lost its owner tag", { path: "ownerTag", before: "missing", after: undefined }],
  ])("is the owner tag, where a stream or a consumer %s", (_, detail) => {
    const tagged = "gets the owner tag of this stack.";
    expect(told({ ...changed({}), details: [detail] })).toEqual([`says: X ${tagged}`]);
    expect(told({ ...consumerOf("changed"), details: [detail] })).toEqual([`says: X/c ${tagged}`]);
  });

  it("is said once of all streams that change alike", () => {
    const one = changed({ maxMessageSizeBytes: 1024, maxAgeSeconds: 100 }, { maxAgeSeconds: 50 });
    const other = { ...one, id: "Y" } as Change;
    expect(told([one, other])).toEqual([
      "says: 2 streams (X, Y) change in place: maxAgeSeconds 50 → 100 and maxMessageSizeBytes 8388608 → 1024.",
    ]);
  });

  it("is consent given and taken back", () => {
    expect(told(changed({ allowDataLoss: true }))[0]).toContain(
      "From this update on, a change may lose messages of X",
    );
    expect(told(changed({ allowDataLoss: false }, { allowDataLoss: true }))[0]).toContain(
      "A change may no longer lose messages of X.",
    );
  });

  it("is a deletion: unchecked, empty, refused, or with the consent of the update before", () => {
    expect(told(deleted(false))[0]).toMatch(
      /^unchecked: X is deleted\. It is unchecked whether X holds messages/,
    );
    expect(told(deleted(false), facts(0))).toEqual(["says: X is deleted; it holds no message."]);
    expect(told(deleted(false), facts(7))[0]).toMatch(/^refused: X would lose its 7 messages: it is deleted/);
    expect(told(deleted(true), facts(7))).toEqual([
      "loses: X is deleted, and its 7 messages with it: allowDataLoss consents.",
    ]);
    expect(told(deleted(true))[0]).toMatch(/^loses: X is deleted, and all its messages with it/);
  });

  it("is a replacement, with what can't be changed in place, and no second word of its consumers", () => {
    const replaced: Change = {
      what: "stream",
      id: "X",
      verb: "replaced",
      before: stream,
      after: { ...stream, storage: "memory" },
      details: [],
    };
    const consumer: Change = { ...consumerOf("replaced"), id: "X/c" };
    expect(told([replaced, consumer], facts(3))).toEqual([
      expect.stringMatching(/^refused: X would lose its 3 messages: it is recreated, empty \(.*storage/),
    ]);
  });
});

function consumerOf(verb: ConsumerChange["verb"]): ConsumerChange {
  const spec = { ...consumerDefaults, stream: "X", name: "c" };
  return {
    what: "consumer",
    id: "X/c",
    verb,
    before: verb === "created" ? undefined : spec,
    after: verb === "deleted" ? undefined : spec,
    details: verb === "changed" ? [{ path: "maxDeliver", before: "-1", after: "5" }] : [],
  };
}

describe("what happens to consumers", () => {
  it.each([
    ["created", "says: X/c is created, from the first message on."],
    ["changed", "says: X/c changes in place: maxDeliver; it keeps its place."],
    [
      "deleted",
      "says: X/c is deleted, and its place is lost: a later consumer of this name does not go on there.",
    ],
    ["replaced", "X/c is recreated: it loses its place, and may deliver acknowledged messages again"],
  ] as const)("is told where one is %s", (verb, words) => {
    expect(told(consumerOf(verb))[0]).toContain(words);
  });

  it("is no word of those of a stream that is made anew, and one of those of a stream that is deleted", () => {
    const [, ...others] = told([deleted(true), consumerOf("deleted")]);
    expect(others).toEqual(["says: X/c is deleted with its stream."]);
  });

  it("is consent given and taken back", () => {
    expect(told(remade({ allowPositionLoss: true }))).toEqual([
      "says: From this update on, X/c may lose its place by a change, and other filters or its deletion may lose messages (allowPositionLoss).",
    ]);
    expect(told(remade({}, { allowPositionLoss: true }))).toEqual([
      "says: X/c may no longer lose its place.",
    ]);
  });
});

/** A consumer that changes, and the details that the engine tells of it. */
function remade(after: Partial<ConsumerInputs>, before: Partial<ConsumerInputs> = {}): ConsumerChange {
  const spec = { ...consumerDefaults, stream: "X", name: "c" };
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const details = paths.map((path) => ({ path, before: "a", after: "b" }));
  return {
    what: "consumer",
    id: "X/c",
    verb: "changed",
    before: { ...spec, ...before },
    after: { ...spec, ...after },
    details,
  };
}

describe("what happens to a consumer that no server changes in place", () => {
  const tell = (
    change: ConsumerChange,
    known?: ConsumerFacts,
    retention: StreamInputs["retention"] = "limits",
  ) =>
    meaningOf(
      [change],
      { rollout, streams: [{ ...stream, retention }] },
      known && { ...nothingSaid, consumerFacts: new Map([["X/c", known]]) },
    ).map(({ tone, text }) => `${tone}: ${text}`);
  const again = (number: number): ConsumerFacts => ({ misplaced: { again: number, skipped: undefined } });
  const why = "X/c is recreated (no server changes in place: maxWaiting 512 → 256)";
  const moment = "Messages that are acknowledged during the change can come again.";

  it.each(["limits", "interest"] as const)(
    "is that it keeps its place, as far as the state shows: %s",
    (retention) => {
      expect(tell(remade({ maxWaiting: 256 }), undefined, retention)).toEqual([
        `unchecked: ${why} and keeps its place. It is unchecked whether messages are acknowledged behind a message that is not acknowledged. If so, \`up\` refuses, and nothing is changed. ${moment}`,
      ]);
    },
  );

  it("is that it keeps its place, or is refused with the number, where the servers were asked", () => {
    const change = remade({ maxWaiting: 256, maxDeliver: 3 });
    expect(tell(change, again(0))).toEqual([`says: ${why} and keeps its place. ${moment}`]);
    expect(tell(change, again(7))).toEqual([
      "refused: X/c would be recreated (no server changes in place: maxWaiting 512 → 256): up to 7 acknowledged messages would come again. Let the clients acknowledge what is pending first. If the messages may come again, set allowPositionLoss: true on this consumer.",
    ]);
  });

  it("is what comes again with consent", () => {
    const change = remade({ maxWaiting: 256, allowPositionLoss: true });
    expect(tell(change)[0]).toContain("If so, these messages come again: allowPositionLoss consents.");
    expect(tell(change, again(7))[0]).toMatch(
      /^loses: .*: up to 7 acknowledged messages would come again. allowPositionLoss consents\.$/,
    );
  });

  it("is no doubt in a work queue", () => {
    expect(tell(remade({ maxWaiting: 256 }), undefined, "workqueue")).toEqual([
      `says: ${why} and keeps its place: X has only messages that are not acknowledged.`,
    ]);
  });

  it.each([
    { deliverPolicy: "new" },
    { ackPolicy: "none" },
    { maxWaiting: 1, filterSubjects: ["x.a"] },
  ] as const)("is refused by the state alone where the place is lost, and done with consent: %j", (after) => {
    expect(tell(remade(after))[0]).toMatch(
      /^refused: X\/c would be recreated .* and lose its place, because .*\. (Undo the change|Make two updates)/,
    );
    const numbers: ConsumerFacts = { misplaced: { again: undefined, skipped: 6 } };
    expect(tell(remade(after), numbers)[0]).toContain("up to 6 messages, and what is published");
    expect(tell(remade({ ...after, allowPositionLoss: true }))[0]).toMatch(
      /^loses: X\/c is recreated .* and loses its place\. allowPositionLoss consents\.$/,
    );
    expect(tell(remade({ ...after, allowPositionLoss: true }), undefined, "interest")[0]).toContain(
      "X then deletes at once messages that no consumer waits for",
    );
  });
});

describe("what happens to a stream that keeps only what consumers wait for", () => {
  const interest: StreamInputs = { ...stream, retention: "interest" };
  const tell = (changes: Change[], messages?: number, streams: readonly StreamInputs[] = [interest]) =>
    meaningOf(
      changes,
      { rollout, streams },
      messages === undefined
        ? nothingSaid
        : { ...nothingSaid, consumerFacts: new Map([["X/c", { messages }]]) },
    ).map(({ tone, text }) => `${tone}: ${text}`);
  const consented = (consent: Partial<ConsumerInputs>): ConsumerChange => ({
    ...consumerOf("deleted"),
    before: { ...consumerDefaults, stream: "X", name: "c", ...consent },
  });

  it("is unchecked where a consumer is deleted, none, refused, or a loss with the consent of the update before", () => {
    expect(tell([consumerOf("deleted")])).toEqual([
      "unchecked: X/c is deleted, and its place is lost. It is unchecked whether X keeps messages only for this consumer (retention: interest). If so, `up` refuses, and nothing is lost.",
    ]);
    expect(tell([consumerOf("deleted")], 0)).toEqual([
      "says: X/c is deleted, and its place is lost; no message is lost.",
    ]);
    expect(tell([consumerOf("deleted")], 10)).toEqual([
      "refused: the deletion of X/c would delete up to 10 messages: X keeps a message only while a consumer waits for it (retention: interest). Put the consumer back into the configuration, or set allowPositionLoss: true on it in an update before this one.",
    ]);
    const consent = consented({ allowPositionLoss: true });
    expect(tell([consent])[0]).toContain(
      "loses: X/c is deleted, its place is lost, and X deletes at once messages that no other",
    );
    expect(tell([consent], 10)[0]).toContain(
      "deletes at once up to 10 messages that no other consumer waits for",
    );
    expect(tell([consent])[0]).toContain("allowPositionLoss consents.");
    expect(tell([consented({ allowDataLoss: true })])[0]).toContain("allowDataLoss consents.");
  });

  it("is guarded by its consumers where it is deleted with them, and goes with its own consent", () => {
    const gone = { ...deleted(true), before: { ...interest, allowDataLoss: true } } as Change;
    expect(tell([gone, consumerOf("deleted")], undefined, [])).toContainEqual(
      expect.stringMatching(
        /^unchecked: X\/c is deleted, and its place is lost\. It is unchecked whether X keeps/,
      ),
    );
    expect(tell([gone, consented({ allowDataLoss: true })], undefined, [])).toEqual([
      expect.stringMatching(/^loses: X is deleted/),
      "says: X/c is deleted with its stream.",
    ]);
  });

  it("is unchecked, refused or a loss by consent where a consumer no longer waits for some subjects", () => {
    const filters = remade({ filterSubjects: ["x.a"] });
    expect(tell([filters])).toEqual([
      "unchecked: X/c no longer waits for some subjects. It is unchecked whether X keeps messages of these subjects only for this consumer (retention: interest). If so, `up` refuses, and nothing is changed.",
    ]);
    expect(tell([filters], 4)[0]).toMatch(
      /^refused: X\/c no longer waits for some subjects, and X would delete up to 4 messages that no other consumer/,
    );
    expect(tell([filters], 0)).toEqual(["says: X/c changes in place: filterSubjects; it keeps its place."]);
    const consents = remade({ filterSubjects: ["x.a"], allowPositionLoss: true });
    expect(tell([consents], 4)[0]).toMatch(/^loses: X\/c .* deletes at once up to 4 messages that no other/);
    expect(tell([remade({ filterSubjects: [] }, { filterSubjects: ["x.a"] })])[0]).toMatch(/^says: /);
    expect(told(consumerOf("changed"), undefined, "rolling", [interest])[0]).toMatch(/^says: /);
  });
});

describe("what happens to the rest", () => {
  it.each([
    ["leaf", "created", "The certificate of oslo is issued."],
    ["leaf", "replaced", "The certificate of oslo is renewed, with a new key."],
    ["leaf", "deleted", "The certificate of oslo is deleted."],
    ["authority", "created", "CA oslo is created."],
    ["authority", "deleted", "CA oslo is removed"],
    ["key", "created", "A key is made: oslo."],
    ["key", "replaced", "A key changes: oslo."],
    ["host", "created", "Hosts are prepared: oslo."],
    ["host", "replaced", "A script changes hosts"],
    ["host", "deleted", "taken back: oslo."],
    ["vpn", "created", "oslo joins the VPN."],
    ["vpn", "changed", "WireGuard changes on oslo."],
    ["vpn", "deleted", "WireGuard is taken down on oslo."],
    ["volume", "deleted", "A volume leaves the stack: oslo. Data volumes stay"],
    ["network", "replaced", "oslo is recreated"],
    ["image", "changed", "The servers' image is provided: oslo."],
  ] as const)("is told of a %s that is %s", (kind, verb, words) => {
    expect(told(part(kind, "oslo", verb))[0]).toContain(words);
  });

  it("is told of TLS on the client port, and of consents", () => {
    const port: Change = {
      ...part("provider", "nats", "changed"),
      details: [{ path: "clientTls", before: "off", after: "required" }],
    } as Change;
    expect(told(port)[0]).toContain("TLS on the client port goes from off to required");
    const consent: Change = {
      ...part("other", "consent", "changed"),
      details: [{ path: "allowDowngrade", before: "false", after: "true" }],
    } as Change;
    expect(told(consent)).toEqual(["says: consent is changed: allowDowngrade false → true."]);
  });

  it("is told once of many, and not at all of checks", () => {
    const renewed = ["dk", "no", "operator"].map((id) => part("leaf", id, "replaced"));
    expect(told([...renewed, part("check", "dk-node", "changed")])).toEqual([
      "says: The certificates of dk, no and operator are renewed, with new keys.",
    ]);
  });
});

it("what is refused comes first, then what is lost, then what nobody checked", () => {
  const narrower = { ...changed({ maxMessages: 1 }), id: "Y" } as Change;
  const tones = meaningOf([server("dk", "reloaded"), narrower, deleted(true), server("no", "deleted")], {
    rollout,
    streams: [],
  }).map(({ tone }) => tone);
  expect(tones).toEqual(["refused", "loses", "unchecked", "says"]);
});
