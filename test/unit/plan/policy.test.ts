import { describe, expect, it } from "vitest";
import { judgePlan, judgeResource, refusal, unusedWaivers, unwaived } from "../../../plan/policy/judge.ts";
import { ruleNames } from "../../../plan/policy/names.ts";
import { type Plain, Secret, unknown } from "../../../plan/policy/plain.ts";
import type { Registration } from "../../../plan/policy/rule.ts";
import { rules } from "../../../plan/policy/rules.ts";
import { plainKeysIn } from "../../../plan/policy/secrets.ts";
import type { Topology } from "../../../plan/topology.ts";
import { faults, plan } from "../../support/configuration.ts";
import { prodSections } from "../../support/policy.ts";

const dev = plan();
const prod = plan(prodSections);
const server = "docker:index/container:Container";
const running: Record<string, Plain> = {
  image: `sha256:${"a".repeat(64)}`,
  restart: "unless-stopped",
  memory: 512,
};

/** Wrongs that rules find in one resource, as `rule: wrong`. */
function wrongs(
  type: string,
  inputs: Record<string, Plain>,
  more: Partial<Registration> & { in?: Topology } = {},
): string[] {
  const { in: topology = dev, ...options } = more;
  const resource = { type, name: "x", inputs, protect: false, retainOnDelete: false, ...options };
  return judgeResource(resource, { stack: "dev", topology, plainKeys: [] }).map(
    ({ rule, wrong }) => `${rule.name}: ${wrong}`,
  );
}

function wrongsInPlan(topology: Topology, plainKeys: readonly string[] = []): string[] {
  return judgePlan({ stack: "dev", topology, plainKeys }).map(({ rule, wrong }) => `${rule.name}: ${wrong}`);
}

describe("the rules", () => {
  it("each have a name of their own, and say what they promise, why, and how to fix it", () => {
    expect(rules.map(({ name }) => name)).toEqual(ruleNames);
    for (const { promise, reason, fix } of rules) {
      expect(promise).toMatch(/^[A-Z].*\.$/s);
      expect(reason).toMatch(/^[A-Z].*\.$/s);
      // More is put behind it.
      expect(fix).toMatch(/^[A-Z].*[^.]$/s);
    }
  });

  it.each([
    ["the dev stack's", dev],
    ["the prod stack's", prod],
  ])("find nothing wrong in %s plan", (_, topology) => {
    expect(wrongsInPlan(topology)).toEqual([]);
  });
});

describe("restart-policy", () => {
  it.each(["always", "unless-stopped", unknown])("holds with %s", (restart) => {
    expect(wrongs(server, { ...running, restart })).toEqual([]);
  });

  it.each([
    [undefined, "x has no restart policy"],
    ["no", 'x has restart: "no"'],
    ["on-failure", 'x has restart: "on-failure"'],
  ])("is broken by %s", (restart, wrong) => {
    expect(wrongs(server, { ...running, restart })).toEqual([`restart-policy: ${wrong}`]);
  });

  it("asks nothing of a container that never runs, and all of one that is only not awaited", () => {
    const { image } = running;
    expect(wrongs(server, { image, start: false, mustRun: false })).toEqual([]);
    expect(wrongs(server, { image, mustRun: false })).toHaveLength(2);
    expect(wrongs(server, { image, start: false })).toHaveLength(2);
  });
});

describe("memory-limit", () => {
  it.each([[256], [unknown]])("holds with %s", (memory) => {
    expect(wrongs(server, { ...running, memory })).toEqual([]);
  });

  it.each([[undefined], [0]])("is broken by %s", (memory) => {
    expect(wrongs(server, { ...running, memory })).toEqual([
      "memory-limit: x may use all the memory of its host",
    ]);
  });
});

describe("pinned-image", () => {
  const digest = `sha256:${"0".repeat(64)}`;
  it.each([
    "nats:2.15.1",
    "nats:v2.15.1",
    "nats:2.10.27-alpine",
    "here:5000/a/nats:2.15.1",
    `nats@${digest}`,
    `nats:latest@${digest}`,
    digest,
  ])("holds with %s", (image) => {
    expect(wrongs(server, { ...running, image })).toEqual([]);
    expect(wrongs("docker:index/remoteImage:RemoteImage", { name: image })).toEqual([]);
  });

  it.each(["nats", "nats:latest", "nats:2.15", "nats:2.10-alpine", "here:5000/nats", "nats@sha256:00", ""])(
    "is broken by %s",
    (image) => {
      const wrong = [`pinned-image: x takes ${JSON.stringify(image)}`];
      expect(wrongs(server, { ...running, image })).toEqual(wrong);
      expect(wrongs("docker:index/remoteImage:RemoteImage", { name: image })).toEqual(wrong);
    },
  );
});

