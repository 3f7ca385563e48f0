import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { streamDefaults } from "../../../../model/jetstream/stream.ts";
import { confDetails } from "../../../../operations/preview/from-state.ts";
import { lineDetails } from "../../../../operations/preview/lines.ts";
import { meaningOf } from "../../../../operations/preview/meaning.ts";
import type { Report } from "../../../../operations/preview/report.ts";
import type { Step } from "../../../../operations/preview/step.ts";
import { changesOf } from "../../../../operations/preview/steps.ts";
import { textOf } from "../../../../operations/preview/text.ts";
import { plan } from "../../../support/configuration.ts";

const stack = "urn:pulumi:prod::unityplan-nats::";
const pod = `${stack}unityplan:nats:Cluster$unityplan:nats:Pod$`;
const server = (id: string) => `${pod}docker:index/container:Container::${id}-server`;
const loader = (id: string) => `${pod}docker:index/container:Container::${id}-loader`;
const streamUrn = (name: string) =>
  `${stack}unityplan:nats:Cluster$unityplan:jetstream:Stream$nats:jetstream:Stream::${name}`;
const leaf = (type: string, name: string) =>
  `${stack}unityplan:nats:Cluster$unityplan:tls:CertificateChain$unityplan:tls:Leaf$${type}::${name}`;
const report: Report = {
  ...{
    stack: "prod",
    comparedWith: "compared with the stack's state",
    unchanged: undefined,
    mode: "rolling",
  },
  ...{ changes: [], sentences: [], failure: undefined, faults: [], warnings: [], unhealthy: [], notes: [] },
  complete: true,
};
const spec = { ...streamDefaults, name: "X", subjects: ["x.>"], allowDataLoss: false };

