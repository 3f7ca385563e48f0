import { describe, expect, it } from "vitest";
import { configure, faults, nordicPods, podInput } from "../../../support/configuration.ts";

const [dk, no] = nordicPods;

function stream(name: string, sections: Readonly<Record<string, unknown>> = {}) {
  const { streams, consumers } = configure(sections);
  return {
    spec: streams.find((one) => one.name === name),
    consumers: consumers.filter((one) => one.stream === name),
  };
}

describe("a stream of the catalogue", () => {
  it("is as the catalogue has it, where nothing is said", () => {
    expect(
      configure().streams.map(({ name, replicas, allowDataLoss }) => [name, replicas, allowDataLoss]),
    ).toEqual([
      ["GLOBAL_EVENTS", 3, false],
      ["CROSS_TERRITORY", 3, false],
      ["TERRITORY_DK", 1, false],
      ["TERRITORY_NO", 1, false],
      ["TERRITORY_SE", 1, false],
    ]);
  });

  it("changes where the configuration says so, and nowhere else", () => {
    const wanted = {
      description: "d",
      replicas: 1,
      maxAge: "1d",
      maxBytes: "20GB",
      maxMessages: 10,
      maxMessagesPerSubject: 2,
      maxMessageSize: "1MB",
      duplicateWindow: "1m",
      retention: "interest",
      discard: "new",
      storage: "memory",
      compression: "s2",
      allowDataLoss: true,
    };
    const before = stream("GLOBAL_EVENTS").spec;
    expect(stream("GLOBAL_EVENTS", { streams: { GLOBAL_EVENTS: wanted } }).spec).toEqual({
      ...before,
      description: "d",
      replicas: 1,
      maxAgeSeconds: 86_400,
      maxBytes: 20 * 1024 ** 3,
      maxMessages: 10,
      maxMessagesPerSubject: 2,
      maxMessageSizeBytes: 1_048_576,
      duplicateWindowSeconds: 60,
      retention: "interest",
      discard: "new",
      storage: "memory",
      compression: "s2",
      allowDataLoss: true,
    });
    expect(stream("CROSS_TERRITORY", { streams: { GLOBAL_EVENTS: wanted } }).spec).toEqual(
      stream("CROSS_TERRITORY").spec,
    );
  });

  it("loses its limits by the word unlimited", () => {
    const limits = ["maxAge", "maxBytes", "maxMessages", "maxMessagesPerSubject", "maxMessageSize"];
    const streams = { GLOBAL_EVENTS: Object.fromEntries(limits.map((limit) => [limit, "unlimited"])) };
    expect(stream("GLOBAL_EVENTS", { streams }).spec).toMatchObject({
      maxAgeSeconds: 0,
      maxBytes: -1,
      maxMessages: -1,
      maxMessagesPerSubject: -1,
      maxMessageSizeBytes: -1,
    });
  });

  it("moves to another pod", () => {
    const { spec } = stream("TERRITORY_DK", { streams: { TERRITORY_DK: { pod: "no" } } });
    expect(spec?.placementTags).toEqual(["pod:no"]);
  });

  it("takes no larger messages than the servers let in", () => {
    expect(stream("GLOBAL_EVENTS", { cluster: { maxPayload: "1MB" } }).spec?.maxMessageSizeBytes).toBe(
      1_048_576,
    );
    expect(stream("GLOBAL_EVENTS", { cluster: { maxPayload: "16MB" } }).spec?.maxMessageSizeBytes).toBe(
      8_388_608,
    );
  });

  it("keeps its consumers, changed and with others beside them", () => {
    const consumers = {
      "global-processor": { ackWait: "1m", maxDeliver: 5 },
      audit: { filters: ["global.user.>"] },
    };
    const found = stream("GLOBAL_EVENTS", { streams: { GLOBAL_EVENTS: { consumers } } }).consumers;
    const [standard] = stream("GLOBAL_EVENTS").consumers;
    expect(found).toEqual([
      { ...standard, ackWaitSeconds: 60, maxDeliver: 5 },
      { ...standard, name: "audit", filterSubjects: ["global.user.>"] },
    ]);
  });

  it("belongs to a pod that there is", () => {
    expect(faults({ streams: { TERRITORY_FI: {}, TERRITORY_dk: {} } })).toEqual([
      'dev streams.TERRITORY_FI: is the stream of a pod "fi", which is not among the pods (dk, no, se); add the pod, or remove the stream',
      "dev streams.TERRITORY_dk: is the stream of pod dk, but with other capital letters; write TERRITORY_DK",
    ]);
  });

  it("of a pod whose id is faulty is not blamed", () => {
    expect(faults({ pods: [dk, podInput(false, 1)], streams: { TERRITORY_NO: {}, ...twoCopies } })).toEqual([
      expect.stringContaining("dev pods[1].id: false is a boolean"),
    ]);
  });
});

