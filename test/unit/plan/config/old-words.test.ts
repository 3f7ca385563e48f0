import { describe, expect, it } from "vitest";
import { restartDigest } from "../../../../plan/render/restart.ts";
import { serverContainer, startDigest } from "../../../../plan/render/server-container.ts";
import { planTopology, type Topology } from "../../../../plan/topology.ts";
import { configure, faults, plan } from "../../../support/configuration.ts";
import { laterUpdates, topologyOfStack } from "../../../support/golden-stacks.ts";
import { inOldWords } from "../../../support/old-words.ts";

const next = "The next release does not read it. Write in Pulumi.dev.yaml:";
const incoming = { generation: 2, phase: "incoming" };

/** The configuration less what it says of its words. */
function meaning(sections: Readonly<Record<string, unknown>>) {
  const { oldWords, ...configuration } = configure(sections);
  return configuration;
}

describe("the phase used", () => {
  const authorities = (phase: string) => ({ tls: { authorities: [{ generation: 1, phase }, incoming] } });

  it("is read as active, with one warning that shows the line to write", () => {
    expect(meaning(authorities("used"))).toEqual(meaning(authorities("active")));
    expect(plan(authorities("used")).warnings).toEqual([
      `tls.authorities[0].phase is "used", the old word for "active". ${next} phase: active`,
    ]);
    expect(plan(authorities("active")).warnings).toEqual([]);
  });

  it.each([
    [["used", "active"], "tls.authorities[0]"],
    [["active", "used"], "tls.authorities[1]"],
  ])("is refused in %j, by one fault that names both words", (phases, place) => {
    const list = phases.map((phase, index) => ({ generation: index + 1, phase }));
    expect(faults({ tls: { authorities: list } })).toEqual([
      `dev tls.authorities: 2 CAs (generations 1, 2) are active (${place} says "used", the old word for "active"); ` +
        "allowed exactly one. Write phase: active for the CA that issues certificates, and incoming or outgoing for every other CA",
    ]);
  });

  it("is one phase that only one authority may have, also where no other one says active", () => {
    const list = [1, 2].map((generation) => ({ generation, phase: "used" }));
    expect(faults({ tls: { authorities: list } })).toEqual([
      "dev tls.authorities: 2 CAs (generations 1, 2) are active; allowed exactly one. " +
        "Write phase: active for the CA that issues certificates, and incoming or outgoing for every other CA",
    ]);
  });

  it("is nothing that a secret may hide", () => {
    expect(faults({ tls: { authorities: "[secret]" } }, { secrets: "hidden" })).toEqual([
      expect.stringMatching(/^dev tls\.authorities: is one secret as a whole/),
    ]);
    expect(faults({ tls: "used" })).toEqual([expect.stringMatching(/^dev tls: is not a map/)]);
  });
});

describe("rollout.without", () => {
  it("is read as rollout.skip, with one warning that shows the line to write", () => {
    const rollout = { mode: "rolling", first: "se" };
    const old = { rollout: { ...rollout, without: ["no"] } };
    const now = { rollout: { ...rollout, skip: ["no"] } };
    expect(meaning(old)).toEqual(meaning(now));
    expect(plan(old).warnings).toEqual([
      `rollout.without is the old word for rollout.skip. ${next} skip: ["no"]`,
    ]);
    expect(plan(now).warnings).toEqual([]);
  });

  it("has its faults at the word that the file has", () => {
    expect(faults({ rollout: { without: ["fi"] } })).toEqual([
      expect.stringContaining('dev rollout.without[0]: "fi" is not among the pods'),
    ]);
    expect(faults({ rollout: { without: null } })).toEqual([
      "dev rollout.without: is empty; write a list, for example - dk",
    ]);
    expect(faults({ rollout: { skip: ["fi"] } })).toEqual([
      expect.stringContaining('dev rollout.skip[0]: "fi" is not among the pods'),
    ]);
  });

  it.each([
    [["se"], '["se"]'],
    [[], "[]"],
  ])("is refused beside skip: %j, by one fault that names both", (skip, shown) => {
    expect(faults({ rollout: { without: ["no"], skip } })).toEqual([
      `dev rollout.without: ["no"] is given together with rollout.skip, which is ${shown}; "without" is the old word for "skip", ` +
        'and only one of them is allowed. Write all these pods into "skip", and remove "without"',
    ]);
  });
});

describe("a fault of skip beside without", () => {
  it("stays at skip", () => {
    expect(faults({ rollout: { without: ["no"], skip: ["fi"] } })).toEqual([
      expect.stringContaining("dev rollout.without: "),
      expect.stringContaining('dev rollout.skip[0]: "fi" is not among the pods'),
    ]);
  });
});

describe("a stack whose file has only old words", () => {
  /** What servers are restarted by. */
  const digests = ({ pods, cluster }: Topology) =>
    pods.map((pod) => [pod.id, restartDigest(pod, cluster), startDigest(serverContainer(pod, cluster))]);

  it.each(Object.entries(laterUpdates))("is the same plan with the same digests: %s", (_, stack) => {
    const [old, now] = [topologyOfStack(inOldWords(stack)), topologyOfStack(stack)];
    expect(digests(old)).toEqual(digests(now));
    expect(old.warnings).toHaveLength(now.warnings.length + 1);
    expect(old).toEqual({ ...now, warnings: old.warnings });
  });

  it("is warned of each word once", () => {
    const sections = {
      tls: { authorities: [{ generation: 3, phase: "used" }] },
      rollout: { without: ["no", "se"] },
    };
    expect(planTopology(configure(sections)).warnings).toEqual([
      expect.stringMatching(/ phase: active$/),
      expect.stringMatching(/ skip: \["no","se"\]$/),
    ]);
  });
});