describe("steps of the engine", () => {
  it("are a reload where only the files of a server change", () => {
    const changes = changesOf([{ op: "replace", urn: loader("dk") }]);
    expect(changes).toEqual([{ what: "server", id: "dk", verb: "reloaded", details: [] }]);
  });

  it("are a restart where the container is replaced, with what of it changes", () => {
    const changes = changesOf([
      { op: "replace", urn: loader("dk") },
      {
        op: "replace",
        urn: server("dk"),
        oldState: { inputs: { ports: [{ external: 4222 }], memory: 0 } },
        newState: { inputs: { ports: [{ external: 4333 }], memory: 512 } },
        detailedDiff: { "ports[0].external": {}, memory: {} },
      },
    ]);
    expect(changes).toEqual([
      {
        what: "server",
        id: "dk",
        verb: "restarted",
        details: [
          { path: "memory", before: "0", after: "512" },
          { path: "ports[0].external", before: "4222", after: "4333" },
        ],
      },
    ]);
  });

  it("are a new server with its loader, and a restart where only the container was lost", () => {
    const both = changesOf([
      { op: "create", urn: loader("fi") },
      { op: "create", urn: server("fi") },
      { op: "create", urn: `${pod}docker:index/volume:Volume::fi-data` },
    ]);
    expect(both.filter(({ what }) => what === "server").map(({ verb }) => verb)).toEqual(["created"]);
    const [lost] = changesOf([{ op: "create", urn: server("fi") }]);
    expect(lost).toMatchObject({ verb: "restarted", details: [{ path: "container", before: "gone" }] });
  });

  it("show what of a loader changes beside its files", () => {
    const [change] = changesOf([
      {
        op: "replace",
        urn: loader("dk"),
        oldState: { inputs: { image: "a", uploads: "[secret]" } },
        newState: { inputs: { image: "b", uploads: "[secret]" } },
        detailedDiff: { image: {}, uploads: {} },
      },
    ]);
    expect(change).toMatchObject({ verb: "reloaded", details: [{ path: "image", before: "a", after: "b" }] });
  });

  it("show what differs far behind, in a label, and line by line in a script", () => {
    const long = "x".repeat(500);
    const [change] = changesOf([
      {
        op: "update",
        urn: `${stack}unityplan:nats:Cluster$unityplan:host:Host$command:local:Command::oslo-firewall`,
        oldState: { inputs: { create: "one\ntwo\n", list: `${long}1`, labels: { "org.x.y": "a" } } },
        newState: { inputs: { create: "one\n2\n", list: `${long}2`, labels: { "org.x.y": "b" } } },
        detailedDiff: { create: {}, list: {}, 'labels["org.x.y"]': {} },
      },
    ]);
    expect(change?.details).toEqual([
      { path: "create", before: "two", after: undefined },
      { path: "create", before: undefined, after: "2" },
      { path: 'labels["org.x.y"]', before: "a", after: "b" },
      { path: "list", before: expect.stringMatching(/^…x+1$/), after: expect.stringMatching(/^…x+2$/) },
    ]);
  });

  it("bring a stream as it was and as it is to be", () => {
    const after = { ...spec, replicas: 3 };
    const step: Step = {
      op: "update",
      urn: streamUrn("X"),
      oldState: { inputs: spec },
      newState: { inputs: after },
      detailedDiff: { replicas: {} },
    };
    expect(changesOf([step])).toEqual([
      {
        what: "stream",
        id: "X",
        verb: "changed",
        before: spec,
        after,
        details: [{ path: "replicas", before: "1", after: "3" }],
      },
    ]);
  });

  it("are one certificate where its key, request and renewal change with it", () => {
    const changes = changesOf([
      { op: "replace", urn: leaf("nats:tls:Renewal", "dk-renewal") },
      { op: "replace", urn: leaf("tls:index/privateKey:PrivateKey", "dk-key") },
      { op: "replace", urn: leaf("tls:index/certRequest:CertRequest", "dk-request") },
      { op: "replace", urn: leaf("tls:index/locallySignedCert:LocallySignedCert", "dk-certificate") },
    ]);
    expect(changes).toMatchObject([{ what: "part", kind: "leaf", id: "dk", verb: "replaced" }]);
  });

  it.each([
    [
      `${stack}unityplan:nats:Cluster$unityplan:tls:CertificateChain$tls:index/selfSignedCert:SelfSignedCert::authority-2`,
      "authority",
      "2",
    ],
    [
      `${stack}unityplan:nats:Cluster$unityplan:tls:CertificateChain$tls:index/privateKey:PrivateKey::authority-2-key`,
      "authority",
      "2",
    ],
    [
      `${stack}unityplan:nats:Cluster$unityplan:tls:CertificateChain$tls:index/locallySignedCert:LocallySignedCert::operator-1-certificate`,
      "leaf",
      "operator",
    ],
    [`${stack}unityplan:nats:Cluster$tls:index/privateKey:PrivateKey::system-user`, "key", "system-user"],
    [
      `${stack}unityplan:nats:Cluster$unityplan:wireguard:Mesh$unityplan:wireguard:Peer$tls:index/privateKey:PrivateKey::oslo-wireguard-key-2`,
      "key",
      "oslo-wireguard-key-2",
    ],
    [
      `${stack}unityplan:nats:Cluster$unityplan:wireguard:Mesh$unityplan:wireguard:Peer$command:local:Command::oslo-wireguard`,
      "vpn",
      "oslo",
    ],
    [
      `${stack}unityplan:nats:Cluster$unityplan:host:Host$command:local:Command::oslo-firewall`,
      "host",
      "oslo-firewall",
    ],
    [`${pod}nats:server:Node::dk-node`, "check", "dk-node"],
    [`${pod}docker:index/volume:Volume::dk-data`, "volume", "dk-data"],
    [`${stack}unityplan:nats:Cluster$pulumi:providers:nats::nats`, "provider", "nats"],
  ])("know what %s is", (urn, kind, id) => {
    expect(changesOf([{ op: "create", urn }])).toMatchObject([{ what: "part", kind, id }]);
  });

  describe("of a container that is neither a server nor its loader", () => {
    const urn = (name: string) => `${pod}docker:index/container:Container::${name}`;
    const labels = ["org.unityplan.pod", "org.unityplan.role"].map((label) => ({ label, value: "x" }));
    const state = { inputs: { labels, image: "a" } };
    const ofServer = {
      inputs: {
        labels: [{ label: "org.unityplan.pod", value: "dk" }, { label: "org.unityplan.restart-digest" }],
      },
    };
    const reportOf = (steps: readonly Step[]) => {
      const changes = changesOf(steps);
      return textOf({ ...report, changes, sentences: meaningOf(changes, plan()) });
    };

    it.each([
      [
        "create",
        "+ container dk-exporter: created",
        "A container is created: dk-exporter.",
        { newState: state },
      ],
      [
        "replace",
        "! container dk-exporter: replaced",
        "A container is replaced: dk-exporter.",
        { oldState: state, newState: state },
      ],
      [
        "update",
        "! container dk-exporter: changed",
        "A container is changed: dk-exporter.",
        { newState: state },
      ],
      [
        "delete",
        "- container dk-exporter: deleted",
        "A container is deleted: dk-exporter.",
        { oldState: state },
      ],
    ] as const)("%s a container, and restart no server", (op, detail, sentence, states) => {
      const text = reportOf([{ op, urn: urn("dk-exporter"), ...states }]);
      expect(text).toContain(detail);
      expect(text).toContain(`- ${sentence}`);
      expect(text).not.toMatch(/server|restart/);
      expect(text).not.toContain("REFUSED");
    });

    it("go by the labels and not by the name, where they are known", () => {
      const [one] = changesOf([{ op: "replace", urn: urn("dk-server"), oldState: state }]);
      expect(one).toMatchObject({ what: "part", kind: "container", id: "dk-server" });
      const [other] = changesOf([{ op: "replace", urn: urn("dk-server"), oldState: ofServer }]);
      expect(other).toMatchObject({ what: "server", id: "dk", verb: "restarted" });
      const hidden = { inputs: { labels: "[secret]" } };
      const [last] = changesOf([{ op: "delete", urn: urn("dk-server"), oldState: hidden }]);
      expect(last).toMatchObject({ what: "server", id: "dk", verb: "deleted" });
    });

    it("are told beside the server of its pod", () => {
      const text = reportOf([
        { op: "replace", urn: loader("dk") },
        { op: "replace", urn: urn("dk-exporter"), oldState: state, newState: state },
        { op: "replace", urn: urn("no-exporter"), oldState: state, newState: state },
      ]);
      expect(text).toContain("1 server (dk) reloads, none restarts.");
      expect(text).toContain("Containers are replaced: dk-exporter and no-exporter.");
    });
  });

  it("leave out what only holds others together, what stays, and the second half of a replacement", () => {
    const steps = [
      { op: "create", urn: `${stack}unityplan:nats:Cluster$unityplan:nats:Pod::fi` },
      { op: "create", urn: `${stack}pulumi:pulumi:Stack::unityplan-nats-prod` },
      { op: "same", urn: server("dk") },
      { op: "delete-replaced", urn: server("dk") },
    ];
    expect(changesOf(steps)).toEqual([]);
  });

  it("hide secrets, and say what is not known yet", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const [change] = changesOf([
      {
        op: "update",
        urn: `${stack}unityplan:nats:Cluster$pulumi:providers:nats::nats`,
        oldState: { inputs: { systemSeed: "[secret]", authorities: "old" } },
        newState: { inputs: { systemSeed: "[secret]", authorities: unknown } },
        detailedDiff: { systemSeed: {}, authorities: {} },
      },
    ]);
    expect(change?.details).toEqual([
      { path: "authorities", before: "old", after: "(known after the update)" },
      { path: "systemSeed", before: "(secret)", after: "(another secret)" },
    ]);
  });

  it("come out in one order, whatever order the engine took", () => {
    const steps = [
      { op: "replace", urn: loader("dk") },
      { op: "replace", urn: loader("no") },
      { op: "create", urn: streamUrn("B") },
      { op: "create", urn: streamUrn("A") },
      { op: "create", urn: `${pod}docker:index/volume:Volume::dk-data` },
      { op: "replace", urn: leaf("nats:tls:Renewal", "dk-renewal") },
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (shuffled) => {
        expect(changesOf(shuffled)).toEqual(changesOf(steps));
      }),
    );
  });
});

