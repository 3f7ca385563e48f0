import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identityFrom } from "../../../client/jetstream/consumer-api.ts";
import { checkConsumer } from "../../../model/contract/consumer.ts";
import { type Properties, unknown } from "../../../model/contract/properties.ts";
import { type ConsumerSpec, consumerDefaults } from "../../../model/jetstream/consumer.ts";
import { fromServer, inWordsOf, toServer } from "../../../model/jetstream/consumer-canonical.ts";
import { diffConsumer, immutableDifferences } from "../../../model/jetstream/consumer-diff.ts";
import type { ConsumerConfig } from "../../../model/jetstream/consumer-info.ts";
import { markIn } from "../../../model/jetstream/ownership.ts";
import { refusePush } from "../../../provider/consumer/reconcile.ts";
import { consumer } from "../../support/plugin.ts";

const least = { stream: "EVENTS", name: "worker" };
const spec: ConsumerSpec = { ...consumerDefaults, ...least };
const mark = { project: "p", stack: "s", name: "n", generation: "g" };

function faults(changes: Properties): string[] {
  return checkConsumer({ ...least, ...changes }).failures.map(
    ({ property, reason }) => `${property} ${reason}`,
  );
}

describe("a consumer's inputs", () => {
  it("need a stream and a name, and take the rest from the defaults", () => {
    expect(checkConsumer(least)).toEqual({ inputs: spec, failures: [] });
    expect(checkConsumer({}).failures.map((failure) => failure.property)).toEqual(["stream", "name"]);
  });

  it.each<[Properties, string]>([
    [{ stream: "a b" }, 'stream "a b" is not allowed'],
    [{ name: "a>" }, 'name "a>" is not allowed'],
    [{ filterSubjects: ["a", "a.>", ">"] }, 'filterSubjects[2] ">" overlaps "a"'],
    [{ filterSubjects: ["a."] }, 'filterSubjects[0] "a." has an empty token'],
    [
      { deliverPolicy: "first" },
      'deliverPolicy "first" is not allowed; give one of all, last, new, last_per_subject',
    ],
    [{ deliverPolicy: "last_per_subject" }, "filterSubjects is empty"],
    [{ ackPolicy: "maybe" }, 'ackPolicy "maybe" is not allowed; give one of explicit, all, none'],
    [{ replayPolicy: "slow" }, 'replayPolicy "slow" is not allowed; give one of instant, original'],
    [{ ackWaitSeconds: 0 }, "ackWaitSeconds 0 is not allowed"],
    [{ maxDeliver: 0 }, "maxDeliver 0 is not allowed; give -1 (unlimited)"],
    [{ maxAckPending: 0 }, "maxAckPending 0 is not allowed"],
    [{ maxWaiting: 0 }, "maxWaiting 0 is not allowed"],
    [{ allowPositionLoss: "yes" }, 'allowPositionLoss "yes" is not allowed; give true or false'],
    [{ allowDataLoss: 1 }, "allowDataLoss 1 is not allowed; give true or false"],
    [{ replicas: 6 }, "replicas 6 is not allowed; give a whole number from 0 to 5"],
    [{ filterSubject: "a" }, "filterSubject is not an input of this resource; did you mean filterSubjects?"],
  ])("%j is a fault", (changes, expected) => {
    expect(faults(changes)).toEqual([expect.stringContaining(expected)]);
  });

  it("have a consent only where it is given", () => {
    expect(checkConsumer({ ...least, allowPositionLoss: false, allowDataLoss: false }).inputs).toEqual(spec);
    expect(checkConsumer({ ...least, allowPositionLoss: true }).inputs).toEqual({
      ...spec,
      allowPositionLoss: true,
    });
  });

  it("may be unknown in a preview, and stay so", () => {
    const { inputs, failures } = checkConsumer({ ...least, stream: unknown, filterSubjects: [unknown] });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ stream: unknown, filterSubjects: [unknown] });
  });
});

