import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Change } from "../../../../operations/preview/changes.ts";
import { compare } from "../../../../operations/preview/compare.ts";
import { type PlanDocument, planDocument } from "../../../../operations/preview/document.ts";
import { documentIn, documentText } from "../../../../operations/preview/document-text.ts";
import { nordicPods, plan, podInput } from "../../../support/configuration.ts";
import { selfSigned } from "../../../support/pem.ts";
import { prodSections } from "../../../support/preview-plans.ts";

type Sections = Readonly<Record<string, unknown>>;

/** A document as another process prints it. */
function document(sections: Sections = {}): PlanDocument {
  return documentIn(documentText(planDocument(plan(sections)))) as PlanDocument;
}

function changes(before: Sections, after: Sections): Change[] {
  return compare(document(before), document(after));
}

/** A change as `restarted server dk` or `changed part vpn oslo`. */
function inShort(change: Change): string {
  const kind = change.what === "part" ? `part ${change.kind}` : change.what;
  return `${change.verb} ${kind} ${change.id}`;
}

function shortly(before: Sections, after: Sections): string[] {
  return changes(before, after).map(inShort);
}

function detailsOf(found: readonly Change[], short: string) {
  return found.find((change) => inShort(change) === short)?.details;
}

describe("nothing changes", () => {
  it("between a plan and itself, whatever the configuration", () => {
    const sections = fc.record({
      pods: fc.shuffledSubarray([...nordicPods, podInput("fi", 3), podInput("is", 4)], { minLength: 3 }),
      cluster: fc.record({
        maxPayload: fc.constantFrom("1MB", "8MB"),
        durability: fc.constantFrom("always", "10s"),
        memoryLimit: fc.constantFrom("1GB", "2GB"),
      }),
      tls: fc.record({
        clients: fc.constantFrom("off", "on", "required"),
        leafLifetime: fc.constantFrom("60d", "90d"),
        clientCertificates: fc.subarray(["orders", "billing"]),
      }),
      rollout: fc.constantFrom("parallel", "rolling"),
    });
    fc.assert(
      fc.property(sections, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const shuffled = [...given.pods].sort(() => (Number(numbers.next().value) % 2) - 0.5);
        expect(changes(given, { ...given, pods: shuffled })).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  it("between a plan and itself with hosts and a VPN", () => {
    expect(changes(prodSections(), prodSections())).toEqual([]);
  });
});

describe("servers", () => {
  it("reload what they can, and the changed lines are shown", () => {
    const found = changes(
      {},
      {
        cluster: { maxPayload: "1MB" },
        streams: {
          GLOBAL_EVENTS: { maxMessageSize: "1MB" },
          CROSS_TERRITORY: { maxMessageSize: "1MB" },
          ...territories("1MB"),
        },
      },
    );
    expect(found.filter(({ what }) => what === "server").map(inShort)).toEqual([
      "reloaded server dk",
      "reloaded server no",
      "reloaded server se",
    ]);
    expect(detailsOf(found, "reloaded server dk")).toEqual([
      { path: "nats.conf", before: "max_payload: 8388608", after: undefined },
      { path: "nats.conf", before: undefined, after: "max_payload: 1048576" },
    ]);
  });

  it("restart for what they can't reload, with the lines that tell why and no digest", () => {
    const found = changes({}, { cluster: { lameDuckDuration: "40s" } });
    const details = detailsOf(found, "restarted server dk");
    expect(details).toEqual([
      { path: "stopTimeoutSeconds", before: "40", after: "50" },
      { path: "nats.conf", before: 'lame_duck_duration: "30s"', after: undefined },
      { path: "nats.conf", before: undefined, after: 'lame_duck_duration: "40s"' },
    ]);
  });

  it("restart for what their containers are started with", () => {
    const found = changes({ cluster: { memoryLimit: "1GB" } }, { cluster: { memoryLimit: "2GB" } });
    expect(detailsOf(found, "restarted server se")?.map(({ path }) => path)).toEqual([
      "memory.environment",
      "memory.megabytes",
    ]);
  });

  it("restart on request, and the reason is shown", () => {
    const found = changes({}, { cluster: { restartGeneration: 1 } });
    expect(detailsOf(found, "restarted server se")).toEqual([
      { path: "restartGeneration", before: "0", after: "1" },
    ]);
  });

  it("restart for another image, which is brought first", () => {
    expect(shortly({}, { cluster: { image: "nats:2.15.2" } })).toEqual([
      "restarted server dk",
      "restarted server no",
      "restarted server se",
      "replaced part image local-image",
    ]);
  });

  it("that come and go are told with all that belongs to them, and the others reload their routes", () => {
    const more = [...nordicPods, podInput("fi", 3)];
    expect(shortly({ pods: nordicPods }, { pods: more })).toEqual([
      "reloaded server dk",
      "created server fi",
      "reloaded server no",
      "reloaded server se",
      "created stream TERRITORY_FI",
      "created consumer TERRITORY_FI/fi-local-processor",
      "created part leaf fi",
      "created part network fi-network",
      "created part volume fi-configuration",
      "created part volume fi-data",
    ]);
    const gone = shortly({ pods: more }, { pods: nordicPods });
    expect(gone).toContain("deleted server fi");
    expect(gone).toContain("deleted stream TERRITORY_FI");
    expect(gone).toContain("deleted part volume fi-data");
  });

  it("that are left out are not touched", () => {
    const found = shortly(
      { rollout: "rolling" },
      { rollout: { mode: "rolling", skip: ["no"] }, cluster: { restartGeneration: 1 } },
    );
    expect(found).toEqual(["restarted server dk", "restarted server se", "changed part other rollout"]);
  });

  it("that move to another host restart, and their data is said to be elsewhere", () => {
    const before = prodSections();
    const hosts = {
      ...before.hosts,
      aarhus: {
        ...before.hosts.oslo,
        ssh: { ...before.hosts.oslo.ssh, address: "45.123.45.99" },
        wireguard: { address: "10.0.4.1" },
      },
    };
    const pods = before.pods.map((pod) => (pod.id === "no" ? { ...pod, host: "aarhus" } : pod));
    const found = changes({ ...before, hosts }, { ...before, hosts, pods });
    expect(detailsOf(found, "restarted server no")).toContainEqual({
      path: "hostId",
      before: "oslo",
      after: "aarhus",
    });
    expect(found.map(inShort)).toContain("replaced part volume no-data");
  });
});

describe("certificates", () => {
  it("that are to live longer are made anew, and every server reloads its own", () => {
    const found = changes({}, { tls: { leafLifetime: "90d" } });
    expect(found.map(inShort)).toEqual([
      "reloaded server dk",
      "reloaded server no",
      "reloaded server se",
      "replaced part leaf dk",
      "replaced part leaf no",
      "replaced part leaf se",
    ]);
    expect(detailsOf(found, "reloaded server dk")).toEqual([
      { path: "certificate.lifetimeHours", before: "8760", after: "2160" },
    ]);
  });

  const phases = (...list: readonly string[]) => ({
    tls: { authorities: list.map((phase, index) => ({ generation: index + 1, phase })) },
  });

  it("of a new authority are not made yet: every server only learns to trust it", () => {
    const found = changes(phases("active"), phases("active", "incoming"));
    expect(found.map(inShort)).toEqual([
      "reloaded server dk",
      "reloaded server no",
      "reloaded server se",
      "created part authority 2",
      "created part leaf operator",
    ]);
    expect(detailsOf(found, "reloaded server dk")).toEqual([
      { path: "trusted", before: '["authority 1"]', after: '["authority 1","authority 2"]' },
    ]);
  });

  it("are made anew by the authority that is active from now on", () => {
    const found = changes(phases("active", "incoming"), phases("outgoing", "active"));
    expect(detailsOf(found, "reloaded server no")).toEqual([
      { path: "certificate.issuer", before: "authority 1", after: "authority 2" },
    ]);
    expect(detailsOf(found, "changed part authority 1")).toEqual([
      { path: "phase", before: "active", after: "outgoing" },
    ]);
    expect(found.map(inShort)).toContain("replaced part leaf dk");
  });

  it("of the authority that goes are not trusted any more", () => {
    const found = shortly(phases("outgoing", "active"), {
      tls: { authorities: [{ generation: 2, phase: "active" }] },
    });
    expect(found).toEqual([
      "reloaded server dk",
      "reloaded server no",
      "reloaded server se",
      "deleted part authority 1",
      "deleted part leaf operator",
    ]);
  });

  it("of applications come and go without a server", () => {
    const of = (...names: readonly string[]) => ({ tls: { clientCertificates: names } });
    expect(shortly(of("billing"), of("orders"))).toEqual([
      "deleted part leaf client/billing",
      "created part leaf client/orders",
    ]);
  });

  it("of an authority that was brought along are known by its fingerprint", () => {
    const of = ({ certificate, privateKey }: ReturnType<typeof selfSigned>) => ({
      tls: { authorities: [{ generation: 2, phase: "active", certificate, privateKey }] },
    });
    const [one, other] = [selfSigned(), selfSigned()];
    expect(shortly(of(one), of(one))).toEqual([]);
    expect(shortly(of(one), of(other))).toContain("replaced part authority 2");
    expect(shortly(of(one), of(other))).toContain("reloaded server dk");
  });

  it("that are secret change when their encrypted text does", () => {
    const of = (digest: string) =>
      planDocument(plan(), [{ path: "tls.leaves.dk.privateKey", why: "secret", isLeftOut: false, digest }]);
    expect(compare(of("1"), of("1"))).toEqual([]);
    expect(compare(of("1"), of("2")).map(inShort)).toEqual(["changed part key tls.leaves.dk.privateKey"]);
  });
});

describe("waivers of policy", () => {
  it("are told with their reasons, also of a new stack", () => {
    const waived = { policy: { waive: { "memory-limit": "a host of its own" } } };
    const reason = { path: "reason", before: undefined, after: "a host of its own" };
    const told = {
      verb: "created",
      what: "part",
      kind: "other",
      id: "policy.waive.memory-limit",
      details: [reason],
    };
    expect(changes({}, waived)).toEqual([told]);
    expect(compare(undefined, document(waived))).toContainEqual(told);
    expect(shortly(waived, {})).toEqual(["deleted part other policy.waive.memory-limit"]);
  });
});

describe("streams and consumers", () => {
  it("change in place what can be, property by property", () => {
    const [change, ...others] = changes({}, { streams: { GLOBAL_EVENTS: { maxAge: "14d" } } });
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      what: "stream",
      id: "GLOBAL_EVENTS",
      verb: "changed",
      details: [{ path: "maxAgeSeconds", before: "604800", after: "1209600" }],
      before: { maxAgeSeconds: 604800 },
      after: { maxAgeSeconds: 1209600, allowDataLoss: false },
    });
  });

  it("are replaced for what can't be, and consumers with their stream", () => {
    expect(shortly({}, { streams: { GLOBAL_EVENTS: { storage: "memory" } } })).toEqual([
      "replaced stream GLOBAL_EVENTS",
      "replaced consumer GLOBAL_EVENTS/global-processor",
      // With copies in memory the servers take turns from now on.
      "changed part other rollout",
    ]);
    const of = (ackPolicy: string) => ({
      streams: { GLOBAL_EVENTS: { consumers: { "global-processor": { ackPolicy } } } },
    });
    expect(shortly(of("explicit"), of("all"))).toEqual(["changed consumer GLOBAL_EVENTS/global-processor"]);
  });
});

describe("hosts and the VPN", () => {
  const prod = prodSections();

  it("show a new key by its generation, on every host that has to know it", () => {
    const wireguard = { ...prod.wireguard, keyGenerations: { oslo: 4 } };
    const found = changes(prod, { ...prod, wireguard });
    expect(found.map(inShort)).toEqual([
      "deleted part key oslo-wireguard-key-3",
      "created part key oslo-wireguard-key-4",
      "changed part vpn copenhagen",
      "changed part vpn oslo",
      "changed part vpn stockholm",
    ]);
    expect(detailsOf(found, "changed part vpn copenhagen")).toEqual([
      { path: "wg0.conf", before: "PublicKey = (public key of oslo, generation 3)", after: undefined },
      { path: "wg0.conf", before: undefined, after: "PublicKey = (public key of oslo, generation 4)" },
    ]);
  });

  it("make another interface of another name", () => {
    const found = shortly(prod, { ...prod, wireguard: { ...prod.wireguard, interface: "wg7" } });
    expect(found).toContain("replaced part vpn oslo");
    expect(found).toContain("changed part host oslo-firewall");
  });

  it("run every script again where they are reached otherwise", () => {
    const oslo = { ...prod.hosts.oslo, ssh: { ...prod.hosts.oslo.ssh, port: 2222 } };
    const found = changes(prod, { ...prod, hosts: { ...prod.hosts, oslo } });
    expect(found.map(inShort)).toEqual([
      "changed part host oslo-docker",
      "changed part host oslo-firewall",
      "changed part host oslo-packages",
      "changed part provider docker-oslo",
      "changed part vpn oslo",
    ]);
    expect(detailsOf(found, "changed part host oslo-firewall")).toEqual([
      { path: "ssh.port", before: "22", after: "2222" },
      { path: "nftables", before: "tcp dport 22 accept", after: undefined },
      { path: "nftables", before: undefined, after: "tcp dport 2222 accept" },
    ]);
  });

  it("take a firewall away that is not wanted any more", () => {
    const oslo = { ...prod.hosts.oslo, firewall: false };
    expect(shortly(prod, { ...prod, hosts: { ...prod.hosts, oslo } })).toContain(
      "deleted part host oslo-firewall",
    );
  });
});

describe("with nothing to compare with", () => {
  it("everything is new, and told once", () => {
    const found = compare(undefined, document(prodSections()));
    expect(found.map(({ verb }) => verb).every((verb) => verb === "created")).toBe(true);
    expect(new Set(found.map(inShort)).size).toBe(found.length);
    expect(found.map(inShort)).toContain("created part vpn oslo");
  });
});

/** The streams of the dev stack's territories with another limit. */
function territories(maxMessageSize: string) {
  return Object.fromEntries(["DK", "NO", "SE"].map((id) => [`TERRITORY_${id}`, { maxMessageSize }]));
}