describe("published-port", () => {
  const publishing = (ip?: Plain): Record<string, Plain> => ({
    ...running,
    ports: [{ internal: 4222, external: 4223, ip }],
  });

  it.each(["127.0.0.1", "10.0.2.1", unknown])("holds in prod with %s", (ip) => {
    expect(wrongs(server, publishing(ip), { in: prod })).toEqual([]);
  });

  it.each(["0.0.0.0", "45.123.45.67", "10.0.9.1", "", undefined])("is broken in prod by %s", (ip) => {
    const address = ip || "every address";
    const allowed = "allowed 127.0.0.1, 10.0.1.1, 10.0.2.1, 10.0.3.1";
    expect(wrongs(server, publishing(ip), { in: prod })).toEqual([
      `published-port: x publishes 4223 on ${address}; ${allowed}`,
    ]);
    // There it is the configuration that asks for consent.
    expect(wrongs(server, publishing(ip))).toEqual([]);
  });

  it("is broken in prod by all ports of an image, and by a server that listens outside of the VPN", () => {
    expect(wrongs(server, { ...running, publishAllPorts: true }, { in: prod })).toHaveLength(1);
    const open = prod.pods.map((pod) => ({ ...pod, listen: { ...pod.listen, address: "0.0.0.0" } }));
    expect(wrongsInPlan({ ...prod, pods: open }).map((wrong) => wrong.split(";")[0])).toEqual(
      ["dk", "no", "se"].map((id) => `published-port: service-nats-${id} listens on 0.0.0.0`),
    );
  });
});

describe("tls", () => {
  const loader = (content: Plain, topology: Topology) =>
    wrongs("x:y:Z", { uploads: [{ file: "/etc/nats/nats.conf", content }] }, { in: topology });
  const routes = "cluster: {\n  name: x\n  tls: {\n    verify: true\n  }\n}\n";

  it("holds where routes are encrypted, and in prod clients too", () => {
    expect(loader(routes, dev)).toEqual([]);
    expect(loader(`tls: {\n  verify: true\n}\n${routes}`, prod)).toEqual([]);
    expect(loader(unknown, prod)).toEqual([]);
  });

  it("is broken by routes without it, or without certificates", () => {
    expect(loader("tls: {\n  verify: true\n}\ncluster: {\n  name: x\n}\n", dev)).toEqual([
      "tls: x: the routes in nats.conf have no TLS",
    ]);
    expect(loader(routes.replace("true", "false"), dev)).toEqual([
      "tls: x: the routes in nats.conf ask for no certificate",
    ]);
  });

  it("is broken in prod by a client port without it", () => {
    expect(loader(routes, prod)).toEqual(["tls: x: the client port in nats.conf has no TLS"]);
    const open = { ...prod, cluster: { ...prod.cluster, clientTls: "off" as const } };
    expect(wrongsInPlan(open)).toEqual(
      ["dk", "no", "se"].map((id) => `tls: service-nats-${id}: the client port in nats.conf has no TLS`),
    );
  });
});

describe("data-kept", () => {
  const volume = "docker:index/volume:Volume";
  const name = "unityplan-nats-dk-data";

  it("holds for a volume that stays, and for the files of a pod, which are made anew", () => {
    expect(wrongs(volume, { name }, { protect: true, retainOnDelete: true })).toEqual([]);
    expect(wrongs(volume, { name: "unityplan-nats-dk-config" })).toEqual([]);
  });

  it.each([
    [{}, "is not protected and is deleted with its resource"],
    [{ protect: true }, "is deleted with its resource"],
    [{ retainOnDelete: true }, "is not protected"],
  ])("is broken by %j", (options, wrong) => {
    expect(wrongs(volume, { name }, options)).toEqual([`data-kept: x (the volume ${name}) ${wrong}`]);
    expect(wrongs(volume, {}, options)).toEqual([
      `data-kept: x (the volume whose name the engine chooses) ${wrong}`,
    ]);
  });
});

