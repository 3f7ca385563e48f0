import { describe, expect, it } from "vitest";
import type { ProvenServer } from "../../../../model/contract/node.ts";
import { fingerprintOf } from "../../../../plan/digest.ts";
import type { AuthorityPhase, AuthorityPlan } from "../../../../plan/tls-plan.ts";
import { endingSoon, expiredFaults, phaseFaults } from "../../../../plan/transitions/authorities.ts";
import { type DeployedState, nothingDeployed } from "../../../../plan/transitions/deployed-state.ts";
import { selfSigned } from "../../../support/pem.ts";

const plan = (...phases: readonly [number, AuthorityPhase][]): AuthorityPlan[] =>
  phases.map(([generation, phase]) => ({ generation, phase, given: undefined }));

function server(id: string, issuer: string, trusted: readonly string[]): ProvenServer {
  return {
    serverName: `service-nats-${id}`,
    url: "nats://127.0.0.1:4222",
    clusterAddress: "127.0.0.1:6222",
    clientTls: "off",
    startDigest: "0123456789abcdef",
    version: "2.15.1",
    issuer,
    trusted,
    servedSince: "2026-11-23T12:00:00Z",
  };
}

/** @param servers issuer and bundle of dk, no, … by the generations' fingerprints `f1`, `f2`, … */
function deployed(...servers: readonly [issuer: string, trusted: readonly string[]][]): DeployedState {
  const proven = servers.map(([issuer, trusted], index) =>
    server(["dk", "no", "se"][index] ?? "fi", issuer, trusted),
  );
  return {
    ...nothingDeployed,
    servers: new Map(proven.map((one) => [one.serverName, one])),
    authorities: new Map([1, 2, 3].map((generation) => [generation, `f${generation}`])),
    authorityEnds: new Map(),
    issuers: new Set(),
  };
}

describe("a transition from phase to phase", () => {
  it.each<[string, DeployedState, AuthorityPlan[]]>([
    [
      "an authority comes beside the active one",
      deployed(["f1", ["f1"]]),
      plan([1, "active"], [2, "incoming"]),
    ],
    ["all trust it and it issues", deployed(["f1", ["f1", "f2"]]), plan([1, "outgoing"], [2, "active"])],
    ["nothing is served of the old one and it goes", deployed(["f2", ["f1", "f2"]]), plan([2, "active"])],
    ["the new one is gone back on", deployed(["f2", ["f1", "f2"]]), plan([1, "active"], [2, "outgoing"])],
    ["what has issued nothing goes again", deployed(["f1", ["f1", "f2"]]), plan([1, "active"])],
    ["nothing changes", deployed(["f1", ["f1"]]), plan([1, "active"])],
    [
      "an update goes on that died half-way",
      deployed(["f1", ["f1", "f2"]], ["f2", ["f1", "f2"]]),
      plan([1, "outgoing"], [2, "active"]),
    ],
    [
      "that update is gone back on",
      deployed(["f1", ["f1", "f2"]], ["f2", ["f1", "f2"]]),
      plan([1, "active"], [2, "outgoing"]),
    ],
    ["an old one is only trusted again", deployed(["f2", ["f2"]]), plan([1, "incoming"], [2, "active"])],
  ])("may be made where %s", (_, before, planned) => {
    expect(phaseFaults(before, planned)).toEqual([]);
  });

  it("is free for a stack that has no servers", () => {
    expect(phaseFaults(nothingDeployed, plan([7, "active"]))).toEqual([]);
  });

  const cut = 'can\'t be "active" yet: service-nats-';
  it.each<[string, DeployedState, AuthorityPlan[], string[]]>([
    [
      "it issues and was never there",
      deployed(["f1", ["f1"]]),
      plan([1, "outgoing"], [4, "active"]),
      [`tls.authorities: CA 4 ${cut}dk did not trust it`],
    ],
    [
      "it issues and only some trust it",
      deployed(["f1", ["f1", "f2"]], ["f1", ["f1"]], ["f1", ["f1"]]),
      plan([1, "outgoing"], [2, "active"]),
      [`tls.authorities: CA 2 ${cut}no, service-nats-se did not trust it`],
    ],
    [
      "one takes the other's place at once",
      deployed(["f1", ["f1"]]),
      plan([2, "active"]),
      [`tls.authorities: CA 2 ${cut}dk did not trust it`, "tls.authorities: service-nats-dk still serves"],
    ],
    [
      "the old one goes while one server has its certificate",
      deployed(["f2", ["f1", "f2"]], ["f1", ["f1", "f2"]]),
      plan([2, "active"]),
      [
        "tls.authorities: service-nats-no still serves a certificate of a CA that is not in the list any more",
      ],
    ],
    [
      "an active one goes back to incoming",
      deployed(["f2", ["f1", "f2"]]),
      plan([1, "active"], [2, "incoming"]),
      ["tls.authorities: service-nats-dk serves a certificate of CA 2, so CA 2 can't be"],
    ],
  ])("is refused where %s", (_, before, planned, faults) => {
    const found = phaseFaults(before, planned);
    expect(found).toHaveLength(faults.length);
    for (const [index, fault] of faults.entries()) expect(found[index]).toContain(fault);
  });

  it("says what to do first", () => {
    const [untrusted, served] = phaseFaults(deployed(["f1", ["f1"]]), plan([2, "active"]));
    expect(untrusted).toMatch(
      /Give CA 2 the phase "incoming", keep the CA that is active now, run `pulumi up`/,
    );
    expect(served).toMatch(/Put that CA back as "outgoing", keep the active CA, run `pulumi up`/);
  });

  it("says nothing of what an older program has served, where nobody knows the authority", () => {
    expect(phaseFaults(deployed(["", ["f1"]]), plan([1, "active"]))).toEqual([]);
  });
});

