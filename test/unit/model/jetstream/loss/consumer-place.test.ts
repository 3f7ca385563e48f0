import { describe, expect, it } from "vitest";
import { type ConsumerSpec, consumerDefaults } from "../../../../../model/jetstream/consumer.ts";
import {
  fromServer,
  helperConfig,
  toServer,
  toServerFrom,
} from "../../../../../model/jetstream/consumer-canonical.ts";
import type { ConsumerConfig, LiveConsumer } from "../../../../../model/jetstream/consumer-info.ts";
import { keepsPlaceOf, startIn } from "../../../../../model/jetstream/consumer-start.ts";
import {
  acknowledgedLater,
  placeOf,
  refusedRemake,
  remakeOf,
} from "../../../../../model/jetstream/loss/consumer-place.ts";
import { markIn } from "../../../../../model/jetstream/ownership.ts";

const spec: ConsumerSpec = { ...consumerDefaults, stream: "S", name: "c", filterSubjects: ["a"] };
const mark = { project: "p", stack: "s", name: "S/c", generation: "g" };

/** Half-way: 12 messages, of which those up to the fourth are acknowledged, two are pending, and six are to come. */
const halfWay = {
  delivered: { consumer_seq: 6, stream_seq: 6 },
  ack_floor: { consumer_seq: 4, stream_seq: 4 },
  num_ack_pending: 2,
  num_pending: 6,
};

function live(before: Partial<ConsumerSpec> = {}, progress: Partial<typeof halfWay> = {}): LiveConsumer {
  const config = toServer({ ...spec, ...before }, mark);
  return { stream_name: "S", name: "c", created: "now", config, ...halfWay, ...progress };
}

function overJson(config: unknown): ConsumerConfig {
  return JSON.parse(JSON.stringify(config)) as ConsumerConfig;
}

describe("the place of a consumer that is made again", () => {
  it.each<[string, Partial<ConsumerSpec>, Partial<ConsumerSpec>, "kept" | "lost"]>([
    ["another maxWaiting", {}, { maxWaiting: 9 }, "kept"],
    ["another replayPolicy", {}, { replayPolicy: "original" }, "kept"],
    ["explicit to all", {}, { ackPolicy: "all" }, "kept"],
    ["all to explicit", { ackPolicy: "all" }, {}, "kept"],
    ["filters in another order", { filterSubjects: ["b", "a"] }, { filterSubjects: ["a", "b"] }, "kept"],
    ["what changes in place besides", {}, { maxWaiting: 9, maxDeliver: 2, ackWaitSeconds: 1 }, "kept"],
    ["other filters besides", {}, { maxWaiting: 9, filterSubjects: ["b"] }, "lost"],
    ["nothing acknowledged from now on", {}, { ackPolicy: "none" }, "lost"],
    ["nothing acknowledged before", { ackPolicy: "none" }, {}, "lost"],
    ["another start", {}, { deliverPolicy: "new" }, "lost"],
    ["another start before", { deliverPolicy: "last" }, {}, "lost"],
    ["another start all along", { deliverPolicy: "new" }, { deliverPolicy: "new", maxWaiting: 9 }, "lost"],
  ])("%s", (_, before, after, place) => {
    const [from, to] = [
      { ...spec, ...before },
      { ...spec, ...after },
    ];
    expect(placeOf(from, to, "limits")).toBe(place);
    expect(placeOf(from, to, "interest")).toBe(place);
  });

  it("is the queue itself in a work queue, whatever the filters", () => {
    expect(placeOf(spec, { ...spec, maxWaiting: 9, filterSubjects: ["b"] }, "workqueue")).toBe("queued");
    expect(placeOf(spec, { ...spec, deliverPolicy: "new" }, "workqueue")).toBe("lost");
  });
});

describe("how it is made again", () => {
  const wanted = { ...spec, maxWaiting: 9 };

  it.each(["limits", "interest"] as const)(
    "begins behind the floor, with a helper there: %s",
    (retention) => {
      expect(remakeOf(live(), wanted, retention)).toMatchObject({
        start: 5,
        helper: 5,
        misplaced: { again: 0 },
      });
    },
  );

  it("begins with the first message where nothing is acknowledged", () => {
    const nothing = { consumer_seq: 0, stream_seq: 0 };
    const fresh = live({}, { delivered: nothing, ack_floor: nothing, num_ack_pending: 0, num_pending: 12 });
    expect(remakeOf(fresh, wanted, "limits")).toMatchObject({ start: 1, helper: 1 });
  });

  it("needs no helper in a work queue, where no server lets it begin elsewhere", () => {
    const plan = remakeOf(live(), wanted, "workqueue");
    expect(plan).toMatchObject({ start: undefined, helper: undefined });
    expect(refusedRemake(live(), wanted, plan)).toBeUndefined();
  });

  it("never leaves an interest stream without a consumer, even where the place is lost", () => {
    const lost = { ...spec, ackPolicy: "none" } as const;
    expect(remakeOf(live(), lost, "interest")).toMatchObject({ start: undefined, helper: 5 });
    expect(remakeOf(live(), lost, "limits")).toMatchObject({ start: undefined, helper: undefined });
  });

  it("begins no earlier than at its own start, whatever a server says of its floor", () => {
    const config = overJson(toServerFrom(5, spec, mark));
    const zero = { consumer_seq: 0, stream_seq: 0 };
    const again = { ...live({}, { delivered: zero, ack_floor: zero, num_ack_pending: 0 }), config };
    expect(remakeOf(again, wanted, "limits")).toMatchObject({ start: 5, misplaced: { again: 0 } });
  });
});

