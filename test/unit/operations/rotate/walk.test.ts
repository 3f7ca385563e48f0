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
    expect(said(walk(list([1, "used"])))).toEqual([
      "incoming, 1 used, 2 incoming",
      "used, 1 outgoing, 2 used",
      "gone, 2 used",
    ]);
  });

  it("says in words where it is", () => {
    expect(walk(list([1, "used"])).map(({ says }) => says)).toEqual([
      "every server learns to trust the authority 2, which issues nothing yet",
      "every server gets a certificate of the authority 2; 1 is still trusted",
      "the authority 1 is trusted no more",
    ]);
  });

  it("goes on from every phase", () => {
    expect(said(walk(list([1, "used"], [2, "incoming"])))).toEqual([
      "used, 1 outgoing, 2 used",
      "gone, 2 used",
    ]);
    expect(said(walk(list([1, "outgoing"], [2, "used"])))).toEqual(["gone, 2 used"]);
    expect(said(walk(list([2, "used"])))[0]).toBe("incoming, 2 used, 3 incoming");
  });

  it("goes on from what a person began, in whatever order the list is", () => {
    expect(said(walk(list([9, "incoming"], [4, "used"], [2, "outgoing"])))).toEqual([
      "used, 2 outgoing, 4 outgoing, 9 used",
      "gone, 9 used",
    ]);
  });

  it("never begins without an authority that is used", () => {
    expect(nextStep(list([1, "incoming"]))).toBeUndefined();
    expect(nextStep([], { back: true })).toBeUndefined();
  });
});

describe("the number of a new authority", () => {
  const next = (from: readonly Phase[], lastGeneration?: number) =>
    nextStep(from, lastGeneration === undefined ? {} : { lastGeneration })?.authorities.at(-1);

  it("is above every one that there ever was, also of one that is long gone", () => {
    expect(next(list([1, "used"]))).toEqual({ generation: 2, phase: "incoming" });
    expect(next(list([1, "used"]), 4)).toEqual({ generation: 5, phase: "incoming" });
    expect(next(list([7, "used"]), 4)).toEqual({ generation: 8, phase: "incoming" });
  });

  it("is that of the incoming one where there is one already", () => {
    const step = nextStep(list([1, "used"], [2, "incoming"]), { lastGeneration: 9 });
    expect(step?.authorities).toEqual(list([1, "outgoing"], [2, "used"]));
  });
});

describe("going back", () => {
  it.each<[string, readonly Phase[], boolean]>([
    ["takes an incoming one away", list([1, "used"], [2, "incoming"]), true],
    ["takes one away beside an outgoing one", list([1, "outgoing"], [2, "used"], [3, "incoming"]), true],
    ["lets the old one issue again", list([1, "outgoing"], [2, "used"]), true],
  ])("need not wait for the update that was begun where it %s", (_, from, expected) => {
    expect(turnsBack(from)).toBe(expected);
  });

  it.each<[string, readonly Phase[]]>([
    ["has gone back already", list([1, "used"], [2, "outgoing"])],
    ["has nowhere to go", list([2, "used"])],
  ])("waits where it %s", (_, from) => {
    expect(turnsBack(from)).toBe(false);
  });
});

describe("a rotation that is gone back on", () => {
  const back = (...phases: readonly [number, AuthorityPhase][]) => said(walk(list(...phases), true));

  it("takes the new one away while that has issued nothing", () => {
    expect(back([1, "used"], [2, "incoming"])).toEqual(["gone, 1 used"]);
  });

  it("lets the old one issue again before the new one goes", () => {
    expect(back([1, "outgoing"], [2, "used"])).toEqual(["used, 1 used, 2 outgoing", "gone, 1 used"]);
  });

  it("goes on where it was interrupted, and so does one that is not gone back on", () => {
    expect(back([1, "used"], [2, "outgoing"])).toEqual(["gone, 1 used"]);
    expect(said(walk(list([1, "used"], [2, "outgoing"])))).toEqual(["gone, 1 used"]);
  });

  it("is nothing where there is none", () => {
    expect(back([2, "used"])).toEqual([]);
  });

  it("goes back to the one before and no further", () => {
    expect(back([1, "outgoing"], [2, "outgoing"], [3, "used"])).toEqual([
      "used, 1 outgoing, 2 used, 3 outgoing",
      "gone, 2 used",
    ]);
  });

  it("leaves one that is outgoing while it takes an incoming one away", () => {
    expect(back([1, "outgoing"], [2, "used"], [3, "incoming"])).toEqual(["gone, 1 outgoing, 2 used"]);
  });
});

/** Every list that the configuration may have. */
const legal = fc
  .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 })
  .chain((generations) =>
    fc.record({
      generations: fc.constant(generations),
      used: fc.nat(generations.length - 1),
      incoming: fc.option(fc.nat(generations.length - 1)),
    }),
  )
  .map(({ generations, used, incoming }) =>
    generations.map((generation, index): Phase => {
      if (index === used) return { generation, phase: "used" };
      return { generation, phase: index === incoming ? "incoming" : "outgoing" };
    }),
  );

const fingerprint = (generation: number) => `f${generation}`;

/** What an update to that list has left. */
function deployedWith(authorities: readonly Phase[], issuer?: number): DeployedState {
  const used = authorities.find(({ phase }) => phase === "used")?.generation ?? 0;
  const server = (serverName: string): ProvenServer => ({
    serverName,
    url: "",
    clusterAddress: "",
    clientTls: "off",
    startDigest: "",
    version: "",
    servedSince: "",
    issuer: fingerprint(issuer ?? used),
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
  incoming: ["incoming", "used", "absent"],
  used: ["used", "outgoing"],
  outgoing: ["outgoing", "used", "absent"],
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

  it("a walk ends, forward in at most three steps and back in at most two, with one authority that is used", () => {
    fc.assert(
      fc.property(legal, fc.boolean(), (from, back) => {
        const steps = walk(from, back);
        expect(steps.length).toBeLessThanOrEqual(back ? 2 : 3);
        const end = steps.at(-1)?.authorities ?? from;
        if (!back) expect(end.map(({ phase }) => phase)).toEqual(["used"]);
        expect(end.filter(({ phase }) => phase === "used")).toHaveLength(1);
      }),
    );
  });

  it("each step is a legal list with each authority once", () => {
    each((_, { authorities }) => {
      const inPhase = (wanted: AuthorityPhase) => authorities.filter(({ phase }) => phase === wanted).length;
      expect(inPhase("used")).toBe(1);
      expect(inPhase("incoming")).toBeLessThanOrEqual(1);
      expect(new Set(authorities.map(({ generation }) => generation)).size).toBe(authorities.length);
    });
  });

  it("no authority is used at once, and none vanishes that is used", () => {
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
      const used = authorities.find(({ phase }) => phase === "used")?.generation;
      if (name !== "used") return;
      const half = deployedWith(before);
      const [dk] = deployedWith(before, used).servers;
      const mixed = { ...half, servers: new Map([...half.servers, ...(dk === undefined ? [] : [dk])]) };
      expect(phaseFaults(mixed, planOf(authorities))).toEqual([]);
      const turned = nextStep(authorities, { back: true });
      if (turned?.name === "used") expect(phaseFaults(mixed, planOf(turned.authorities))).toEqual([]);
    });
  });
});
