import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProvenServer } from "../../../../model/contract/node.ts";
import { nextStep, type Phase, type Step, turnsBack } from "../../../../operations/rotate/walk.ts";
import type { AuthorityPhase } from "../../../../plan/tls-plan.ts";
import { phaseFaults } from "../../../../plan/transitions/authorities.ts";
import { type DeployedState, deployedStateOf } from "../../../../plan/transitions/deployed-state.ts";

const list = (...phases: readonly [number, AuthorityPhase][]): Phase[] =>
  phases.map(([generation, phase]) => ({ generation, phase }));

/** Every step from there on, as the command goes: a rotation ends where an authority is gone. */
function walk(from: readonly Phase[], back = false): Step[] {
  const steps: Step[] = [];
  for (let now = from; steps.length < 10; ) {
    const step = nextStep(now, { back });
    if (step === undefined) return steps;
    steps.push(step);
    now = step.authorities;
    if (step.name === "gone") return steps;
  }
  throw new Error("the walk does not end");
}

const said = (steps: readonly Step[]) =>
  steps.map(({ name, authorities }) =>
    [name, ...authorities.map(({ generation, phase }) => `${generation} ${phase}`).sort()].join(", "),
  );

describe("a rotation", () => {
  it("is three updates: the new one is trusted, issues, and the old one goes", () => {
    expect(said(walk(list([1, "active"])))).toEqual([
      "incoming, 1 active, 2 incoming",
      "active, 1 outgoing, 2 active",
      "gone, 2 active",
    ]);
  });

  it("says in words where it is", () => {
    expect(walk(list([1, "active"])).map(({ says }) => says)).toEqual([
      "every server gets CA 2 to trust; CA 2 issues nothing yet",
      "every server gets a certificate of CA 2; CA 1 is still trusted",
      "the servers no longer trust CA 1",
    ]);
  });

  it("goes on from every phase", () => {
    expect(said(walk(list([1, "active"], [2, "incoming"])))).toEqual([
      "active, 1 outgoing, 2 active",
      "gone, 2 active",
    ]);
    expect(said(walk(list([1, "outgoing"], [2, "active"])))).toEqual(["gone, 2 active"]);
    expect(said(walk(list([2, "active"])))[0]).toBe("incoming, 2 active, 3 incoming");
  });

  it("goes on from what a person began, in whatever order the list is", () => {
    expect(said(walk(list([9, "incoming"], [4, "active"], [2, "outgoing"])))).toEqual([
      "active, 2 outgoing, 4 outgoing, 9 active",
      "gone, 9 active",
    ]);
  });

  it("never begins without an authority that is active", () => {
    expect(nextStep(list([1, "incoming"]))).toBeUndefined();
    expect(nextStep([], { back: true })).toBeUndefined();
  });
});

describe("the number of a new authority", () => {
  const next = (from: readonly Phase[], lastGeneration?: number) =>
    nextStep(from, lastGeneration === undefined ? {} : { lastGeneration })?.authorities.at(-1);

  it("is above every one that there ever was, also of one that is long gone", () => {
    expect(next(list([1, "active"]))).toEqual({ generation: 2, phase: "incoming" });
    expect(next(list([1, "active"]), 4)).toEqual({ generation: 5, phase: "incoming" });
    expect(next(list([7, "active"]), 4)).toEqual({ generation: 8, phase: "incoming" });
  });

  it("is that of the incoming one where there is one already", () => {
    const step = nextStep(list([1, "active"], [2, "incoming"]), { lastGeneration: 9 });
    expect(step?.authorities).toEqual(list([1, "outgoing"], [2, "active"]));
  });
});

describe("going back", () => {
  it.each<[string, readonly Phase[], boolean]>([
    ["takes an incoming one away", list([1, "active"], [2, "incoming"]), true],
    ["takes one away beside an outgoing one", list([1, "outgoing"], [2, "active"], [3, "incoming"]), true],
    ["lets the old one issue again", list([1, "outgoing"], [2, "active"]), true],
  ])("need not wait for the update that was begun where it %s", (_, from, expected) => {
    expect(turnsBack(from)).toBe(expected);
  });

  it.each<[string, readonly Phase[]]>([
    ["has gone back already", list([1, "active"], [2, "outgoing"])],
    ["has nowhere to go", list([2, "active"])],
  ])("waits where it %s", (_, from) => {
    expect(turnsBack(from)).toBe(false);
  });
});

describe("a rotation that is gone back on", () => {
  const back = (...phases: readonly [number, AuthorityPhase][]) => said(walk(list(...phases), true));

  it("takes the new one away while that has issued nothing", () => {
    expect(back([1, "active"], [2, "incoming"])).toEqual(["gone, 1 active"]);
  });

  it("lets the old one issue again before the new one goes", () => {
    expect(back([1, "outgoing"], [2, "active"])).toEqual(["active, 1 active, 2 outgoing", "gone, 1 active"]);
  });

  it("goes on where it was interrupted, and so does one that is not gone back on", () => {
    expect(back([1, "active"], [2, "outgoing"])).toEqual(["gone, 1 active"]);
    expect(said(walk(list([1, "active"], [2, "outgoing"])))).toEqual(["gone, 1 active"]);
  });

  it("is nothing where there is none", () => {
    expect(back([2, "active"])).toEqual([]);
  });

  it("goes back to the one before and no further", () => {
    expect(back([1, "outgoing"], [2, "outgoing"], [3, "active"])).toEqual([
      "active, 1 outgoing, 2 active, 3 outgoing",
      "gone, 2 active",
    ]);
  });

  it("leaves one that is outgoing while it takes an incoming one away", () => {
    expect(back([1, "outgoing"], [2, "active"], [3, "incoming"])).toEqual(["gone, 1 outgoing, 2 active"]);
  });
});

