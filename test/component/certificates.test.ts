import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { NatsCluster } from "../../components/cluster.ts";
import { files } from "../../plan/render/files.ts";
import { nothingDeployed } from "../../plan/transitions/deployed-state.ts";
import { isSecret, type Registered, value } from "../support/mocks.ts";
import {
  authorityPems,
  build,
  carried,
  deployedStateOf,
  fingerprint,
  leafPem,
  named,
  topologyOf,
} from "../support/program.ts";

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const ids = ["dk", "no", "se"];
const { 1: one, 2: two } = authorityPems;

function phases(first: string, second: string) {
  const [generation1, generation2] = [first, second].map((phase, index) => ({
    generation: index + 1,
    phase,
  }));
  return { authorities: [generation1, generation2] };
}

describe("two authorities", () => {
  const built = new Map<string, ReturnType<typeof build>>();

  /** The program with those phases, run once. */
  function withPhases(first: string, second: string): ReturnType<typeof build> {
    const key = `${first} ${second}`;
    const tls = { clients: "required", ...phases(first, second) };
    const program = built.get(key) ?? build(topologyOf(ids, { tls }));
    built.set(key, program);
    return program;
  }

  it.each([
    ["active", "incoming", [true, false]],
    ["outgoing", "active", [false, true]],
    ["active", "outgoing", [true, false]],
  ] as const)("(%s, %s) are protected while they issue, key and all", async (first, second, isProtected) => {
    const { registered } = await withPhases(first, second);
    for (const ending of ["", "-key"]) {
      const both = [1, 2].map(
        (generation) => named(registered, `authority-${generation}${ending}`).isProtected,
      );
      expect(both).toEqual(isProtected);
    }
  });

  it("each have a certificate for the program itself, made before it is needed", async () => {
    const { registered } = await withPhases("active", "incoming");
    for (const generation of [1, 2] as const) {
      const { inputs, dependencies } = named(registered, `operator-${generation}-certificate`);
      expect(inputs.allowedUses).toEqual(["digital_signature", "client_auth"]);
      expect(inputs.caCertPem).toBe(authorityPems[generation]);
      expect(dependencies).toContain(`authority-${generation}-key`);
    }
  });

  it.each([
    ["active", "incoming"],
    ["outgoing", "active"],
  ])("(%s, %s) are both trusted by every server, and by the clients", async (first, second) => {
    const { registered, cluster } = await withPhases(first, second);
    for (const id of ids) {
      expect(carried(registered, id)[files.authority]).toBe(`${one}${two}`);
      expect(named(registered, `${id}-node`).inputs.trusted).toEqual([fingerprint(one), fingerprint(two)]);
    }
    expect(await value(cluster.caCertificate)).toBe(`${one}${two}`);
    expect(named(registered, "trust").inputs.authorities).toEqual({ "1": one, "2": two });
  });

  it.each([
    ["active", "incoming", one, "key operator-1-key", one],
    ["outgoing", "active", `${one}${two}`, "key operator-2-key", two],
    ["active", "outgoing", `${one}${two}`, "key operator-1-key", one],
  ])(
    "(%s, %s) are known to the provider where their certificates may be served, and the one that issues lets it in",
    async (first, second, bundle, key, issuer) => {
      const { registered } = await withPhases(first, second);
      const { inputs } = named(registered, "nats");
      expect(inputs.authorities).toBe(bundle);
      expect(isSecret(inputs.privateKey)).toBe(true);
      expect(inputs.privateKey).toMatchObject({ value: key });
      for (const id of ids) {
        expect(named(registered, `${id}-renewal`).inputs.issuer).toBe(fingerprint(issuer));
        expect(named(registered, `${id}-certificate`).inputs.caCertPem).toBe(issuer);
        expect(named(registered, `${id}-node`).inputs.issuer).toBe(fingerprint(issuer));
      }
    },
  );

  it("(active, incoming) are both known to the provider where the second may have issued: half an update was gone back on", async () => {
    const tls = { clients: "required", ...phases("active", "incoming") };
    const authorities = new Map([one, two].map((pem, index) => [index + 1, fingerprint(pem)]));
    const served = async (...issuers: string[]) => {
      const { registered } = await build(topologyOf(ids, { tls }), {
        deployed: { ...nothingDeployed, authorities, issuers: new Set(issuers.map(fingerprint)) },
      });
      return named(registered, "nats").inputs.authorities;
    };
    expect(await served(one)).toBe(one);
    expect(await served(one, two)).toBe(`${one}${two}`);
  });

  it("say to what is due that a successor is on its way", async () => {
    const told = async (first: string, second: string) =>
      named((await withPhases(first, second)).registered, "dk-renewal").inputs.successorIncoming;
    expect(await told("active", "incoming")).toBe(true);
    expect(await told("outgoing", "active")).toBe(false);
  });
});

