import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { giversOf, givingFirst, ringsOf } from "../../../../plan/transitions/moved-subjects.ts";
import { movedSubjectFaults } from "../../../../plan/transitions/moved-subjects-faults.ts";
import { plan } from "../../../support/configuration.ts";
import { placesAfter } from "../../../support/deployed-state.ts";

type Streams = Readonly<Record<string, readonly string[] | Readonly<Record<string, unknown>>>>;

/** Streams by their subjects, or by more than those. */
function planned(streams: Streams, sections: Readonly<Record<string, unknown>> = {}) {
  const full = Object.entries(streams).map(([name, one]) => [
    name,
    Array.isArray(one) ? { subjects: one } : one,
  ]);
  return plan({ streams: Object.fromEntries(full), ...sections });
}

function transition(before: Streams, after: Streams, sections: Readonly<Record<string, unknown>> = {}) {
  const [deployed, topology] = [placesAfter(planned(before)), planned(after, sections)];
  const givers = giversOf(deployed, topology);
  const order = () => givingFirst(topology.streams, givers).map(({ name }) => name);
  return {
    faults: movedSubjectFaults(deployed, topology),
    givers: Object.fromEntries(givers),
    order: () => order().filter((name) => name in after),
  };
}

describe("a subject that goes to another stream", () => {
  it("makes the one that takes it wait for the one that is narrowed", () => {
    const { faults, givers, order } = transition(
      { ORDERS: ["orders.>"] },
      { A_NEW_ONE: ["orders.no.>"], ORDERS: ["orders.dk.>"] },
    );
    expect(faults).toEqual([]);
    expect(givers).toEqual({ A_NEW_ONE: ["ORDERS"] });
    expect(order()).toEqual(["ORDERS", "A_NEW_ONE"]);
  });

  it.each<[string, Streams, Streams, Record<string, readonly string[]>]>([
    ["a chain", { A: ["a"], B: ["b"], C: ["c"] }, { A: ["b"], B: ["c"], C: ["d"] }, { A: ["B"], B: ["C"] }],
    ["two givers", { B: ["b"], C: ["c"] }, { A: ["b", "c"], B: ["b2"], C: ["c2"] }, { A: ["B", "C"] }],
    ["two takers", { C: ["x.>"] }, { A: ["x.1"], B: ["x.2"], C: ["x.3"] }, { A: ["C"], B: ["C"] }],
    ["a wider one", { B: ["x.1.2"] }, { A: ["x.>"], B: ["y"] }, { A: ["B"] }],
    ["one that matches by a wildcard", { B: ["x.*.1"] }, { A: ["x.2.*"], B: ["y"] }, { A: ["B"] }],
  ])("is ordered: %s", (_, before, after, givers) => {
    const found = transition(before, after);
    expect(found.faults).toEqual([]);
    expect(found.givers).toEqual(givers);
    const order = found.order();
    for (const [taker, ones] of Object.entries(givers))
      for (const giver of ones) expect(order.indexOf(giver)).toBeLessThan(order.indexOf(taker));
  });

  it("lets a stream of the catalogue give, too", () => {
    const before = { GLOBAL_EVENTS: ["global.>", "orders.>"] };
    const after = { GLOBAL_EVENTS: ["global.>"], AUDIT: ["orders.no"] };
    expect(transition(before, after)).toMatchObject({ faults: [], givers: { AUDIT: ["GLOBAL_EVENTS"] } });
  });
});

describe("streams whose subjects stay", () => {
  it("wait for nothing, and are in the order of the plan", () => {
    const streams = { B: ["b"], A: ["a.>"] };
    expect(transition(streams, streams)).toMatchObject({ faults: [], givers: {} });
    expect(transition({}, streams)).toMatchObject({ faults: [], givers: {} });
    expect(transition(streams, { ...streams, A: ["a.1"], C: ["c"] }).givers).toEqual({});
    const topology = planned(streams);
    expect(givingFirst(topology.streams, new Map())).toEqual(topology.streams);
  });
});

describe("a subject whose stream is deleted", () => {
  const [fault, ...others] = transition({ ORDERS: ["orders.>"] }, { ORDERS_NO: ["orders.no.>"] }).faults;

  it("is refused, with the steps to take", () => {
    expect(others).toEqual([]);
    expect(fault).toBe(
      'streams.ORDERS_NO: it takes "orders.no.>" from ORDERS. This update deletes ORDERS. Pulumi deletes after it ' +
        "creates, so the servers would refuse the subject (error 10065). Make two updates: first remove ORDERS, then add " +
        'ORDERS_NO. Between the two updates no stream stores "orders.no.>", and a publisher gets no acknowledgement. Or keep ' +
        'ORDERS in this update with a subject that no publisher uses, such as "unused.ORDERS", and remove ORDERS in a later ' +
        "update: until then its messages can be read",
    );
  });

  it("is refused for a rename, and for a stream that is there already", () => {
    expect(transition({ OLD: ["orders.>"] }, { NEW: ["orders.>"] }).faults).toHaveLength(1);
    expect(transition({ OLD: ["a"], OTHER: ["b"] }, { OTHER: ["b", "a"] }).faults).toEqual([
      expect.stringContaining("first remove OLD and keep OTHER as it is, then make this update"),
    ]);
  });

  it("can go in the steps that are told", () => {
    for (const steps of [
      [{ OLD: ["orders.>"] }, {}, { NEW: ["orders.>"] }],
      [{ OLD: ["orders.>"] }, { OLD: ["unused.OLD"], NEW: ["orders.>"] }, { NEW: ["orders.>"] }],
    ] as Streams[][])
      steps.slice(1).forEach((after, index) => {
        expect(transition(steps[index] ?? {}, after).faults).toEqual([]);
      });
  });
});