/** Every list that the configuration may have. */
const legal = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })
  .chain((generations) =>
    fc.record({
      generations: fc.constant(generations),
      active: fc.nat(generations.length - 1),
      incoming: fc.option(fc.nat(generations.length - 1)),
    }),
  )
  .map(({ generations, active, incoming }) =>
    generations.map((generation, index): Phase => {
      if (index === active) return { generation, phase: "active" };
      return { generation, phase: index === incoming ? "incoming" : "outgoing" };
    }),
  );

const fingerprint = (generation: number) => `f${generation}`;

/** What an update to that list has left. */
function deployedWith(authorities: readonly Phase[], issuer?: number): DeployedState {
  const active = authorities.find(({ phase }) => phase === "active")?.generation ?? 0;
  const server = (serverName: string): ProvenServer => ({
    serverName,
    url: "",
    clusterAddress: "",
    clientTls: "off",
    startDigest: "",
    version: "",
    servedSince: "",
    issuer: fingerprint(issuer ?? active),
    trusted: authorities.map(({ generation }) => fingerprint(generation)),
  });
  return {
    ...deployedStateOf({}),
    servers: new Map(["dk", "no"].map((name) => [name, server(name)])),
    authorities: new Map(authorities.map(({ generation }) => [generation, fingerprint(generation)])),
  };
}

const planOf = (authorities: readonly Phase[]) => authorities.map((one) => ({ ...one, given: undefined }));

/** What may become of an authority in one update. */
const allowed: Record<AuthorityPhase | "absent", readonly (AuthorityPhase | "absent")[]> = {
  absent: ["absent", "incoming"],
  incoming: ["incoming", "active", "absent"],
  active: ["active", "outgoing"],
  outgoing: ["outgoing", "active", "absent"],
};

describe("from any list", () => {
  const each = (check: (before: readonly Phase[], step: Step) => void) =>
    fc.assert(
      fc.property(legal, fc.boolean(), (from, back) => {
        let before: readonly Phase[] = from;
        for (const step of walk(from, back)) {
          check(before, step);
          before = step.authorities;
        }
      }),
    );

  it("a walk ends, forward in at most three steps and back in at most two, with one authority that is active", () => {
    fc.assert(
      fc.property(legal, fc.boolean(), (from, back) => {
        const steps = walk(from, back);
        expect(steps.length).toBeLessThanOrEqual(back ? 2 : 3);
        const end = steps.at(-1)?.authorities ?? from;
        if (!back) expect(end.map(({ phase }) => phase)).toEqual(["active"]);
        expect(end.filter(({ phase }) => phase === "active")).toHaveLength(1);
      }),
    );
  });

  it("each step is a legal list with each authority once", () => {
    each((_, { authorities }) => {
      const inPhase = (wanted: AuthorityPhase) => authorities.filter(({ phase }) => phase === wanted).length;
      expect(inPhase("active")).toBe(1);
      expect(inPhase("incoming")).toBeLessThanOrEqual(1);
      expect(new Set(authorities.map(({ generation }) => generation)).size).toBe(authorities.length);
    });
  });

  it("no authority is active at once, and none vanishes that is active", () => {
    each((before, { authorities }) => {
      const phaseIn = (all: readonly Phase[], generation: number) =>
        all.find((one) => one.generation === generation)?.phase ?? "absent";
      for (const { generation } of [...before, ...authorities]) {
        expect(allowed[phaseIn(before, generation)]).toContain(phaseIn(authorities, generation));
      }
    });
  });

  it("a new authority has a number that none in the list has, and is the highest", () => {
    each((before, { name, authorities }) => {
      if (name !== "incoming") return;
      const added = authorities
        .filter(({ phase }) => phase === "incoming")
        .map(({ generation }) => generation);
      expect(added).toEqual([Math.max(...before.map(({ generation }) => generation)) + 1]);
    });
  });

  it("each step may be made from what the one before left", () => {
    each((before, { authorities }) => {
      expect(phaseFaults(deployedWith(before), planOf(authorities))).toEqual([]);
    });
  });

  it("a step that died half-way may be finished, and gone back on where the new authority came to issue", () => {
    each((before, { name, authorities }) => {
      const active = authorities.find(({ phase }) => phase === "active")?.generation;
      if (name !== "active") return;
      const half = deployedWith(before);
      const [dk] = deployedWith(before, active).servers;
      const mixed = { ...half, servers: new Map([...half.servers, ...(dk === undefined ? [] : [dk])]) };
      expect(phaseFaults(mixed, planOf(authorities))).toEqual([]);
      const turned = nextStep(authorities, { back: true });
      if (turned?.name === "active") expect(phaseFaults(mixed, planOf(turned.authorities))).toEqual([]);
    });
  });
});