const twoCopies = { GLOBAL_EVENTS: { replicas: 2 }, CROSS_TERRITORY: { replicas: 2 } };

describe("a stream of one's own", () => {
  it("has UnityPlan's defaults", () => {
    const { spec, consumers } = stream("ORDERS", {
      streams: { ORDERS: { subjects: ["orders.>"], consumers: { c: {} } } },
    });
    expect(spec).toMatchObject({
      subjects: ["orders.>"],
      storage: "file",
      replicas: 1,
      maxAgeSeconds: 0,
      duplicateWindowSeconds: 120,
      maxMessageSizeBytes: 8_388_608,
      placementTags: [],
      allowDataLoss: false,
    });
    expect(consumers).toEqual([
      expect.objectContaining({ stream: "ORDERS", name: "c", filterSubjects: [], ackPolicy: "explicit" }),
    ]);
  });

  it("stands on a pod where it says so", () => {
    const { spec } = stream("ORDERS", { streams: { ORDERS: { subjects: ["orders.>"], pod: "se" } } });
    expect(spec?.placementTags).toEqual(["pod:se"]);
  });

  it("needs subjects", () => {
    expect(faults({ streams: { GLOBAL_EVENT: {} } })).toEqual([
      'dev streams.GLOBAL_EVENT.subjects: is missing, and a stream that the catalogue does not have needs subjects, for example ["orders.>"]; the nearest stream in the catalogue is GLOBAL_EVENTS',
    ]);
    expect(faults({ streams: { ORDERS: { subjects: [] } } })).toEqual([
      'dev streams.ORDERS.subjects: [] is empty; name at least one subject, for example ["orders.>"]',
    ]);
  });

  it.each(["a.b", "a b", "a*", "a>", "a/b", "a\\b", "", "æ", "a".repeat(256)])(
    "can't be called %j",
    (name) => {
      expect(faults({ streams: { [name]: { subjects: ["a"] } } })).toEqual([
        expect.stringMatching(
          /is not a stream name; allowed up to 255 letters, digits, dashes and underscores/,
        ),
      ]);
    },
  );
});