describe("keys-protected", () => {
  const types = ["tls:index/selfSignedCert:SelfSignedCert", "tls:index/privateKey:PrivateKey"] as const;
  const authorities = (["outgoing", "active", "incoming"] as const).map((phase, index) => ({
    generation: index + 1,
    phase,
  }));
  const topology = plan({ tls: { authorities } });
  const judged = (generation: number, protect: boolean) =>
    types.flatMap((type, index) =>
      wrongs(
        type,
        { isCaCertificate: true },
        {
          name: `authority-${generation}${index === 0 ? "" : "-key"}`,
          protect,
          in: topology,
        },
      ),
    );

  it("holds for the authority in use where it is protected, and for the others either way", () => {
    expect(judged(2, true)).toEqual([]);
    for (const other of [1, 3]) expect([...judged(other, true), ...judged(other, false)]).toEqual([]);
    expect(wrongs(types[1], {}, { name: "dk-key" })).toEqual([]);
  });

  it("is broken by an authority in use, or one that nobody planned, that is not protected", () => {
    expect(judged(2, false)).toEqual(
      ["authority-2", "authority-2-key"].map(
        (name) => `keys-protected: ${name} belongs to the active CA, and is not protected`,
      ),
    );
    expect(judged(9, false)).toHaveLength(2);
    expect(wrongs(types[0], { isCaCertificate: true }, { name: "another" })).toHaveLength(1);
    expect(wrongs(types[0], {}, { name: "another" })).toEqual([]);
  });
});

describe("stream-copies", () => {
  const stream = "nats:jetstream:Stream";
  const of = (replicas: Plain, placementTags: Plain = []) => ({ name: "ORDERS", replicas, placementTags });

  it("holds in prod with three copies or on one pod, and in dev with any", () => {
    for (const inputs of [of(3), of(5), of(1, ["pod:dk"]), of(unknown), of(1, unknown)])
      expect(wrongs(stream, inputs, { in: prod })).toEqual([]);
    expect(wrongs(stream, of(1))).toEqual([]);
  });

  it.each([1, 2, undefined])("is broken in prod by %s", (replicas) => {
    expect(wrongs(stream, of(replicas), { in: prod })).toEqual([
      `stream-copies: x has ${replicas ?? 1} of 3 copies`,
    ]);
  });
});

describe("territory-placement", () => {
  const placed = (placementTags: Plain) =>
    wrongs("nats:jetstream:Stream", { name: "TERRITORY_DK", replicas: 1, placementTags });

  it("holds on the territory's own pod", () => {
    expect(placed(["pod:dk"])).toEqual([]);
    expect(placed(unknown)).toEqual([]);
  });

  it.each<[Plain, string]>([
    [[], "on any pod"],
    [undefined, "on any pod"],
    [["pod:no"], "by the tags pod:no"],
    [["pod:dk", "fast"], "by the tags pod:dk, fast"],
  ])("is broken by %j", (tags, where) => {
    expect(placed(tags)).toEqual([`territory-placement: x is placed ${where}, and not by pod:dk alone`]);
  });
});

describe("certificate-lifetimes", () => {
  const day = 24;
  const leaf = (lifetimeHours: Plain, renewBeforeHours: Plain) =>
    wrongs("nats:tls:Renewal", { lifetimeHours, renewBeforeHours });
  const authority = (validityPeriodHours: Plain) =>
    wrongs(
      "tls:index/selfSignedCert:SelfSignedCert",
      { isCaCertificate: true, validityPeriodHours },
      { name: "authority-1", protect: true },
    );
  const signed = (use: string, validityPeriodHours: Plain) =>
    wrongs("tls:index/locallySignedCert:LocallySignedCert", { allowedUses: [use], validityPeriodHours });

  it("hold with a year and a month, a third of it or 30 days to renew, and ten years of an authority", () => {
    expect([...leaf(398 * day, 30 * day), ...leaf(30 * day, 10 * day), ...leaf(1, 0)]).toEqual([]);
    expect([...authority(3653 * day), ...authority(unknown), ...leaf(unknown, 1)]).toEqual([]);
    // The program's own, which lies beside its authority.
    expect([...signed("server_auth", 398 * day), ...signed("client_auth", 3650 * day)]).toEqual([]);
  });

  it.each<[string, () => string[], string]>([
    ["a leaf", () => leaf(399 * day, 30 * day), "x would last 399d; at most 398d"],
    ["a server's certificate", () => signed("server_auth", 399 * day), "x would last 399d; at most 398d"],
    ["an authority", () => authority(3654 * day), "authority-1 would last 3654d; at most 3653d"],
    [
      "a late renewal",
      () => leaf(365 * day, 29 * day),
      "x: a certificate of 365d would be renewed 29d before its end; at least 30d",
    ],
    [
      "a late renewal of a short one",
      () => leaf(30 * day, 9 * day),
      "x: a certificate of 30d would be renewed 9d before its end; at least 10d",
    ],
  ])("are broken by %s", (_, judged, wrong) => {
    expect(judged()).toEqual([`certificate-lifetimes: ${wrong}`]);
  });
});