describe("the lines of nats.conf", () => {
  it("are compared with what the state says the server was given", () => {
    const topology = plan();
    const key = `U${"A".repeat(55)}`;
    const uploads = {
      plaintext: JSON.stringify([{ file: "/etc/nats/nats.conf", content: `nkey: ${key}\nold: 1` }]),
    };
    const details = confDetails([{ urn: loader("dk"), inputs: { uploads } }], topology).get("dk") ?? [];
    expect(details).toContainEqual({ path: "nats.conf", before: "old: 1", after: undefined });
    expect(details.some(({ after }) => after?.includes("max_payload") === true)).toBe(true);
    expect(confDetails([], topology).size).toBe(0);
  });

  it("differ in what goes and what comes, and in nothing else", () => {
    const line: fc.Arbitrary<string> = fc.constantFrom("a", "b", "c", "d");
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.array(line, { minLength: 1 }), (from, to) => {
        const details = lineDetails("f", from.join("\n"), to.join("\n"));
        const less = [...from];
        for (const { before } of details) if (before !== undefined) less.splice(less.indexOf(before), 1);
        const rest = [...to];
        for (const { after } of details) if (after !== undefined) rest.splice(rest.indexOf(after), 1);
        expect([...less].sort()).toEqual([...rest].sort());
        if (from.join() === to.join()) expect(details).toEqual([]);
      }),
    );
  });
});