describe("a consumer's canonical form", () => {
  const specs: fc.Arbitrary<ConsumerSpec> = fc.record({
    stream: fc.constant("EVENTS"),
    name: fc.constant("worker"),
    description: fc.string(),
    filterSubjects: fc.array(fc.string({ minLength: 1 })),
    deliverPolicy: fc.constantFrom("all", "last", "new", "last_per_subject"),
    ackPolicy: fc.constantFrom("explicit", "all", "none"),
    replayPolicy: fc.constantFrom("instant", "original"),
    ackWaitSeconds: fc.integer({ min: 1, max: 1e6 }),
    maxDeliver: fc.integer({ min: 1 }),
    maxAckPending: fc.integer({ min: 1 }),
    maxWaiting: fc.integer({ min: 1 }),
    replicas: fc.integer({ min: 0, max: 5 }),
  });
  const info = (config: ConsumerConfig) => ({
    stream_name: "EVENTS",
    name: "worker",
    created: "now",
    config,
  });

  it("comes back from what a server is asked for, over JSON", () => {
    fc.assert(
      fc.property(specs, (wanted) => {
        const sent = JSON.parse(JSON.stringify(toServer(wanted, mark))) as ConsumerConfig;
        expect(fromServer(info(sent))).toEqual(wanted);
      }),
    );
  });

  it("has one subject in the field for one, and several in the other", () => {
    expect(toServer({ ...spec, filterSubjects: ["a"] }, mark)).toMatchObject({ filter_subject: "a" });
    expect(toServer({ ...spec, filterSubjects: ["a", "b"] }, mark)).toMatchObject({
      filter_subjects: ["a", "b"],
    });
    expect(toServer(spec, mark)).not.toHaveProperty("filter_subject");
  });

  it("leaves no old subject behind when there are several now, or none", () => {
    const live = toServer({ ...spec, filterSubjects: ["a"] }, mark);
    expect(toServer({ ...spec, filterSubjects: ["a", "b"] }, mark, live)).not.toHaveProperty(
      "filter_subject",
    );
    expect(toServer(spec, mark, live)).not.toHaveProperty("filter_subject");
  });

  it("fills in what a server leaves out where nothing is acknowledged", () => {
    const { ack_wait: _a, max_ack_pending: _m, ...config } = toServer({ ...spec, ackPolicy: "none" }, mark);
    expect(fromServer(info(config))).toEqual({ ...spec, ackPolicy: "none" });
  });

  it("carries along what a server has and this project knows nothing of", () => {
    const live = {
      ...toServer(spec, mark),
      headers_only: true,
      metadata: { team: "events", "_nats.ver": "2" },
    };
    const sent = toServer(spec, mark, live);
    expect(sent).toMatchObject({ headers_only: true, metadata: { team: "events" } });
    expect(sent.metadata).not.toHaveProperty(["_nats.ver"]);
    expect(markIn(sent.metadata)).toEqual(mark);
  });

  it("is shown in the words of the state where both mean the same", () => {
    const live = { ...spec, filterSubjects: ["b", "a"] };
    expect(inWordsOf({ ...spec, filterSubjects: ["a", "b"] }, live).filterSubjects).toEqual(["a", "b"]);
    expect(inWordsOf({ ...spec, filterSubjects: ["a"] }, live)).toEqual(live);
    expect(inWordsOf(undefined, live)).toEqual(live);
  });

  it("does not exist for a push consumer", () => {
    expect(() => refusePush(info({ ...toServer(spec, mark), deliver_subject: "d" }))).toThrow(
      "the consumer EVENTS/worker is a push consumer",
    );
  });
});

describe("the diff of a consumer", () => {
  const state = { ...spec, filterSubjects: ["a", "b"], generation: "g1", created: "now" };
  const changes = (news: Properties) =>
    diffConsumer(state, { ...spec, filterSubjects: ["a", "b"], ...news }).changes.map(
      ({ path, kind, replaces }) => `${kind} ${path}${replaces ? ", replaces" : ""}`,
    );

  it("is empty when nothing changed, in whatever order", () => {
    expect(changes({})).toEqual([]);
    expect(changes({ filterSubjects: ["b", "a"] })).toEqual([]);
  });

  it.each<[Properties, string]>([
    [{ description: "x" }, "update description"],
    [{ filterSubjects: ["a"] }, "update filterSubjects"],
    [{ ackWaitSeconds: 5 }, "update ackWaitSeconds"],
    [{ maxDeliver: 5 }, "update maxDeliver"],
    [{ maxAckPending: 5 }, "update maxAckPending"],
    [{ replicas: 1 }, "update replicas"],
    [{ stream: "OTHER" }, "update stream, replaces"],
    [{ name: "other" }, "update name, replaces"],
    [{ deliverPolicy: "new" }, "update deliverPolicy"],
    [{ ackPolicy: "none" }, "update ackPolicy"],
    [{ replayPolicy: "original" }, "update replayPolicy"],
    [{ maxWaiting: 5 }, "update maxWaiting"],
    [{ stream: unknown }, "update stream, replaces"],
  ])("names %j", (news, expected) => {
    expect(changes(news)).toEqual([expected]);
  });

  it("names a consent that is given or taken back, and changes nothing of a state of before there were any", () => {
    expect(changes({ allowPositionLoss: false, allowDataLoss: false })).toEqual([]);
    expect(changes({ allowPositionLoss: true })).toEqual(["add allowPositionLoss"]);
    const consented = { ...state, allowPositionLoss: true };
    expect(diffConsumer(consented, spec).changes.map(({ path, kind }) => `${kind} ${path}`)).toContain(
      "delete allowPositionLoss",
    );
  });

  it("deletes before it replaces, for both have one name", () => {
    expect(diffConsumer(state, { ...spec }).deleteBeforeReplace).toBe(true);
  });

  it("tells which differences a live one can't lose", () => {
    expect(immutableDifferences(spec, { ...spec, ackPolicy: "none", maxDeliver: 5 })).toEqual([
      'ackPolicy is "explicit" and should be "none"',
    ]);
  });
});

describe("the preview of a consumer", () => {
  it("does not know who it will be before it is made, and knows it from the state", () => {
    const inputs = { ...spec };
    expect(consumer.preview(inputs, undefined)).toEqual({ ...spec, generation: unknown, created: unknown });
    const state = { ...spec, generation: "g1", created: "now" };
    expect(consumer.preview(inputs, state)).toEqual(state);
  });
});

describe("the id of a consumer", () => {
  it("names its stream and itself", () => {
    expect(identityFrom("EVENTS/worker")).toEqual(least);
  });

  it.each(["worker", "EVENTS/", "/worker", "a/b/c", ""])("can't be %j", (id) => {
    expect(() => identityFrom(id)).toThrow("give STREAM/CONSUMER");
  });
});
