import { describe, expect, it } from "vitest";
import { planDocument } from "../../../../operations/preview/document.ts";
import { judgeStep } from "../../../../operations/preview/step-faults.ts";
import { plan } from "../../../support/configuration.ts";
import { selfSigned } from "../../../support/pem.ts";
import { prodSections } from "../../../support/preview-plans.ts";

type Sections = Readonly<Record<string, unknown>>;

function judged(before: Sections, after: Sections) {
  return judgeStep(planDocument(plan(before)), plan(after), "dev");
}

function authorities(...phases: readonly string[]): Sections {
  return { tls: { authorities: phases.map((phase, index) => ({ generation: index + 1, phase })) } };
}

describe("a step between two plans", () => {
  it("is let through where an update would let it through", () => {
    const steps: [Sections, Sections][] = [
      [{}, {}],
      [prodSections(), prodSections()],
      [authorities("used"), authorities("used", "incoming")],
      [authorities("used", "incoming"), authorities("outgoing", "used")],
      [authorities("outgoing", "used"), { tls: { authorities: [{ generation: 2, phase: "used" }] } }],
      [{ cluster: { image: "nats:2.14.9" } }, { cluster: { image: "nats:2.15.1" } }],
    ];
    for (const [before, after] of steps) expect(judged(before, after).faults).toEqual([]);
  });

  it("that leaves out a phase of an authority is refused", () => {
    const [fault, ...others] = judged(authorities("used"), authorities("outgoing", "used")).faults;
    expect(fault).toContain(`tls.authorities: the authority 2 can't be "used" yet`);
    expect(others).toEqual([]);
  });

  it("that leaves out a phase of an authority from elsewhere is refused", () => {
    const { certificate, privateKey } = selfSigned();
    const given = { generation: 2, phase: "used", certificate, privateKey };
    const after = { tls: { authorities: [{ generation: 1, phase: "outgoing" }, given] } };
    expect(judged(authorities("used"), after).faults).toHaveLength(1);
    expect(judged(after, after).faults).toEqual([]);
  });

  it("that skips a release of the servers is refused", () => {
    const [fault] = judged({ cluster: { image: "nats:2.11.17" } }, {}).faults;
    expect(fault).toContain("cluster.image: ");
  });

  it("that changes two keys of the VPN at once is refused", () => {
    const prod = prodSections();
    const after = { ...prod, wireguard: { ...prod.wireguard, keyGenerations: { oslo: 4, stockholm: 2 } } };
    expect(judged(prod, after).faults).toEqual([
      expect.stringContaining("the private keys of oslo, stockholm would change in one update"),
    ]);
  });

  it("that gives the cluster another name is refused", () => {
    const faults = judged({}, { cluster: { name: "other" } }).faults;
    expect(faults).toEqual([expect.stringContaining('clusterName: "other" would split the cluster')]);
  });

  it("to another engine is warned of", () => {
    const on = (docker: string) => ({ hosts: { local: { docker } } });
    expect(judged(on("unix:///one.sock"), on("unix:///other.sock")).warnings).toEqual([
      expect.stringContaining("hosts.local has another Docker engine"),
    ]);
  });

  it("is not judged where authorities can't be told apart, because they are secret", () => {
    const before = planDocument(plan(authorities("used")));
    const hidden = { certificatePem: "[secret]", chainPem: "", privateKeyPem: "[secret]" };
    const topology = plan(authorities("outgoing", "used"));
    const secret = topology.tls.authorities.map((one) => ({ ...one, given: hidden }));
    const after = { ...topology, tls: { ...topology.tls, authorities: secret } };
    expect(judgeStep(before, after, "dev").faults).toEqual([]);
    expect(judgeStep(planDocument(after), topology, "dev").faults).toEqual([]);
  });
});
