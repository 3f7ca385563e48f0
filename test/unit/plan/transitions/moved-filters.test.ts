import { describe, expect, it } from "vitest";
import { movedFilterFaults } from "../../../../plan/transitions/moved-filters.ts";
import { plan } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/deployed-state.ts";

type Filters = Readonly<Record<string, readonly string[]>>;

/** The stack with one work queue, on the pod no, and consumers by their filters. */
function queue(consumers: Filters, more: Readonly<Record<string, unknown>> = {}) {
  const each = Object.entries(consumers).map(([name, filters]) => [
    name,
    filters.length === 0 ? {} : { filters },
  ]);
  return {
    streams: {
      JOBS: {
        subjects: ["jobs.>"],
        retention: "workqueue",
        pod: "no",
        consumers: Object.fromEntries(each),
        ...more,
      },
    },
  };
}

function faults(before: object, after: object): string[] {
  return movedFilterFaults(placesAfter(plan({ ...before })), plan({ ...after }));
}

describe("messages of a work queue that another consumer takes", () => {
  it("are refused where their consumer is deleted", () => {
    expect(faults(queue({ old: ["jobs.a.>"] }), queue({ next: ["jobs.a.>", "jobs.b"] }))).toEqual([
      'streams.JOBS.consumers.next: it takes "jobs.a.>" from the consumer old. This update deletes that consumer. ' +
        "Pulumi deletes after it creates, so the servers would refuse the second consumer of the same messages (error 10099 " +
        "or 10100). Make two updates: first remove old, then add next. Between the two updates these messages wait in the " +
        "stream",
    ]);
  });

  it("are refused where their consumer gives them up, for siblings have no order", () => {
    const before = queue({ one: ["jobs.a", "jobs.b"], two: ["jobs.c"] });
    const after = queue({ one: ["jobs.a"], two: ["jobs.b", "jobs.c"] });
    expect(faults(before, after)).toEqual([
      'streams.JOBS.consumers.two: it takes "jobs.b" from the consumer one. This update changes that consumer ' +
        "too. Pulumi changes the consumers of a stream in any order, so the servers would refuse the second consumer of the " +
        "same messages (error 10099 or 10100). Make two updates: first remove these messages from the filters of one and keep " +
        "two as it is, then make this update. Between the two updates these messages wait in the stream",
    ]);
    const between = queue({ one: ["jobs.a"], two: ["jobs.c"] });
    expect([...faults(before, between), ...faults(between, after)]).toEqual([]);
  });

  it.each<[string, Filters, Filters, number]>([
    ["one that has everything", { one: [] }, { one: ["jobs.a"], two: ["jobs.b"] }, 1],
    ["one that is to have everything", { one: ["jobs.a"] }, { two: [] }, 1],
    ["an exchange", { one: ["jobs.a"], two: ["jobs.b"] }, { one: ["jobs.b"], two: ["jobs.a"] }, 2],
    ["by a wildcard", { one: ["jobs.*.x"] }, { two: ["jobs.a.*"] }, 1],
    ["nothing", { one: ["jobs.a"] }, { one: ["jobs.a"], two: ["jobs.b"] }, 0],
    ["its own", { one: ["jobs.a"], two: ["jobs.b"] }, { one: ["jobs.a", "jobs.c"], two: ["jobs.b"] }, 0],
  ])("are found: %s", (_, before, after, count) => {
    expect(faults(queue(before), queue(after))).toHaveLength(count);
  });

  it("may be taken in a stream that is no queue, or that is made anew", () => {
    const [before, after] = [{ old: ["jobs.a"] }, { next: ["jobs.a"] }];
    const limits = { retention: "limits" };
    expect(faults(queue(before, limits), queue(after, limits))).toEqual([]);
    expect(faults(queue(before, limits), queue(after))).toEqual([]);
    expect(faults(queue(before), queue(after, { storage: "memory" }))).toEqual([]);
    expect(faults({}, queue(after))).toEqual([]);
  });

  it("are refused where their consumer is left as it is, because of a pod that is", () => {
    const skip = { rollout: { mode: "rolling", skip: ["no"] } };
    const before = queue({ one: ["jobs.a", "jobs.b"], two: ["jobs.c"] });
    const widened = queue({ one: ["jobs.a"], two: ["jobs.b", "jobs.c"] });
    const added = queue({ one: ["jobs.a"], two: ["jobs.c"], three: ["jobs.b"] });
    expect(faults(before, { ...widened, ...skip })).toEqual([]);
    expect(faults(before, { ...added, ...skip })).toEqual([
      expect.stringMatching(
        /three: it takes "jobs.b" from the consumer one. This update skips the pods .*: no\)/,
      ),
    ]);
  });
});
