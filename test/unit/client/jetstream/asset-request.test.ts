import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError } from "../../../../client/errors.ts";
import { ask, isListed, order } from "../../../../client/jetstream/asset-request.ts";
import { losses } from "../../../../client/jetstream/measure.ts";
import { createStream } from "../../../../client/jetstream/stream-api.ts";
import { streamDefaults } from "../../../../model/jetstream/stream.ts";
import { toServer } from "../../../../model/jetstream/stream-canonical.ts";
import { PartialFailure } from "../../../../provider/resource.ts";
import { waitSettled } from "../../../../provider/wait-settled.ts";
import { contextOf } from "../../../support/context.ts";
import { fakeCluster } from "../../../support/fake-cluster.ts";

const spec = { ...streamDefaults, name: "EVENTS", subjects: ["events.>"] };
const mark = { project: "p", stack: "s", name: "n", generation: "g" };
const config = toServer(spec, mark);

/** Fails so often, and then answers. */
function failing(times: number, error: Error, answer: unknown = "answer") {
  let left = times;
  return fakeCluster(() => {
    if (left-- > 0) throw error;
    return answer;
  });
}

/** Lets all waiting pass at once. */
async function withoutWaiting<T>(work: Promise<T>): Promise<T> {
  work.catch(() => {});
  await vi.runAllTimersAsync();
  return work;
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a request about a stream or consumer", () => {
  it.each([10059, 10014])("finds nothing where JetStream says %i", async (errorCode) => {
    const context = contextOf(failing(1, new ApiError("not found", 404, errorCode)));
    expect(await ask("stream X", "STREAM.INFO.X", undefined, context)).toBeUndefined();
  });

  it.each([10118, 10119, 10194, 10195])(
    "waits while its servers are away, which is %i",
    async (errorCode) => {
      const context = contextOf(failing(3, new ApiError("offline", 500, errorCode)));
      expect(await withoutWaiting(ask("stream X", "STREAM.INFO.X", undefined, context))).toBe("answer");
      expect(context.seen).toContain("waiting for a server that has the stream X: offline");
    },
  );

  it("waits no longer than its deadline", async () => {
    const context = contextOf(failing(1000, new ApiError("stream is offline", 500, 10118)));
    await expect(withoutWaiting(ask("stream X", "STREAM.INFO.X", undefined, context))).rejects.toThrow(
      "stream X: stream is offline (JetStream error 10118)",
    );
  });

  it("does not wait for other errors, and names what it was about", async () => {
    const context = contextOf(failing(1, new ApiError("bad request", 400, 10003)));
    await expect(ask("stream X", "STREAM.INFO.X", undefined, context)).rejects.toThrow(
      "stream X: bad request (JetStream error 10003)",
    );
    const again = contextOf(failing(1, new ApiError("bad request", 400, 10003)));
    await expect(order("stream X", "STREAM.DELETE.X", undefined, again)).rejects.toThrow(
      "stream X: bad request",
    );
  });

  it("looks through every page of names", async () => {
    const names = ["a", "b", "c", "d", "e"];
    const cluster = fakeCluster((_, { offset }) => {
      const start = Number(offset);
      return { total: names.length, streams: names.slice(start, start + 2) };
    });
    expect(await isListed("e", "STREAM.NAMES", contextOf(cluster))).toBe(true);
    expect(await isListed("f", "STREAM.NAMES", contextOf(cluster))).toBe(false);
    expect(
      await isListed("f", "STREAM.NAMES", contextOf(fakeCluster(() => ({ total: 0, streams: null })))),
    ).toBe(false);
  });
});

describe("making a stream", () => {
  it.each([
    [10005, "a server is not known yet"],
    [10049, "the files of a deleted one are still being removed"],
    [10226, "its copies are still being moved"],
  ])("waits at %i, while %s", async (errorCode) => {
    const context = contextOf(failing(5, new ApiError("not now", 400, errorCode)));
    expect(await withoutWaiting(createStream(config, context))).toBe("answer");
    expect(context.seen).toContain("waiting to place the stream EVENTS: not now");
  });

  it("gives up after ten seconds where no server fits, long before its deadline", async () => {
    const started = Date.now();
    const context = contextOf(failing(1000, new ApiError("no suitable peers", 400, 10005)));
    await expect(withoutWaiting(createStream({ ...config, num_replicas: 3 }, context))).rejects.toThrow(
      "stream EVENTS: no suitable peers (JetStream error 10005); the stream needs 3 copies on as many servers",
    );
    expect(Date.now() - started).toBeLessThan(11_000);
  });

  it("does not wait for what does not pass", async () => {
    const context = contextOf(failing(1, new ApiError("invalid", 400, 10052)));
    await expect(createStream(config, context)).rejects.toThrow(
      "stream EVENTS: invalid (JetStream error 10052)",
    );
  });
});