describe("the values of a stream", () => {
  it.each([
    [{ replicas: 0 }, "replicas: 0 is not a number of replicas; allowed 1 to 5, for example 3"],
    [{ replicas: 6 }, "replicas: 6 is not a number of replicas; allowed 1 to 5, for example 3"],
    [{ replicas: "3" }, 'replicas: "3" is text, not a number; write 3 without quotes'],
    [{ maxAge: "7" }, 'maxAge: "7" has no unit; allowed a whole number with one of the units ms, s, m, h, d'],
    [{ maxAge: 7 }, "maxAge: 7 has no unit"],
    [{ maxAge: "7w" }, 'maxAge: "7w" has the unknown unit "w"'],
    [
      { maxAge: "never" },
      'maxAge: "never" is not a duration; allowed a whole number with one of the units ms, s, m, h, d, for example "2m" or "30d", or "unlimited"',
    ],
    [
      { maxAge: "50ms", duplicateWindow: "1s" },
      'maxAge: "50ms" is too small; allowed at least 100ms, or "unlimited"',
    ],
    [{ maxBytes: "20" }, 'maxBytes: "20" has no unit'],
    [{ maxBytes: "20gb" }, 'maxBytes: "20gb" has the unknown unit "gb"'],
    [
      { maxMessages: 0 },
      'maxMessages: 0 is not a count; allowed 1 to 9007199254740991, for example 1000, or "unlimited"',
    ],
    [{ maxMessagesPerSubject: -1 }, "maxMessagesPerSubject: -1 is not a count"],
    [{ maxMessageSize: "3GB" }, 'maxMessageSize: "3GB" is too large'],
    [{ duplicateWindow: "unlimited" }, 'duplicateWindow: "unlimited" is not a duration'],
    [{ duplicateWindow: "1ms" }, 'duplicateWindow: "1ms" is too small; allowed at least 100ms'],
    [
      { retention: "work" },
      'retention: "work" is not known; allowed "limits", "interest", "workqueue"; the nearest is "workqueue"',
    ],
    [{ discard: "newest" }, 'discard: "newest" is not known; allowed "old", "new"; the nearest is "new"'],
    [{ storage: "disk" }, 'storage: "disk" is not known; allowed "file", "memory"'],
    [{ compression: true }, 'compression: true is not known; allowed "none", "s2"'],
    [
      { allowDataLoss: "true" },
      'allowDataLoss: "true" is neither true nor false; write one of them without quotes',
    ],
    [{ description: 7 }, "description: 7 is not a description; allowed text of at most 4096 characters"],
    [{ pod: false }, "pod: false is a boolean, not a pod id"],
    [{ pod: "fi" }, 'pod: "fi" is not among the pods; allowed dk, no, se; the nearest is '],
    [{ subjects: "orders.>" }, 'subjects: "orders.>" is not a list; write a list, for example ["orders.>"]'],
    [
      { subjects: ["orders.>.x"] },
      'subjects[0]: "orders.>.x" has the wildcard ">" before its end; allowed tokens joined by dots',
    ],
    [{ subjects: ["orders*"] }, 'subjects[0]: "orders*" has a wildcard inside the token "orders*"'],
    [{ subjects: ["orders..x"] }, 'subjects[0]: "orders..x" has an empty token'],
  ])("are refused: %j", (values, message) => {
    expect(faults({ streams: { ORDERS: { subjects: ["orders.>"], ...values } } })).toEqual([
      expect.stringContaining(`dev streams.ORDERS.${message}`),
    ]);
  });

  it("fit each other", () => {
    const streams = {
      LARGE: { subjects: ["large"], maxMessageSize: "9MB" },
      SHORT: { subjects: ["short"], maxAge: "1m" },
      FITS: { subjects: ["fits"], maxAge: "1m", duplicateWindow: "1m", maxMessageSize: "8MB" },
    };
    expect(faults({ streams })).toEqual([
      "dev streams.LARGE.maxMessageSize: 9MB is more than cluster.maxPayload, 8MB; allowed at most 8MB",
      "dev streams.SHORT.duplicateWindow: 2m is longer than maxAge, 1m; allowed at most maxAge",
    ]);
  });
});

