import { describe, expect, it } from "vitest";
import type { ConsumerInfo } from "../../../../model/jetstream/consumer-info.ts";
import type { StreamInfo } from "../../../../model/jetstream/stream-info.ts";
import { keptSubjects } from "../../../../operations/adopt/compare.ts";
import type { LiveStream } from "../../../../operations/adopt/live.ts";
import { type Fate, planStreams } from "../../../../operations/adopt/streams.ts";
import { plan } from "../../../support/configuration.ts";

const day = 86_400e9;
const megabyte = 1024 ** 2;
const planned = plan();

/** GLOBAL_EVENTS as UnityPlan's document makes it. */
function stream(config: Record<string, unknown> = {}, consumers: readonly ConsumerInfo[] = []): LiveStream {
  const info = {
    config: {
      ...{ name: "GLOBAL_EVENTS", subjects: ["global.*"], storage: "file", retention: "limits" },
      ...{ discard: "old", num_replicas: 3, max_age: 7 * day, max_bytes: -1, max_msgs: -1 },
      ...{ max_msgs_per_subject: -1, max_msg_size: -1, max_consumers: -1, duplicate_window: 120e9 },
      ...{ allow_direct: true, sealed: false, consumer_limits: {} },
      ...config,
    },
    ...{ created: "2026-01-01T00:00:00Z", ts: "2026-01-01T00:00:00Z" },
    state: { messages: 1, bytes: 1, first_seq: 1, last_seq: 1 },
  };
  return { info: info as unknown as StreamInfo, consumers };
}

function consumer(name: string, config: Record<string, unknown> = {}): ConsumerInfo {
  const usual = {
    ...{ durable_name: name, name, deliver_policy: "all", ack_policy: "explicit", replay_policy: "instant" },
    ...{ ack_wait: 30e9, max_deliver: -1, max_ack_pending: 1000, max_waiting: 512, num_replicas: 0 },
    pause_until: "0001-01-01T00:00:00Z",
  };
  const info = { stream_name: "GLOBAL_EVENTS", name, created: "", config: { ...usual, ...config } };
  return info as unknown as ConsumerInfo;
}

function adopt(live: LiveStream, maxPayloadBytes = megabyte) {
  const { fates, entries, faults } = planStreams([live], planned, maxPayloadBytes);
  const fate = (name: string) => fates.find((one) => one.name === name) as Fate;
  return { fates, entries, faults, fate };
}

function inShort({ kind, differences }: Fate): string[] {
  return [
    kind,
    ...differences.map(({ property, kept }) => `${property}${kept === undefined ? "" : " kept"}`),
  ];
}

describe("a stream that the configuration has", () => {
  it("is changed in place where that loses nothing", () => {
    const { fate, entries, faults } = adopt(stream());
    expect(inShort(fate("GLOBAL_EVENTS"))).toEqual(["known", "subjects", "maxMessageSizeBytes"]);
    expect({ entries, faults }).toEqual({ entries: {}, faults: [] });
  });

  it("is the same where nothing differs", () => {
    const same = { subjects: ["global.>"], max_msg_size: 8 * megabyte };
    expect(inShort(adopt(stream(same)).fate("GLOBAL_EVENTS"))).toEqual(["known"]);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["keeps messages longer", { max_age: 30 * day }, { maxAge: "30d" }],
    ["keeps messages for ever", { max_age: 0 }, { maxAge: "unlimited" }],
    ["is in memory", { storage: "memory" }, { storage: "memory" }],
    ["is a work queue", { retention: "workqueue" }, { retention: "workqueue" }],
    ["refuses what is too much", { discard: "new" }, { discard: "new" }],
    ["has a description", { description: "ask Ida" }, { description: "ask Ida" }],
    ["listens on more", { subjects: ["global.*", "events.>"] }, { subjects: ["global.>", "events.>"] }],
  ])("is configured as it runs where it %s", (_, config, entry) => {
    expect(adopt(stream(config)).entries).toEqual({ GLOBAL_EVENTS: entry });
  });

  it("is not kept narrower than it should be", () => {
    const narrow = { max_age: day, max_bytes: 1000, max_msgs: 10, max_msgs_per_subject: 1 };
    expect(adopt(stream(narrow)).entries).toEqual({});
  });

  it("goes on taking the messages that the servers let in", () => {
    expect(adopt(stream(), 8 * megabyte).entries).toEqual({});
    expect(adopt(stream(), 9 * megabyte).entries).toEqual({ GLOBAL_EVENTS: { maxMessageSize: "unlimited" } });
  });

  it("and that another stack looks after is not hand-made", () => {
    const metadata = {
      ...{ "unityplan.project": "unityplan-nats", "unityplan.stack": "prod" },
      ...{ "unityplan.resource": "GLOBAL_EVENTS", "unityplan.generation": "0" },
    };
    expect(adopt(stream({ metadata })).faults[0]).toContain("belongs to the stack unityplan-nats/prod");
  });

  it("is made where it is missing, with its consumers", () => {
    const { fates } = adopt(stream());
    expect(fates.filter(({ kind }) => kind === "made").map(({ name }) => name)).toEqual([
      "GLOBAL_EVENTS/global-processor",
      "CROSS_TERRITORY",
      "TERRITORY_DK",
      "TERRITORY_DK/dk-local-processor",
      "TERRITORY_NO",
      "TERRITORY_NO/no-local-processor",
      "TERRITORY_SE",
      "TERRITORY_SE/se-local-processor",
    ]);
  });
});

