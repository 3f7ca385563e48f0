import { describe, expect, it } from "vitest";
import { planDocument } from "../../../../operations/preview/document.ts";
import { judgeTransition } from "../../../../operations/preview/transition-faults.ts";
import { plan, podInput } from "../../../support/configuration.ts";
import { selfSigned } from "../../../support/pem.ts";
import { prodSections } from "../../../support/preview-plans.ts";

type Sections = Readonly<Record<string, unknown>>;

function judged(before: Sections, after: Sections) {
  return judgeTransition(planDocument(plan(before)), plan(after), "dev");
}

function authorities(...phases: readonly string[]): Sections {
  return { tls: { authorities: phases.map((phase, index) => ({ generation: index + 1, phase })) } };
}

describe("a transition between two plans", () => {
  it("is let through where an update would let it through", () => {
    const transitions: [Sections, Sections][] = [
      [{}, {}],
      [prodSections(), prodSections()],
      [authorities("active"), authorities("active", "incoming")],
      [authorities("active", "incoming"), authorities("outgoing", "active")],
      [authorities("outgoing", "active"), { tls: { authorities: [{ generation: 2, phase: "active" }] } }],
      [{ cluster: { image: "nats:2.14.9" } }, { cluster: { image: "nats:2.15.1" } }],
    ];
    for (const [before, after] of transitions) expect(judged(before, after).faults).toEqual([]);
  });

  it("that leaves out a phase of an authority is refused", () => {
    const [fault, ...others] = judged(authorities("active"), authorities("outgoing", "active")).faults;
    expect(fault).toContain(`tls.authorities: CA 2 can't be "active" yet`);
    expect(others).toEqual([]);
  });

  it("that leaves out a phase of an authority from elsewhere is refused", () => {
    const { certificate, privateKey } = selfSigned();
    const given = { generation: 2, phase: "active", certificate, privateKey };
    const after = { tls: { authorities: [{ generation: 1, phase: "outgoing" }, given] } };
    expect(judged(authorities("active"), after).faults).toHaveLength(1);
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
    const before = planDocument(plan(authorities("active")));
    const hidden = { certificatePem: "[secret]", chainPem: "", privateKeyPem: "[secret]" };
    const topology = plan(authorities("outgoing", "active"));
    const secret = topology.tls.authorities.map((one) => ({ ...one, given: hidden }));
    const after = { ...topology, tls: { ...topology.tls, authorities: secret } };
    expect(judgeTransition(before, after, "dev").faults).toEqual([]);
    expect(judgeTransition(planDocument(after), topology, "dev").faults).toEqual([]);
  });
});

describe("what changes hands between two plans is judged as by a state", () => {
  /** What the faults are about. */
  const found = (before: Sections, after: Sections) =>
    judged(before, after).faults.map((fault) => fault.split(":")[0]);

  it("a subject", () => {
    const [before, next] = [{ ORDERS: { subjects: ["orders.>"] } }, { NEW: { subjects: ["orders.no"] } }];
    expect(found({ streams: before }, { streams: next })).toEqual(["streams.NEW"]);
    const narrowed = { ORDERS: { subjects: ["orders.dk"] }, ...next };
    expect(found({ streams: before }, { streams: narrowed })).toEqual([]);
  });

  it("messages of a work queue", () => {
    const queue = (consumer: string) => ({
      streams: { JOBS: { subjects: ["jobs"], retention: "workqueue", consumers: { [consumer]: {} } } },
    });
    expect(found(queue("old"), queue("next"))).toEqual(["streams.JOBS.consumers.next"]);
  });

  it("a port", () => {
    const pods = (dk: number, no: number) => ({
      pods: [podInput("dk", dk), podInput("no", no), podInput("se", 2)],
      rollout: "rolling",
    });
    expect(found(pods(0, 1), pods(1, 7))).toEqual(
      ["clientPort", "clusterPort", "monitorPort"].map((kind) => `pods.dk.${kind}`),
    );
    expect(found(pods(1, 0), pods(7, 1))).toEqual([]);
  });

  it("a port in the VPN, where only nats.conf says on which the monitor is", () => {
    const prod = prodSections();
    const monitors = (dk: number, no: number) => ({
      ...prod,
      hosts: { oslo: prod.hosts.oslo },
      wireguard: {},
      pods: [
        podInput("dk", 0, { monitorPort: dk }),
        podInput("no", 1, { monitorPort: no }),
        podInput("se", 2),
      ],
    });
    expect(found(monitors(8322, 8323), monitors(8323, 8324))).toEqual(["pods.dk.monitorPort"]);
  });

  it("an address in the VPN", () => {
    const { hosts, ...prod } = { ...prodSections(), rollout: "all-at-once" };
    const moved = {
      ...hosts,
      copenhagen: { ...hosts.copenhagen, wireguard: { address: "10.0.9.1" } },
      oslo: { ...hosts.oslo, wireguard: hosts.copenhagen.wireguard },
    };
    expect(found({ ...prod, hosts }, { ...prod, hosts: moved })).toEqual(["hosts.oslo.wireguard.address"]);
  });
});