describe("plain-secret", () => {
  const pem = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
  const bad: readonly (readonly [string, Record<string, Plain>, string])[] = [
    [
      "an upload",
      { uploads: [{ file: "a", content: pem }] },
      "a private key in plain text in uploads.0.content",
    ],
    ["a seed", { create: `x SU${"A".repeat(56)} y` }, "an NKey seed in plain text in create"],
    [
      "a file of WireGuard",
      { content: `[Interface]\nPrivateKey = ${"A".repeat(43)}=\n` },
      "a key of WireGuard in plain text in content",
    ],
    ["what a command reads", { stdin: "hunter2" }, "a secret value in plain text in stdin"],
    ["a provider's seed", { systemSeed: "hunter2" }, "a secret value in plain text in systemSeed"],
    ["a certificate's key", { caPrivateKeyPem: "x" }, "a secret value in plain text in caPrivateKeyPem"],
    ["a registry's password", { auth: { password: "x" } }, "a secret value in plain text in auth.password"],
    ["a variable", { envs: ["NATS_PASSWORD=hunter2"] }, "a secret value in plain text in envs.0"],
  ];

  it.each(bad)("is broken by %s, and shows nothing of it", (_, inputs, wrong) => {
    expect(wrongs("x:y:Z", inputs)).toEqual([`plain-secret: x has ${wrong}`]);
    expect(wrong).not.toContain("hunter2");
  });

  it.each(bad)("holds where the engine is told that %s is a secret, or it is unknown", (_, inputs) => {
    const all = (to: (value: Plain) => Plain) =>
      Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, to(value)]));
    expect(
      wrongs(
        "x:y:Z",
        all((value) => new Secret(value)),
      ),
    ).toEqual([]);
    expect(
      wrongs(
        "x:y:Z",
        all(() => unknown),
      ),
    ).toEqual([]);
  });

  it("takes no offence at what only looks like it", () => {
    const inputs = {
      envs: ["GOMEMLIMIT=921MiB"],
      identityFile: "~/.ssh/unityplan",
      keyGeneration: "1",
      publicKey: `U${"A".repeat(55)}`,
      content: "-----BEGIN CERTIFICATE-----",
      password: "",
    };
    expect(wrongs("x:y:Z", inputs)).toEqual([]);
  });

  it("is broken by a configuration with a key that is not encrypted", () => {
    expect(wrongsInPlan(dev, ["unityplan-nats:tls"])).toEqual([
      "plain-secret: unityplan-nats:tls has a private key in plain text",
    ]);
  });
});

describe("private keys in the configuration", () => {
  const pem = "-----BEGIN EC PRIVATE KEY-----\\nhunter2";
  const raw = { "unityplan-nats:tls": `{"a":"${pem}"}`, "unityplan-nats:pods": "[]", "other:key": pem };
  const inFile = (text: string) => ({ name: "Pulumi.dev.yaml", text });

  it("are found under every key that has nothing encrypted", () => {
    expect(plainKeysIn(raw, () => false, undefined)).toEqual(["other:key", "unityplan-nats:tls"]);
    expect(plainKeysIn(raw, (key) => key === "other:key", undefined)).toEqual(["unityplan-nats:tls"]);
    expect(plainKeysIn(raw, () => true, undefined)).toEqual([]);
  });

  it("are found in the file where only another part is encrypted", () => {
    expect(plainKeysIn(raw, () => true, inFile(`a: { secure: x }\nb: ${pem}`))).toEqual(["Pulumi.dev.yaml"]);
    expect(plainKeysIn(raw, () => true, inFile("a: { secure: x }"))).toEqual([]);
  });
});