describe("a subject whose stream is made anew", () => {
  it.each<[string, Record<string, unknown>]>([
    ["storage: file → memory", { storage: "memory" }],
    ["retention: limits → workqueue", { retention: "workqueue" }],
  ])("is refused: %s", (what, more) => {
    const after = { A: ["x.1"], B: { subjects: ["x.2"], ...more } };
    expect(transition({ B: ["x.>"] }, after).faults).toEqual([
      `streams.A: it takes "x.1" from B. This update recreates B (${what}). A stream that is deleted ` +
        "and created again keeps its subjects until the other stream takes them, so the servers would refuse the subject " +
        "(error 10065). Make two updates: change only the subjects of B in the first update, and make all other changes in " +
        "the second update",
    ]);
    expect(transition({ B: ["x.>"] }, { A: ["x.1"], B: ["x.2"] }).faults).toEqual([]);
    expect(transition({ A: ["x.1"], B: ["x.2"] }, after).faults).toEqual([]);
  });

  it("goes where its stream is changed in place", () => {
    const after = { A: ["x.1"], B: { subjects: ["x.2"], retention: "interest", maxAge: "1d" } };
    expect(transition({ B: ["x.>"] }, after)).toMatchObject({ faults: [], givers: { A: ["B"] } });
  });
});

describe("an exchange of subjects", () => {
  it("is refused, with the update that goes between", () => {
    expect(transition({ A: ["a.>"], B: ["b.>"] }, { A: ["b.>"], B: ["a.>"] }).faults).toEqual([
      'streams.A, streams.B: they take subjects from each other: A takes "b.>" from B, B takes "a.>" from A. ' +
        "Whichever stream changes first, the servers would refuse the subject (error 10065). Make two updates. In the first one, replace " +
        '"a.>" of A by a subject that no publisher uses, such as "unused.A", and keep the other streams as they are. Then ' +
        'make this update. Between the two updates no stream stores "a.>", and a publisher gets no acknowledgement',
    ]);
  });

  it.each<[string, Streams, Streams, number]>([
    ["a ring of three", { A: ["a"], B: ["b"], C: ["c"] }, { A: ["b"], B: ["c"], C: ["a"] }, 1],
    ["of a part", { A: ["a", "k"], B: ["b", "l"] }, { A: ["b", "k"], B: ["a", "l"] }, 1],
    [
      "two of them",
      { A: ["a"], B: ["b"], C: ["c"], D: ["d"] },
      { A: ["b"], B: ["a"], C: ["d"], D: ["c"] },
      2,
    ],
    ["with one that waits for it", { A: ["a"], B: ["b", "x"] }, { A: ["b"], B: ["a"], NEW: ["x"] }, 1],
  ])("is refused once: %s", (_, before, after, count) => {
    const { faults, order } = transition(before, after);
    expect(faults).toHaveLength(count);
    expect(order).toThrow("take from each other");
  });

  it("can go in the steps that are told", () => {
    const between = { A: ["unused.A"], B: ["b.>"] };
    expect(transition({ A: ["a.>"], B: ["b.>"] }, between).faults).toEqual([]);
    expect(transition(between, { A: ["b.>"], B: ["a.>"] })).toMatchObject({
      faults: [],
      givers: { A: ["B"] },
    });
  });
});

describe("a subject whose stream this update leaves as it is", () => {
  const before = { ORDERS: { subjects: ["orders.>"], pod: "no" } };
  const narrow = { ORDERS: { subjects: ["orders.dk.>"], pod: "no" } };
  const skip = { rollout: { mode: "rolling", skip: ["no"] } };

  it("is refused", () => {
    expect(transition(before, { ...narrow, NEW: ["orders.no.>"] }, skip).faults).toEqual([
      'streams.NEW: it takes "orders.no.>" from ORDERS. This update skips the pods of ORDERS ' +
        "(rollout.skip: no), so the servers would refuse the subject (error 10065). Keep the subjects of NEW as they " +
        "are until an update does not skip those pods",
    ]);
    expect(transition(before, { ...narrow, NEW: ["orders.no.>"] }).faults).toEqual([]);
  });

  it("is no matter where the one that would take it is left too", () => {
    const both = { ...before, OTHER: { subjects: ["other"], pod: "no" } };
    const after = { ...narrow, OTHER: { subjects: ["orders.no.>"], pod: "no" } };
    expect(transition(both, after, skip)).toMatchObject({ faults: [], givers: {} });
    expect(transition(both, after)).toMatchObject({ faults: [], givers: { OTHER: ["ORDERS"] } });
  });
});

describe("whatever waits for whatever", () => {
  const names = ["A", "B", "C", "D", "E"];
  const graph = fc.dictionary(fc.constantFrom(...names), fc.uniqueArray(fc.constantFrom(...names)));

  it("there is an order, or a ring", () => {
    fc.assert(
      fc.property(graph, (links) => {
        const givers = new Map(Object.entries(links));
        const streams = names.map((name) => ({ name }));
        if (ringsOf(givers).length > 0) {
          expect(() => givingFirst(streams, givers)).toThrow();
          return;
        }
        const order = givingFirst(streams, givers).map(({ name }) => name);
        expect([...order].sort()).toEqual(names);
        for (const [taker, ones] of givers)
          for (const giver of ones) expect(order.indexOf(giver)).toBeLessThan(order.indexOf(taker));
      }),
    );
  });
});