describe("replicas", () => {
  it("are no more than there are pods", () => {
    const pods = [dk, no];
    expect(
      faults({
        pods,
        streams: { GLOBAL_EVENTS: { replicas: 2 }, ORDERS: { subjects: ["orders"], replicas: 4 } },
      }),
    ).toEqual([
      "dev streams.CROSS_TERRITORY.replicas: 3, the catalogue's choice, is more than the number of pods, 2; allowed here 1 to 2, or add pods",
      "dev streams.ORDERS.replicas: 4 is more than the number of pods, 2; allowed here 1 to 2, or add pods",
    ]);
    expect(faults({ pods, streams: twoCopies })).toEqual([]);
  });

  it("are one on one pod", () => {
    const streams = {
      TERRITORY_DK: { replicas: 3 },
      ORDERS: { subjects: ["orders"], replicas: 2, pod: "dk" },
    };
    expect(faults({ streams })).toEqual([
      'dev streams.TERRITORY_DK.replicas: 3 is more than the one pod "dk" on which the stream is placed; allowed 1',
      'dev streams.ORDERS.replicas: 2 is more than the one pod "dk" on which the stream is placed; allowed 1, or remove "pod"',
    ]);
  });
});

describe("subjects", () => {
  it.each([
    [
      { ORDERS: { subjects: ["global.orders"] } },
      'ORDERS.subjects[0]: "global.orders" overlaps "global.>" of GLOBAL_EVENTS',
    ],
    [
      { ORDERS: { subjects: ["territory.*.x"] } },
      'ORDERS.subjects[0]: "territory.*.x" overlaps "territory.dk.>" of TERRITORY_DK',
    ],
    [{ ORDERS: { subjects: ["a.b", "a.*"] } }, 'ORDERS.subjects[1]: "a.*" overlaps "a.b" of the same stream'],
    [
      { ORDERS: { subjects: ["a"] }, BILLS: { subjects: ["b", "a"] } },
      'BILLS.subjects[1]: "a" overlaps "a" of ORDERS',
    ],
    [
      { GLOBAL_EVENTS: { subjects: ["global.>", "x"] }, ORDERS: { subjects: ["x"] } },
      'ORDERS.subjects[0]: "x" overlaps "x" of GLOBAL_EVENTS',
    ],
    [
      { GLOBAL_EVENTS: { subjects: ["global.>", "cross.dk.no.x"] } },
      'GLOBAL_EVENTS.subjects[1]: "cross.dk.no.x" overlaps "cross.*.*.>" of CROSS_TERRITORY',
    ],
  ])("of one stream are not another's: %j", (streams, message) => {
    expect(faults({ streams })).toContainEqual(expect.stringContaining(`dev streams.${message}`));
  });

  it("that only start alike are fine", () => {
    expect(
      faults({ streams: { ORDERS: { subjects: ["global", "territory.fi.>", "cross.dk.no"] } } }),
    ).toEqual([]);
  });

  it.each([
    [">", "$JS.>"],
    ["$JS.API.>", "$JS.>"],
    ["$SYS.>", "$SYS.>"],
    ["*.API.x", "$JS.>"],
    ["$NRG.a", "$NRG.>"],
    ["$JSC.a", "$JSC.>"],
  ])("leave the servers' own alone: %s", (subject, taken) => {
    expect(faults({ streams: { ORDERS: { subjects: [subject] } } })).toEqual([
      `dev streams.ORDERS.subjects[0]: "${subject}" overlaps "${taken}", which the servers themselves use; choose narrower subjects`,
    ]);
  });

  it.each(["$JS.EVENT.ADVISORY.>", "$SYS.ACCOUNT.A.CONNECT"])("may be the servers' news: %s", (subject) => {
    expect(faults({ streams: { NEWS: { subjects: [subject] } } })).toEqual([]);
  });
});