describe("what is said of broken rules", () => {
  const context = { stack: "prod", topology: prod, plainKeys: ["unityplan-nats:tls"] };
  const container = {
    type: server,
    name: "dk-server",
    inputs: { ...running, memory: 0, ports: [{ internal: 4222, external: 4222, ip: "0.0.0.0" }] },
    protect: false,
    retainOnDelete: false,
  };
  const found = [
    ...judgePlan(context),
    ...judgeResource(container, context),
    ...judgeResource({ ...container, name: "no-server" }, context),
  ];

  it("is all of it at once, by rule, with reason, fix and the way to waive it", () => {
    expect(refusal("prod", found, "before")).toMatchInlineSnapshot(`
      "prod breaks 3 rules of policy; nothing was touched:
      memory-limit: Every container that runs has a memory limit.
        - dk-server may use all the memory of its host
        - no-server may use all the memory of its host
        Why: Without one a server that grows takes its host along, and with it whatever else runs there.
        Fix: Write a size in cluster.memoryLimit, for example 1GB.
      published-port: If hosts are entered by SSH, servers can be reached only on the loopback or on an address of the VPN.
        - dk-server publishes 4222 on 0.0.0.0; allowed 127.0.0.1, 10.0.1.1, 10.0.2.1, 10.0.3.1
        - no-server publishes 4222 on 0.0.0.0; allowed 127.0.0.1, 10.0.1.1, 10.0.2.1, 10.0.3.1
        Why: Everyone who can route to another address reaches the server, and these hosts have public addresses.
        Fix: Give the host the section wireguard, so that its servers listen on its address in the VPN, or keep publishAddress 127.0.0.1.
      plain-secret: No private key, seed or password is in plain text, neither in the configuration nor in the state.
        - unityplan-nats:tls has a private key in plain text
        Why: Both are stored, copied and shown in pull requests. Everyone who reads them knows a secret in plain text.
        Fix: In the configuration encrypt it (\`pulumi config set --secret --path …\` writes \`secure: …\`); in the program wrap the input in \`pulumi.secret\`.
      If you must break a rule, waive it by its name and write the reason: unityplan-nats:policy: { waive: { memory-limit: "…" } }"
    `);
    expect(refusal("prod", found, "late")).toContain("prod breaks 3 rules of policy; seen only when");
  });

  it("leaves out what is waived, and knows which waiver is of no use", () => {
    const waivers = { "published-port": "behind a proxy", tls: "x y" };
    const left = unwaived(found, waivers).map(({ rule }) => rule.name);
    expect(new Set(left)).toEqual(new Set(["plain-secret", "memory-limit"]));
    expect(unusedWaivers(found, waivers)).toEqual(["tls"]);
  });
});

describe("a waiver in the configuration", () => {
  it("is a rule's name and a reason", () => {
    expect(plan().waivers).toEqual({});
    const waive = { "published-port": "a proxy of ours stands before it" };
    expect(plan({ policy: { waive } }).waivers).toEqual(waive);
  });

  it("of a rule that does not exist is told with the nearest one", () => {
    const [fault] = faults({ policy: { waive: { "publishd-port": "no reason" } } });
    expect(fault).toContain(
      'dev policy.waive.publishd-port: is not a known key; the nearest is "published-port"',
    );
    for (const name of ruleNames) expect(fault).toContain(name);
  });

  it.each([[""], ["  "], ["-"], [true], [null], [["a reason"]]])(
    "is refused with the reason %j",
    (reason) => {
      expect(faults({ policy: { waive: { tls: reason } } })).toEqual([
        expect.stringMatching(/^dev policy\.waive\.tls: .*why the rule does not hold here, in words$/),
      ]);
    },
  );

  it("is refused where it stands for all rules", () => {
    expect(faults({ policy: { waive: "all" } })[0]).toContain('policy.waive: "all" is not a map');
    expect(faults({ policy: { wave: {} } })[0]).toContain('the nearest is "waive"');
  });
});