describe("what is acknowledged behind the floor", () => {
  it("is at most what is delivered and not pending", () => {
    expect(acknowledgedLater(halfWay)).toBe(0);
    expect(acknowledgedLater({ ...halfWay, num_ack_pending: 1 })).toBe(1);
  });

  it("is not what was delivered twice, nor what the stream has of other subjects", () => {
    const often = { ...halfWay, delivered: { consumer_seq: 40, stream_seq: 6 } };
    expect(acknowledgedLater(often)).toBe(0);
    const sparse = { ...halfWay, delivered: { consumer_seq: 6, stream_seq: 400 } };
    expect(acknowledgedLater(sparse)).toBe(0);
  });

  it("is never less than nothing", () => {
    expect(acknowledgedLater({ ...halfWay, num_ack_pending: 5 })).toBe(0);
  });
});

describe("the refusal", () => {
  const refusal = (wanted: Partial<ConsumerSpec>, from = live()) => {
    const whole = { ...spec, ...wanted };
    return refusedRemake(from, whole, remakeOf(from, whole, "limits"));
  };

  it("is none where the place is kept", () => {
    expect(refusal({ maxWaiting: 9 })).toBeUndefined();
  });

  it("says what would come again, from where, and the mend", () => {
    expect(refusal({ maxWaiting: 9, ackPolicy: "all" }, live({}, { num_ack_pending: 1 }))).toBe(
      "the consumer S/c was not changed: no server changes that in place (ackPolicy explicit → all, maxWaiting 512 → 9), so " +
        "the consumer would be recreated and begin at sequence 5 of its stream, the first message that is not acknowledged: " +
        "up to 1 acknowledged message would come again. Let the clients acknowledge what is pending first. If the messages " +
        "may come again, set allowPositionLoss: true on this consumer",
    );
  });

  it.each<[Partial<ConsumerSpec>, string]>([
    [{ ackPolicy: "none" }, "up to 4 acknowledged messages would come again."],
    [{ deliverPolicy: "new" }, ": up to 8 messages, and what is published meanwhile, would never come."],
    [
      { deliverPolicy: "last_per_subject" },
      "up to 4 acknowledged messages would come again, and up to 8 messages, and what is published meanwhile, would never come.",
    ],
  ])("says what a lost place comes to: %j", (wanted, words) => {
    expect(refusal(wanted)).toContain(words);
  });

  it("counts what was acknowledged before an earlier change too", () => {
    const config = overJson(toServerFrom(101, spec, mark));
    const again = {
      ...live({}, { delivered: { consumer_seq: 2, stream_seq: 102 }, num_ack_pending: 2 }),
      config,
    };
    expect(refusal({ ackPolicy: "none" }, again)).toContain("up to 100 acknowledged messages");
  });
});

describe("a start on the server", () => {
  const info = (config: unknown) => ({
    stream_name: "S",
    name: "c",
    created: "now",
    config: overJson(config),
  });

  it("is told by our metadata, and is seen as `all`", () => {
    const config = overJson(
      toServerFrom(7, spec, mark, { ...toServer(spec, mark), metadata: { team: "t" } }),
    );
    expect(config).toMatchObject({
      deliver_policy: "by_start_sequence",
      opt_start_seq: 7,
      metadata: { team: "t" },
    });
    expect(startIn(config)).toBe(7);
    expect(fromServer(info(config))).toEqual(spec);
  });

  it("that our metadata does not tell of, or of another sequence, is as it is", () => {
    const config = { ...overJson(toServerFrom(7, spec, mark)), opt_start_seq: 8 };
    expect(fromServer(info(config)).deliverPolicy).toBe("by_start_sequence");
    const { metadata: _, ...bare } = overJson(toServerFrom(7, spec, mark));
    expect(fromServer(info(bare)).deliverPolicy).toBe("by_start_sequence");
  });

  it("stays where it is changed in place, and goes where it is made anew from elsewhere", () => {
    const config = overJson(toServerFrom(7, spec, mark));
    expect(toServer({ ...spec, maxDeliver: 3 }, mark, config)).toEqual({ ...config, max_deliver: 3 });
    const anew = toServerFrom(undefined, { ...spec, deliverPolicy: "new" }, mark, config);
    expect(anew).not.toHaveProperty("opt_start_seq");
    expect(startIn(overJson(anew))).toBeUndefined();
    expect(toServerFrom(9, spec, mark, config)).toMatchObject({ opt_start_seq: 9 });
  });
});

describe("the helper", () => {
  it("waits for the messages that its consumer is to have, and says whose place it keeps", () => {
    const config = overJson(helperConfig(5, { ...toServer(spec, mark), num_replicas: 3 }, spec, mark));
    expect(config).toMatchObject({
      durable_name: "c-resume",
      deliver_policy: "by_start_sequence",
      opt_start_seq: 5,
      ack_policy: "explicit",
      filter_subject: "a",
      num_replicas: 3,
    });
    expect(keepsPlaceOf(config)).toBe("c");
    expect(markIn(config.metadata)).toEqual(mark);
    expect(startIn(config)).toBe(5);
  });

  it("is not what its consumer becomes", () => {
    const helper = overJson(helperConfig(5, toServer(spec, mark), spec, mark));
    expect(keepsPlaceOf(overJson(toServerFrom(5, spec, mark, helper)))).toBeUndefined();
  });
});