describe("waiting for copies", () => {
  const thing = { id: "EVENTS", what: "stream EVENTS", state: { name: "EVENTS" } };
  const moving = { cluster: { leader: "dk", desired: {} } };
  const settled = { cluster: { leader: "dk" } };

  it("ends when they are there", async () => {
    let looks = 0;
    const find = async () => (++looks < 3 ? moving : settled);
    const context = contextOf(fakeCluster(() => undefined));
    const state = await withoutWaiting(waitSettled({ ...thing, answer: moving, find }, 1, context));
    expect(state).toBe(thing.state);
    expect(looks).toBe(3);
    expect(context.seen).toEqual([
      "the stream EVENTS is not ready: its copies are moving: the move has begun",
    ]);
  });

  it("asks nothing when the first answer shows them", async () => {
    const find = async () => Promise.reject(new Error("must not be asked"));
    const context = contextOf(fakeCluster(() => undefined));
    expect(await waitSettled({ ...thing, answer: settled, find }, 1, context)).toBe(thing.state);
  });

  it("that do not come in time keeps what was made in the state", async () => {
    const context = contextOf(
      fakeCluster(() => undefined),
      { deadline: Date.now() + 5_000 },
    );
    const failure = await withoutWaiting(
      waitSettled({ ...thing, answer: moving, find: async () => moving }, 1, context),
    ).catch((error) => error);
    expect(failure).toBeInstanceOf(PartialFailure);
    expect(failure).toMatchObject({ id: "EVENTS", state: thing.state });
    expect(failure.message).toBe("the stream EVENTS is not ready: its copies are moving: the move has begun");
  });

  it("says so when it is deleted meanwhile", async () => {
    const context = contextOf(fakeCluster(() => undefined));
    const find = async () => undefined;
    await expect(withoutWaiting(waitSettled({ ...thing, answer: moving, find }, 1, context))).rejects.toThrow(
      "another program deleted the stream EVENTS meanwhile",
    );
  });
});

describe("measuring what a change deletes", () => {
  const state = { messages: 1000, bytes: 9, first_seq: 1, last_seq: 1000 };
  const info = { config, created: "", ts: "2026-01-01T00:00:00Z", state };

  it("adds up the subjects of every page", async () => {
    const pages = [{ a: 4, b: 1 }, { c: 9 }, {}];
    const offsets: unknown[] = [];
    const cluster = fakeCluster((_, { offset }) => {
      offsets.push(offset);
      return { ...info, state: { ...state, subjects: pages[offsets.length - 1] } };
    });
    const found = await losses(info, { ...spec, maxMessagesPerSubject: 2 }, contextOf(cluster));
    expect(found).toMatchObject([{ messages: 9 }]);
    expect(offsets).toEqual([0, 2, 3]);
  });

  it("looks at the consumers of every page", async () => {
    const cluster = fakeCluster((_, { offset }) => ({
      total: 2,
      consumers: [
        offset === 0 ? { num_pending: 1, num_ack_pending: 1 } : { num_pending: 900, num_ack_pending: 50 },
      ],
    }));
    const found = await losses(info, { ...spec, retention: "interest" }, contextOf(cluster));
    expect(found).toMatchObject([{ messages: 50, accuracy: "up to" }]);
  });

  it("goes by the server's clock for a shorter life", async () => {
    let asked: unknown;
    const cluster = fakeCluster((_, body) => {
      asked = body;
      return { message: { seq: 11 } };
    });
    const found = await losses(info, { ...spec, maxAgeSeconds: 60 }, contextOf(cluster));
    expect(asked).toEqual({ start_time: "2025-12-31T23:59:00.000Z" });
    expect(found).toMatchObject([{ messages: 10 }]);
  });

  it("does not count what was deleted in between", async () => {
    const cluster = fakeCluster((subject, body) =>
      subject.startsWith("STREAM.MSG.GET")
        ? { message: { seq: 11 } }
        : {
            ...info,
            state: { ...state, ...(body.deleted_details === true ? { deleted: [3, 4, 500] } : {}) },
          },
    );
    const gaps = { ...info, state: { ...state, messages: 997, num_deleted: 3 } };
    const found = await losses(gaps, { ...spec, maxAgeSeconds: 60 }, contextOf(cluster));
    expect(found).toMatchObject([{ messages: 8 }]);
  });

  it("asks nothing of an empty stream", async () => {
    const cluster = fakeCluster(() => Promise.reject(new Error("must not be asked")));
    const empty = { ...info, state: { ...state, messages: 0 } };
    expect(
      await losses(empty, { ...spec, maxAgeSeconds: 1, retention: "interest" }, contextOf(cluster)),
    ).toEqual([]);
  });
});