describe("consumers", () => {
  function consumerFaults(consumer: object, more: object = {}) {
    return faults({
      streams: { ORDERS: { subjects: ["orders.>", "bills"], consumers: { c: consumer }, ...more } },
    });
  }

  it.each([
    [
      { filters: ["global.x"] },
      'filters[0]: "global.x" is not within the stream\'s subjects; allowed orders.>, bills or narrower',
    ],
    [{ filters: ["orders"] }, 'filters[0]: "orders" is not within the stream\'s subjects'],
    [{ filters: [">"] }, 'filters[0]: ">" is not within the stream\'s subjects'],
    [
      { filters: ["orders.a", "orders.*"] },
      'filters[1]: "orders.*" overlaps "orders.a" of the same consumer; keep only the wider filter',
    ],
    [{ filters: ["orders.>.a"] }, 'filters[0]: "orders.>.a" has the wildcard ">" before its end'],
    [
      { filters: "orders.a" },
      'filters: "orders.a" is not a list; write a list, for example ["global.user.>"]',
    ],
    [{ ackWait: "30" }, 'ackWait: "30" has no unit'],
    [{ ackWait: "10ms" }, 'ackWait: "10ms" is too small; allowed at least 100ms'],
    [{ maxDeliver: 0 }, "maxDeliver: 0 is not a count"],
    [{ maxAckPending: "many" }, 'maxAckPending: "many" is not a count'],
    [
      { deliverPolicy: "first" },
      'deliverPolicy: "first" is not known; allowed "all", "last", "new", "last_per_subject"',
    ],
    [{ deliverPolicy: "last_per_subject" }, 'filters: is missing; "last_per_subject" needs filters'],
    [{ ackPolicy: "never" }, 'ackPolicy: "never" is not known; allowed "explicit", "all", "none"'],
    [{ replayPolicy: "fast" }, 'replayPolicy: "fast" is not known; allowed "instant", "original"'],
    [
      { allowPositionLoss: "yes" },
      'allowPositionLoss: "yes" is neither true nor false; write one of them without quotes',
    ],
    [{ allowPositionLos: true }, 'allowPositionLos: is not a known key; the nearest is "allowPositionLoss"'],
  ])("are refused: %j", (consumer, message) => {
    expect(consumerFaults(consumer)).toEqual([
      expect.stringContaining(`dev streams.ORDERS.consumers.c.${message}`),
    ]);
  });

  it("may have no filter, or narrower ones", () => {
    expect(consumerFaults({})).toEqual([]);
    expect(consumerFaults({ filters: ["orders.*", "orders.*.x", "bills"] })).toEqual([]);
  });

  it.each(["a.b", "a b", "a>"])("can't be called %j", (name) => {
    expect(faults({ streams: { GLOBAL_EVENTS: { consumers: { [name]: {} } } } })).toEqual([
      expect.stringContaining("is not a consumer name; allowed up to 255 letters"),
    ]);
  });

  it("leave the name to a helper that keeps the place of another one", () => {
    const consumers = { "global-processor-resume": {}, audit: {}, resume: {}, "other-resume": {} };
    expect(faults({ streams: { GLOBAL_EVENTS: { consumers } } })).toEqual([
      "dev streams.GLOBAL_EVENTS.consumers.global-processor-resume: is the name of the helper that keeps the place of global-processor while global-processor is recreated; give one of the two consumers another name",
    ]);
  });

  it("say a consent only where it is given, so that a running stack sees no change", () => {
    const found = (retention: string, allowDataLoss: boolean) =>
      stream("ORDERS", {
        streams: {
          ORDERS: {
            subjects: ["orders.>"],
            retention,
            allowDataLoss,
            consumers: {
              a: { allowPositionLoss: true, filters: ["orders.a"] },
              b: { allowPositionLoss: false, filters: ["orders.b"] },
            },
          },
        },
      }).consumers.map(({ name, allowPositionLoss, allowDataLoss: ofStream }) => [
        name,
        allowPositionLoss,
        ofStream,
      ]);
    for (const retention of ["limits", "workqueue"])
      expect(found(retention, true)).toEqual([
        ["a", true, undefined],
        ["b", undefined, undefined],
      ]);
    // What such a stream keeps goes with its consumers, so its own consent is theirs.
    expect(found("interest", true)).toEqual([
      ["a", true, true],
      ["b", undefined, true],
    ]);
    expect(found("interest", false)).toEqual([
      ["a", true, undefined],
      ["b", undefined, undefined],
    ]);
    expect(stream("GLOBAL_EVENTS").consumers[0]).not.toHaveProperty("allowPositionLoss");
  });

  it("of the catalogue must fit their stream's new subjects", () => {
    expect(faults({ streams: { GLOBAL_EVENTS: { subjects: ["worldwide.>"] } } })).toEqual([
      'dev streams.GLOBAL_EVENTS.consumers.global-processor.filters[0]: "global.>" is not within the stream\'s subjects; allowed worldwide.> or narrower',
    ]);
  });

  it("of a work queue share no message, and acknowledge each", () => {
    const consumers = {
      a: { filters: ["orders.a.>"] },
      b: { filters: ["orders.*.x"] },
      c: { filters: ["orders.c"], ackPolicy: "none", deliverPolicy: "new" },
    };
    expect(
      faults({ streams: { ORDERS: { subjects: ["orders.>"], retention: "workqueue", consumers } } }),
    ).toEqual([
      'dev streams.ORDERS.consumers.c.ackPolicy: "none" is not allowed where the stream has retention "workqueue"; allowed "explicit"',
      'dev streams.ORDERS.consumers.c.deliverPolicy: "new" is not allowed where the stream has retention "workqueue"; allowed "all"',
      'dev streams.ORDERS.consumers.b.filters: overlap the filters of a, and in a stream with retention "workqueue" each message has one consumer; give the two consumers filters that do not overlap',
    ]);
  });
});