describe("a consumer", () => {
  const name = "GLOBAL_EVENTS/global-processor";
  const own = (config: Record<string, unknown>) => adopt(stream({}, [consumer("global-processor", config)]));

  it("that the configuration has is changed in place", () => {
    const { fate, entries } = own({ filter_subject: "global.*", ack_wait: 60e9 });
    expect(inShort(fate(name))).toEqual(["known", "filterSubjects", "ackWaitSeconds"]);
    expect(entries).toEqual({});
  });

  it("keeps what no server changes, for a new one would begin anew", () => {
    const config = { filter_subject: "global.*", deliver_policy: "new", ack_policy: "all", max_waiting: 100 };
    expect(own(config).entries).toEqual({
      GLOBAL_EVENTS: {
        consumers: { "global-processor": { deliverPolicy: "new", ackPolicy: "all", maxWaiting: 100 } },
      },
    });
  });

  it("keeps reading what it reads", () => {
    const live = stream({ subjects: ["global.*", "events.>"] }, [consumer("global-processor")]);
    expect(adopt(live).entries.GLOBAL_EVENTS).toMatchObject({
      consumers: { "global-processor": { filters: [] } },
    });
  });

  it("that pushes in the place of one that is pulled from is a fault", () => {
    expect(own({ deliver_subject: "push.here" }).faults).toEqual([
      `the consumer ${name} is a push consumer, and the configuration has a pull consumer of that name`,
    ]);
  });

  it("that nobody configured is written down where there are words for it", () => {
    const { entries, fate } = adopt(
      stream({}, [
        consumer("audit", { filter_subject: "global.audit", max_deliver: 3 }),
        consumer("pushed", { deliver_subject: "push.here" }),
        consumer("passing", { durable_name: undefined }),
        consumer("headers", { headers_only: true }),
        consumer("late", { deliver_policy: "by_start_time", opt_start_time: "2026-01-01T00:00:00Z" }),
      ]),
    );
    expect(entries).toEqual({
      GLOBAL_EVENTS: { consumers: { audit: { filters: ["global.audit"], maxDeliver: 3 } } },
    });
    expect(fate("GLOBAL_EVENTS/audit").kind).toBe("written");
    expect(fate("GLOBAL_EVENTS/pushed").reason).toContain("push consumer");
    expect(fate("GLOBAL_EVENTS/passing").reason).toContain("as long as a client uses it");
    expect(fate("GLOBAL_EVENTS/headers").reason).toContain("headers_only");
    expect(fate("GLOBAL_EVENTS/late").reason).toContain("opt_start_time");
  });
});

describe("a stream that the configuration does not have", () => {
  const orders = { name: "ORDERS", subjects: ["orders.>"], max_bytes: 1_000_000 };

  it("is written into it as it is, with its consumers", () => {
    const live = stream({ ...orders, num_replicas: 1, discard: "new" }, [
      { ...consumer("billing"), stream_name: "ORDERS" },
    ]);
    expect(adopt(live).entries).toEqual({
      ORDERS: {
        ...{ subjects: ["orders.>"], discard: "new", replicas: 1, maxAge: "7d", maxBytes: "977KB" },
        ...{ maxMessageSize: "unlimited", consumers: { billing: {} } },
      },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ["mirror", { mirror: { name: "GLOBAL_EVENTS" } }],
    ["deny_delete", { deny_delete: true }],
    ["max_consumers", { max_consumers: 3 }],
    ["placement", { placement: { tags: ["ssd"] } }],
  ])("stays as it is where the configuration has no words for its %s", (field, config) => {
    const { fate, entries } = adopt(stream({ ...orders, ...config }));
    expect(entries).toEqual({});
    expect(fate("ORDERS")).toMatchObject({ kind: "left", reason: expect.stringContaining(field) });
  });
});

describe("the subjects of a stream that listens on more than it should", () => {
  it("are both, or what it has where the two overlap", () => {
    expect(keptSubjects(["global.*", "x.y"], ["global.>"])).toEqual(["global.>", "x.y"]);
    expect(keptSubjects(["*.user"], ["global.>"])).toEqual(["*.user"]);
  });
});