describe("what is asked before an authority goes", () => {
  const deployed = deployedStateOf(topologyOf(ids));

  it("knows each server as the last update left it, and every certificate of now with its issuer", async () => {
    const { registered } = await build(topologyOf(ids, { tls: { clientCertificates: ["orders"] } }), {
      deployed,
    });
    const { servers, issued } = named(registered, "trust").inputs;
    expect(servers).toEqual(
      ids.map((id) => ({
        serverName: `service-nats-${id}`,
        url: "nats://127.0.0.1:4222",
        clusterAddress: "127.0.0.1:6222",
        clientTls: "off",
        servedSince: "2026-11-23T12:00:00Z",
      })),
    );
    const names = [...ids.map((id) => `service-nats-${id}`), "orders", "operator"];
    const [issuer, certificate] = [fingerprint(one), fingerprint(leafPem)];
    expect(issued).toEqual(names.map((name) => ({ name, issuer, certificate })));
  });

  const restarted = deployedStateOf(topologyOf(ids, { cluster: { restartGeneration: 1 } }));
  const half = {
    ...deployed,
    servers: new Map([...deployed.servers, ...[...restarted.servers].slice(0, 1)]),
  };
  const none = { ...deployed, servers: new Map() };

  it.each([
    ["none restarts", deployed, 0, false],
    ["all restart", deployed, 1, true],
    ["one has restarted already", half, 1, false],
    ["all have restarted already", restarted, 1, false],
    ["all are new", none, 0, true],
  ])(
    "counts on new sessions where every server restarts, and not elsewhere: %s",
    async (_, before, restartGeneration, expected) => {
      const topology = topologyOf(ids, { cluster: { restartGeneration } });
      const { registered } = await build(topology, { deployed: before });
      expect(named(registered, "trust").inputs.recycles).toBe(expected);
    },
  );
});

describe("a key and its certificate", () => {
  it("are made anew together: the key is replaced with the renewal, and the certificate is made of the key", async () => {
    const { registered } = await build(topologyOf(ids, { tls: { clientCertificates: ["orders"] } }));
    for (const name of [...ids, "client/orders"]) {
      expect(named(registered, `${name}-key`).replacedWith).toEqual([`${name}-renewal`]);
      expect(named(registered, `${name}-request`).inputs.privateKeyPem).toMatchObject({
        value: `key ${name}-key`,
      });
      expect(named(registered, `${name}-certificate`).inputs.certRequestPem).toBe(`request ${name}-request`);
    }
  });
});

describe("client certificates", () => {
  let registered: Registered[];
  let cluster: NatsCluster;

  beforeAll(async () => {
    const tls = { clientCertificates: ["orders", "billing"] };
    ({ registered, cluster } = await build(topologyOf(ids, { tls })));
  });

  it("come out by application, with keys that are secret", async () => {
    expect(Object.keys(cluster.clientCertificates)).toEqual(["billing", "orders"]);
    for (const [name, { certificate, privateKey }] of Object.entries(cluster.clientCertificates)) {
      expect(await value(certificate)).toBe(leafPem);
      expect(await value(privateKey)).toBe(`key client/${name}-key`);
      expect(await pulumi.isSecret(pulumi.output(privateKey))).toBe(true);
    }
  });

  it("are good for a client alone, and renewed like a server's", () => {
    expect(named(registered, "client/orders-certificate").inputs).toMatchObject({
      allowedUses: ["digital_signature", "client_auth"],
      validityPeriodHours: 365 * 24,
    });
    expect(named(registered, "client/orders-renewal").inputs).toMatchObject({
      commonName: "orders",
      names: [],
      renewBeforeHours: 30 * 24,
    });
  });

  it("are one for who works by hand as well, with a key that is secret", async () => {
    const { certificate, privateKey } = cluster.operatorCertificate;
    expect(await value(certificate)).toBe(leafPem);
    expect(await value(privateKey)).toBe("key operator-1-key");
    expect(await pulumi.isSecret(pulumi.output(privateKey))).toBe(true);
  });
});

describe("TLS on the client port", () => {
  it.each([
    ["off", undefined],
    ["on", "verify: false"],
    ["required", "verify: true"],
  ])("that is %s stands in every server's file, and in what proves it", async (clients, verify) => {
    const { registered } = await build(topologyOf(ids, { tls: { clients } }));
    expect(named(registered, "nats").inputs.clientTls).toBe(clients);
    for (const id of ids) {
      const conf = carried(registered, id)[files.conf] ?? "";
      const [section] = /^tls: \{\n(?: .*\n)*\}/m.exec(conf) ?? [];
      if (verify === undefined) expect(section).toBeUndefined();
      else expect(section).toContain(`  ${verify}\n`);
      expect(named(registered, `${id}-node`).inputs.clientTls).toBe(clients);
    }
  });
});

describe("an authority that ends", () => {
  const warn = vi.spyOn(pulumi.log, "warn");
  const soon = new Date(Date.now() + 380 * 86_400_000).toISOString();

  afterEach(() => {
    warn.mockReset();
  });

  it("is warned of in the preview while there is time", async () => {
    warn.mockResolvedValue();
    await build(topologyOf(ids), { authorityEndsAt: soon });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^CA 1 ends on .*rotate -- ca`$/)]]);
  });

  it("is so where its successor is on its way too: that one may stay on its way", async () => {
    warn.mockResolvedValue();
    await build(topologyOf(ids, { tls: phases("active", "incoming") }), { authorityEndsAt: soon });
    expect(warn.mock.calls.map(([text]) => text)).toEqual([
      expect.stringMatching(/^CA 1 ends on .*rotate -- ca`$/),
    ]);
  });

  it("is not, while it lasts", async () => {
    warn.mockResolvedValue();
    await build(topologyOf(ids));
    await build(topologyOf(ids, { tls: phases("active", "incoming") }));
    expect(warn.mock.calls).toEqual([]);
  });
});