describe("what streams reserve on a server", () => {
  const large = { GLOBAL_EVENTS: { maxBytes: "6GB" }, TERRITORY_NO: { maxBytes: "5GB" } };

  it("fits its file store", () => {
    expect(faults({ cluster: { maxFileStore: "10GB" }, streams: large })).toEqual([
      "dev cluster.maxFileStore: 10GB is less than what streams reserve on the server of pod no, 11GB (GLOBAL_EVENTS 6GB, TERRITORY_NO 5GB); raise maxFileStore, or lower the streams' maxBytes",
    ]);
    expect(faults({ cluster: { maxFileStore: "11GB" }, streams: large })).toEqual([]);
  });

  it("is held against the pod's own file store where it has one", () => {
    const pods = [dk, { ...no, maxFileStore: "10GB" }, podInput("se", 2)];
    expect(faults({ pods, streams: large })).toEqual([
      expect.stringContaining(
        "dev pods[1].maxFileStore: 10GB is less than what streams reserve on the server of pod no, 11GB",
      ),
    ]);
    expect(
      faults({
        pods: [dk, { ...no, maxFileStore: "11GB" }],
        cluster: { maxFileStore: "10GB" },
        streams: { ...twoCopies, TERRITORY_NO: { maxBytes: "11GB" } },
      }),
    ).toEqual([]);
  });

  it("is on any server where the cluster chooses", () => {
    const streams = { ORDERS: { subjects: ["orders"], maxBytes: "6GB" }, TERRITORY_SE: { maxBytes: "5GB" } };
    expect(faults({ cluster: { maxFileStore: "10GB" }, streams })).toEqual([
      'dev cluster.maxFileStore: 10GB is less than what streams reserve on the server of pod se, 11GB (TERRITORY_SE 5GB, ORDERS 6GB); raise maxFileStore, or lower the streams\' maxBytes; streams without "pod" can be stored on any server, so each of them reserves on every server: ORDERS. A stream with "pod" reserves only on the server of that pod',
    ]);
    const placed = { ...streams, ORDERS: { ...streams.ORDERS, pod: "dk" } };
    expect(faults({ cluster: { maxFileStore: "10GB" }, streams: placed })).toEqual([]);
  });

  it("is not files where the stream is in memory", () => {
    const streams = { ORDERS: { subjects: ["orders"], maxBytes: "6GB", storage: "memory" } };
    expect(faults({ cluster: { maxFileStore: "5GB" }, streams })).toEqual([]);
  });

  it("is not compared where the server chooses its file store itself", () => {
    expect(faults({ streams: large })).toEqual([]);
  });
});