describe("an authority that was brought along", () => {
  const [brought, other] = [selfSigned().certificate, selfSigned().certificate];
  const given = (certificatePem: string, phase: AuthorityPhase, generation = 1): AuthorityPlan => ({
    generation,
    phase,
    given: { certificatePem, chainPem: "", privateKeyPem: undefined },
  });
  const before = deployed([fingerprintOf(brought), [fingerprintOf(brought)]]);

  it("is known by its certificate", () => {
    expect(phaseFaults(before, [given(brought, "active")])).toEqual([]);
  });

  it("can't be changed in its place, whatever number it has", () => {
    const faults = phaseFaults(before, [given(other, "active")]);
    expect(faults).toEqual([
      expect.stringContaining('CA 1 can\'t be "active" yet'),
      expect.stringContaining("service-nats-dk still serves"),
    ]);
  });

  it("takes no number over from one that was made here", () => {
    expect(phaseFaults(deployed(["f1", ["f1"]]), [given(brought, "active")])).toHaveLength(2);
  });
});

describe("an authority that has ended", () => {
  const now = new Date("2030-01-01T00:00:00Z");
  const ended = (...generations: readonly number[]): DeployedState => ({
    ...deployed(["f2", ["f1", "f2"]]),
    authorityEnds: new Map(
      [1, 2, 3].map((one) => [one, generations.includes(one) ? now.toISOString() : "2030-01-01T00:00:01Z"]),
    ),
  });
  const faults = (before: DeployedState, planned: AuthorityPlan[]) =>
    expiredFaults(before, planned, "prod", now);

  it.each<AuthorityPhase>(["outgoing", "incoming"])("only has to leave the list where it is %s", (phase) => {
    expect(faults(ended(1), plan([1, phase], [2, "active"]))).toEqual([
      "tls.authorities: CA 1 ended on 2030-01-01T00:00:00.000Z, and no certificate that it issued is accepted any more. " +
        "Remove it from the list",
    ]);
  });

  it("has to be forgotten where it is active: the stack goes down and comes up with a new one", () => {
    const [fault, ...more] = faults(ended(2), plan([1, "outgoing"], [2, "active"]));
    expect(fault).toContain("CA 2 ended on 2030-01-01T00:00:00.000Z");
    expect(fault).toContain("`npm run down -- prod`");
    expect(more).toEqual([]);
  });

  it("is none while it lasts, nor of a number that the state does not know", () => {
    expect(faults(ended(), plan([1, "outgoing"], [2, "active"], [4, "incoming"]))).toEqual([]);
    expect(faults({ ...ended(), authorityEnds: new Map([[2, ""]]) }, plan([2, "active"]))).toEqual([]);
  });

  it("is none that was brought along: whoever made that one knows its end", () => {
    const given = { certificatePem: "", chainPem: "", privateKeyPem: undefined };
    expect(faults(ended(2), [{ generation: 2, phase: "active", given }])).toEqual([]);
  });

  it("is none of a stack that has no servers", () => {
    expect(faults({ ...ended(2), servers: new Map() }, plan([2, "active"]))).toEqual([]);
  });
});

describe("the end of an authority", () => {
  const lifetimes = { leafLifetimeHours: 365 * 24, renewBeforeHours: 30 * 24 };
  const now = new Date("2030-01-01T00:00:00Z");
  const after = (hours: number) => new Date(now.getTime() + hours * 3_600_000).toISOString();
  const warning = (hours: number, times = lifetimes) => endingSoon(3, after(hours), times, now);

  it("is nothing to warn of while it can issue the next certificate and the one after", () => {
    expect(warning(395 * 24)).toBeUndefined();
  });

  it("is warned of before it is too late for the next certificate", () => {
    expect(warning(395 * 24 - 1)).toBe(
      "CA 3 ends on 2031-01-30, in 394 days: it can soon no longer issue certificates of 365d, because no " +
        "certificate may end after its CA. Rotate it now: `npm run rotate -- ca`",
    );
  });

  it("is told as what it is when it can issue none any more", () => {
    expect(warning(364 * 24)).toContain("in 364 days: it can no longer issue certificates of 365d");
    expect(warning(1.5, { leafLifetimeHours: 12, renewBeforeHours: 1 })).toContain(
      "in 2 hours: it can no longer issue certificates of 12h",
    );
  });

  it("is told as what it is when it has passed", () => {
    expect(warning(-24)).toBe(
      "CA 3 ended on 2029-12-31, and all certificates that it issued ended with it. Rotate it now: `npm run rotate -- ca`",
    );
  });
});
