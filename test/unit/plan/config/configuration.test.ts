import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfiguration } from "../../../../plan/config/configuration.ts";
import { configure, faults, nordicPods, podInput, rawOf, stack } from "../../../support/configuration.ts";

const [dk, no, se] = nordicPods;
const idForm =
  "allowed a lower-case letter, then up to 15 lower-case letters, digits or dashes, for example dk";
const portForm = "allowed 1 to 65535, for example 4223";

describe("a configuration with pods alone", () => {
  it("has every default in it", () => {
    expect(configure()).toMatchObject({
      cluster: {
        name: "unityplan-global",
        image: "nats:2.15.1",
        resourcePrefix: "",
        maxPayloadBytes: 8_388_608,
        syncInterval: "always",
        lameDuckDurationSeconds: 30,
        lameDuckGraceSeconds: 1,
        acceptAnonymousRemoteClients: false,
        restartGeneration: 0,
        allowDowngrade: false,
      },
      hosts: [{ id: "local", dockerUrl: undefined, address: "127.0.0.1", remote: undefined }],
      wireguard: { interfaceName: "wg0", mtu: 1420, presharedKeyGeneration: 1 },
      pods: [
        {
          id: "dk",
          hostId: "local",
          clientPort: 4222,
          clusterPort: 6222,
          monitorPort: 8222,
          maxFileStoreBytes: undefined,
        },
        {
          id: "no",
          hostId: "local",
          clientPort: 4223,
          clusterPort: 6223,
          monitorPort: 8223,
          maxFileStoreBytes: undefined,
        },
        {
          id: "se",
          hostId: "local",
          clientPort: 4224,
          clusterPort: 6224,
          monitorPort: 8224,
          maxFileStoreBytes: undefined,
        },
      ],
      rollout: { mode: "parallel", skip: [], lose: [] },
      tls: {
        authorityLifetimeHours: 3650 * 24,
        leafLifetimeHours: 365 * 24,
        renewBeforeHours: 30 * 24,
        clientPort: "off",
        authorities: [{ generation: 1, phase: "active", given: undefined }],
        givenLeaves: {},
        clientCertificates: [],
      },
    });
  });

  it("leaves other namespaces alone", () => {
    const raw = {
      ...rawOf({ pods: nordicPods }),
      "pulumi:tags": "x",
      "docker:host": "y",
      "unityplan-nats-2:pods": "z",
    };
    expect(parseConfiguration(raw, stack)).toEqual(configure());
  });

  it("takes an empty section for one that is not there", () => {
    expect(configure({ streams: "", cluster: "null", tls: {} })).toEqual(configure());
  });

  it("does not depend on what Pulumi calls the project", () => {
    const raw = { "other:pods": JSON.stringify(nordicPods) };
    expect(parseConfiguration(raw, { project: "other", name: "dev" })).toEqual(configure());
  });
});

describe("values that are given", () => {
  it("come out in bytes, seconds and hours", () => {
    const configuration = configure({
      cluster: {
        name: "c",
        resourcePrefix: "test-",
        maxPayload: "1MB",
        durability: "2m",
        lameDuckDuration: "1m",
        lameDuckGrace: "500ms",
        maxFileStore: "10GB",
        restartGeneration: 7,
        allowDowngrade: true,
      },
      hosts: { here: { docker: "unix:///run/docker.sock", publishAddress: "127.0.0.2" } },
      pods: [dk, { ...no, maxFileStore: "20GB" }, { ...se, host: "here" }],
      rollout: "rolling",
      tls: { authorityLifetime: "730d", leafLifetime: "72h", renewBefore: "1d" },
    });
    expect(configuration).toMatchObject({
      cluster: {
        name: "c",
        resourcePrefix: "test-",
        maxPayloadBytes: 1_048_576,
        syncInterval: 120,
        lameDuckDurationSeconds: 60,
        lameDuckGraceSeconds: 0.5,
        restartGeneration: 7,
        allowDowngrade: true,
      },
      hosts: [{ id: "here", dockerUrl: "unix:///run/docker.sock", address: "127.0.0.2", remote: undefined }],
      rollout: { mode: "rolling", skip: [], lose: [] },
      tls: { authorityLifetimeHours: 17_520, leafLifetimeHours: 72, renewBeforeHours: 24 },
    });
    expect(configuration.pods.map(({ hostId, maxFileStoreBytes }) => [hostId, maxFileStoreBytes])).toEqual([
      ["here", 10 * 1024 ** 3],
      ["here", 20 * 1024 ** 3],
      ["here", 10 * 1024 ** 3],
    ]);
  });

  it.each(["ssh://admin@10.0.1.1", "tcp://127.0.0.1:2375"])("may be an engine at %s", (docker) => {
    expect(configure({ hosts: { local: { docker } } }).hosts[0]?.dockerUrl).toBe(docker);
  });
});

describe("keys", () => {
  it.each([
    [
      { clster: {} },
      'dev clster: is not a known key; the nearest is "cluster" (known: cluster, hosts, wireguard, pods, streams, rollout, tls, policy)',
    ],
    [
      { cluster: { maxpayload: "8MB" } },
      'dev cluster.maxpayload: is not a known key; the nearest is "maxPayload"',
    ],
    [
      { hosts: { local: { adress: "x" } } },
      'dev hosts.local.adress: is not a known key; the nearest is "publishAddress"',
    ],
    [
      { pods: [{ ...dk, clientport: 1 }, no, se] },
      'dev pods[0].clientport: is not a known key; the nearest is "clientPort"',
    ],
    [
      { tls: { leafLifetme: "1d" } },
      'dev tls.leafLifetme: is not a known key; the nearest is "leafLifetime"',
    ],
    [
      { streams: { GLOBAL_EVENTS: { maxage: "7d" } } },
      'dev streams.GLOBAL_EVENTS.maxage: is not a known key; the nearest is "maxAge"',
    ],
    [
      { streams: { GLOBAL_EVENTS: { consumers: { a: { filter: [] } } } } },
      'dev streams.GLOBAL_EVENTS.consumers.a.filter: is not a known key; the nearest is "filters"',
    ],
  ])("that are unknown are told with the nearest known one: %j", (sections, fault) => {
    expect(faults(sections)).toEqual([expect.stringContaining(fault)]);
  });

  it("that are unknown are each told", () => {
    expect(faults({ cluster: { immage: "x", nam: "y" } })).toEqual([
      expect.stringContaining('dev cluster.immage: is not a known key; the nearest is "image"'),
      expect.stringContaining('dev cluster.nam: is not a known key; the nearest is "name"'),
    ]);
  });

  it("of objects are no keys of ours", () => {
    expect(faults({ cluster: JSON.parse('{"toString": 1}') as object })).toEqual([
      expect.stringContaining("dev cluster.toString: is not a known key"),
    ]);
  });
});

describe("the ids of pods", () => {
  it.each([
    [
      false,
      'false is a boolean, not a pod id; YAML may read an unquoted no, off, yes or on as a boolean: quote the id, for example id: "no"',
    ],
    [
      true,
      'true is a boolean, not a pod id; YAML may read an unquoted no, off, yes or on as a boolean: quote the id, for example id: "no"',
    ],
    [12, `12 is a number, not a pod id; ${idForm}`],
    ["DK", `"DK" is not a pod id; ${idForm}`],
    ["1a", `"1a" is not a pod id; ${idForm}`],
    ["d_k", `"d_k" is not a pod id; ${idForm}`],
    ["d.k", `"d.k" is not a pod id; ${idForm}`],
    ["dk\n", `"dk\\n" is not a pod id; ${idForm}`],
    ["a".repeat(17), `"${"a".repeat(17)}" is not a pod id; ${idForm}`],
    ["", `"" is not a pod id; ${idForm}`],
    [null, `is missing; ${idForm}`],
    [undefined, `is missing; ${idForm}`],
  ])("can't be %j", (id, message) => {
    expect(faults({ pods: [dk, { ...no, id }, se] })).toEqual([`dev pods[1].id: ${message}`]);
  });

  it("are letters, digits and dashes", () => {
    const id = fc
      .stringMatching(/^[a-z][a-z0-9-]{0,15}$/)
      .filter((text) => !["dk", "se", "all"].includes(text));
    fc.assert(
      fc.property(id, (text) => {
        expect(faults({ pods: [dk, { ...no, id: text }, se] })).toEqual([]);
      }),
    );
  });

  it("are each used once", () => {
    expect(faults({ pods: [dk, no, se, podInput("no", 3), podInput("no", 4)] })).toEqual([
      'dev pods[3].id: "no" is the id of pods[1] already; give each pod an id of its own',
      'dev pods[4].id: "no" is the id of pods[1] already; give each pod an id of its own',
    ]);
  });

  it("leave the word for everyone free", () => {
    expect(faults({ pods: [dk, no, se, podInput("all", 3)] })).toEqual([
      'dev pods[3].id: "all" is reserved: cross.{from}.all goes to every territory; choose another id',
    ]);
  });
});

describe("ports", () => {
  it.each([
    [0, `0 is not a port; ${portForm}`],
    [70000, `70000 is not a port; ${portForm}`],
    [-1, `-1 is not a port; ${portForm}`],
    [4222.5, `4222.5 is not a port; ${portForm}`],
    ["4222", `"4222" is text, not a number; write 4222 without quotes: ${portForm}`],
    ["http", `"http" is not a port; ${portForm}`],
    [null, `is missing; ${portForm}`],
  ])("can't be %j", (port, message) => {
    expect(faults({ pods: [dk, { ...no, clientPort: port }, se] })).toEqual([
      `dev pods[1].clientPort: ${message}`,
    ]);
  });

  it.each(["clientPort", "clusterPort", "monitorPort"])("include %s", (kind) => {
    expect(faults({ pods: [dk, { ...no, [kind]: 65536 }, se] })).toEqual([
      `dev pods[1].${kind}: 65536 is not a port; ${portForm}`,
    ]);
    const without = { ...no, [kind]: undefined };
    expect(faults({ pods: [dk, without, se] })).toEqual([`dev pods[1].${kind}: is missing; ${portForm}`]);
  });

  it("of any two kinds and pods on a host are different", () => {
    const pods = [dk, { ...no, clientPort: 4222 }, { ...se, clusterPort: 4224, monitorPort: 6222 }];
    expect(faults({ pods })).toEqual([
      "dev pods[1].clientPort: 4222 is pods[0].clientPort already, on the same host local; give each port of a host its own number",
      "dev pods[2].clusterPort: 4224 is pods[2].clientPort already, on the same host local; give each port of a host its own number",
      "dev pods[2].monitorPort: 6222 is pods[0].clusterPort already, on the same host local; give each port of a host its own number",
    ]);
  });
});

describe("the number of pods", () => {
  it.each([
    [[], 0],
    [[dk], 1],
  ])("is at least two: %j", (pods, count) => {
    expect(faults({ pods })).toEqual([
      `dev pods: ${count} is too few; allowed at least 2: JetStream forms no cluster of one server, and the streams of that server are lost when a second server joins`,
    ]);
  });

  it("has no end that matters", () => {
    expect(
      configure({ pods: Array.from({ length: 9 }, (_, index) => podInput(`p${index}`, index)) }).pods,
    ).toHaveLength(9);
  });

  it("is not guessed", () => {
    expect(() => parseConfiguration({}, stack)).toThrow(
      "dev pods: is missing; write a list, for example - { id: dk, clientPort: 4222, clusterPort: 6222, monitorPort: 8222 }",
    );
  });
});

describe("hosts", () => {
  const two = { a: {}, b: {} };

  it("are known to the pods on them", () => {
    expect(faults({ pods: [dk, { ...no, host: "locl" }, se] })).toEqual([
      'dev pods[1].host: "locl" is not among the hosts; allowed local; the nearest is "local"',
    ]);
  });

  it("are named by each pod where there are several", () => {
    expect(faults({ hosts: two, pods: [{ ...dk, host: "a" }, { ...no, host: "a" }, se] })).toEqual([
      "dev pods[2].host: is missing; if there are several hosts, each pod must name one of a, b",
    ]);
  });

  it("have no network between them yet", () => {
    expect(
      faults({
        hosts: two,
        pods: [
          { ...dk, host: "a" },
          { ...no, host: "b" },
          { ...se, host: "a" },
        ],
      }),
    ).toEqual([
      "dev pods: are on the hosts a, b, and their servers would not reach each other: put all pods on one host, or give a, b the sections ssh and wireguard",
    ]);
  });

  it("each have ports of their own", () => {
    const pods = [{ ...dk, host: "a" }, podInput("no", 0, { host: "b" })];
    expect(faults({ hosts: two, pods }).filter((fault) => fault.includes("already"))).toEqual([]);
  });

  it("have ids like those of pods", () => {
    expect(faults({ hosts: { Local: {} } })).toEqual([
      `dev hosts.Local: "Local" is not a host id; ${idForm}`,
    ]);
  });

  it("are not none", () => {
    expect(faults({ hosts: {} })).toEqual([
      "dev hosts: {} names no host; remove the section hosts, or name a host",
    ]);
  });

  it.each([
    ["300.0.0.1", '"300.0.0.1" is not an IPv4 address; allowed an IPv4 address of the host'],
    ["localhost", '"localhost" is not an IPv4 address'],
    ["::1", '"::1" is not an IPv4 address'],
    [
      "0.0.0.0",
      '"0.0.0.0" means every address, and clients can\'t dial that; write the address by which clients reach',
    ],
  ])("can't publish on %s", (publishAddress, message) => {
    expect(faults({ hosts: { local: { publishAddress } } })).toEqual([
      expect.stringContaining(`dev hosts.local.publishAddress: ${message}`),
    ]);
  });

  it("publish beyond the loopback only where anonymous clients are accepted", () => {
    const hosts = { local: { publishAddress: "192.168.60.133" } };
    expect(faults({ hosts })).toEqual([
      'dev hosts.local.publishAddress: "192.168.60.133" can be reached from other machines, and no client needs a password; keep 127.0.0.1, or set cluster.acceptAnonymousRemoteClients: true',
    ]);
    expect(faults({ hosts, cluster: { acceptAnonymousRemoteClients: true } })).toEqual([]);
  });

  it.each(["docker.sock", "http://x", "unix://docker.sock", "ssh://", "", 7])(
    "have no engine at %j",
    (docker) => {
      expect(faults({ hosts: { local: { docker } } })).toEqual([
        expect.stringContaining(
          "is not the URL of a Docker engine; allowed a URL such as unix:///var/run/docker.sock",
        ),
      ]);
    },
  );

  it("have no password in the engine's URL, and the fault does not show it", () => {
    const [fault, ...more] = faults({ hosts: { local: { docker: "ssh://admin:hunter2@10.0.1.1" } } });
    expect(fault).toBe(
      'dev hosts.local.docker: "ssh://***@10.0.1.1" contains a password; remove the password, and use ssh:// with an agent or a key',
    );
    expect(more).toEqual([]);
  });
});

describe("the cluster's settings", () => {
  it.each([
    [{ name: "a b" }, 'cluster.name: "a b" is not a cluster name; allowed 1 to 63 letters'],
    [{ name: "" }, 'cluster.name: "" is not a cluster name'],
    [
      { image: "" },
      'cluster.image: "" is not an image; allowed a name with a tag or digest, for example nats:2.15.1',
    ],
    [
      { image: "nats:2.10.20" },
      'cluster.image: "nats:2.10.20": nats-server 2.10.20 does not know "min_version"',
    ],
    [{ resourcePrefix: "Test-" }, 'cluster.resourcePrefix: "Test-" is not a prefix; allowed nothing, or'],
    [{ resourcePrefix: "a".repeat(31) }, "is not a prefix"],
    [
      { maxPayload: "8" },
      'cluster.maxPayload: "8" has no unit; allowed a whole number with one of the units KB',
    ],
    [{ maxPayload: 8_388_608 }, "cluster.maxPayload: 8388608 has no unit"],
    [{ maxPayload: "8mb" }, 'cluster.maxPayload: "8mb" has the unknown unit "mb"'],
    [{ maxPayload: "65MB" }, 'cluster.maxPayload: "65MB" is too large; allowed at most 64MB'],
    [
      { memoryLimit: "255MB" },
      'cluster.memoryLimit: "255MB" is too small; allowed at least 256MB, or "unlimited"',
    ],
    [{ maxPayload: "0MB" }, 'cluster.maxPayload: "0MB" is too small; allowed at least 1KB'],
    [
      { durability: "2" },
      'cluster.durability: "2" is neither "always" nor a duration; allowed "always", or how often',
    ],
    [{ durability: "never" }, 'cluster.durability: "never" is neither "always" nor a duration'],
    [{ durability: "0s" }, 'cluster.durability: "0s" is neither "always" nor a duration'],
    [{ lameDuckDuration: "29s" }, 'cluster.lameDuckDuration: "29s" is too small; allowed at least 30s'],
    [{ lameDuckGrace: "30s" }, "cluster.lameDuckGrace: 30s is not less than cluster.lameDuckDuration, 30s"],
    [{ maxFileStore: "ten" }, 'cluster.maxFileStore: "ten" is not a size; allowed'],
    [
      { acceptAnonymousRemoteClients: "yes" },
      'cluster.acceptAnonymousRemoteClients: "yes" is neither true nor false',
    ],
    [{ allowDowngrade: "yes" }, 'cluster.allowDowngrade: "yes" is neither true nor false'],
    [
      { restartGeneration: -1 },
      "cluster.restartGeneration: -1 is not a generation; allowed 0 to 1000000000, for example 1",
    ],
    [{ restartGeneration: 1_000_000_001 }, "cluster.restartGeneration: 1000000001 is not a generation"],
    [{ restartGeneration: 0.5 }, "cluster.restartGeneration: 0.5 is not a generation"],
  ])("are refused: %j", (cluster, message) => {
    expect(faults({ cluster })).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    [{ leafLifetime: "4000d" }, "tls.leafLifetime: 4000d is not less than tls.authorityLifetime, 3650d"],
    [{ authorityLifetime: "365d" }, "tls.leafLifetime: 365d is not less than tls.authorityLifetime, 365d"],
    [{ authorityLifetime: "100d" }, "tls.leafLifetime: 365d is not less than tls.authorityLifetime, 100d"],
    [{ leafLifetime: "30d" }, "tls.renewBefore: 30d is not less than tls.leafLifetime, 30d"],
    [
      { renewBefore: "90m" },
      'tls.renewBefore: "90m" is not a number of whole hours; allowed for example "12h" or "30d"',
    ],
    [{ leafLifetime: "30m", renewBefore: "1h" }, 'tls.leafLifetime: "30m" is too small; allowed at least 1h'],
    [
      { leafLifetime: 365 },
      "tls.leafLifetime: 365 has no unit; allowed a whole number with one of the units ms",
    ],
  ])("for certificates are refused: %j", (tls, message) => {
    expect(faults({ tls })).toEqual([expect.stringContaining(message)]);
  });
});

describe("a rollout", () => {
  it.each(["parallel", "rolling", "all-at-once"])("may be the mode alone: %s", (mode) => {
    expect(configure({ rollout: mode }).rollout).toEqual({ mode, first: undefined, skip: [], lose: [] });
    expect(configure({ rollout: { mode } }).rollout).toEqual({
      mode,
      first: undefined,
      skip: [],
      lose: [],
    });
  });

  it("may name the pod whose turn is first", () => {
    const rollout = { mode: "rolling", first: "se" };
    expect(configure({ rollout }).rollout).toEqual({ ...rollout, skip: [], lose: [] });
  });

  it("may leave pods as they are", () => {
    const rollout = { mode: "rolling", skip: ["se"] };
    expect(configure({ rollout }).rollout).toEqual({ ...rollout, first: undefined, lose: [] });
  });

  it("is parallel where nothing is said", () => {
    expect(configure({ rollout: {} }).rollout).toEqual({
      mode: "parallel",
      first: undefined,
      skip: [],
      lose: [],
    });
  });

  const modes = 'allowed "parallel", "rolling", "all-at-once"; the nearest is "rolling"';
  it.each([
    ["roling", `rollout: "roling" is not known; ${modes}`],
    [{ mode: "roling" }, `rollout.mode: "roling" is not known; ${modes}`],
    [["rolling"], 'rollout: ["rolling"] is not known; allowed "parallel", "rolling", "all-at-once"'],
    [
      { mode: "rolling", last: "se" },
      'rollout.last: is not a known key; the nearest is "lose" (known: mode, first, skip, lose)',
    ],
    [
      { mode: "rolling", first: "fi" },
      'rollout.first: "fi" is not among the pods; allowed dk, no, se; the nearest is "dk"',
    ],
    [{ mode: "rolling", first: "SE" }, `rollout.first: "SE" is not a pod id; ${idForm}`],
    [
      { mode: "parallel", first: "se" },
      'rollout.first: "se" has no effect in mode "parallel"; write mode: rolling, or remove "first',
    ],
    [{ first: "se" }, 'rollout.first: "se" has no effect in mode "parallel"'],
    [{ skip: ["fi"] }, 'rollout.skip[0]: "fi" is not among the pods; allowed dk, no, se'],
    [
      { skip: ["dk", "no", "se"] },
      "rollout.skip: names every pod, so there is nothing to update; remove the pods whose hosts can be reached",
    ],
    [
      { mode: "rolling", first: "se", skip: ["se"] },
      'rollout.skip: "se" is also rollout.first; remove it from one of the two',
    ],
    [{ mode: "all-at-once", first: "se" }, 'rollout.first: "se" has no effect in mode "all-at-once"'],
  ])("is refused: %j", (rollout, fault) => {
    expect(faults({ rollout })).toEqual([expect.stringContaining(`dev ${fault}`)]);
  });

  it("whose mode is not known still needs a pod that is there", () => {
    expect(faults({ rollout: { mode: "fast", first: "fi" } })).toHaveLength(2);
  });

  it("says nothing of the first pod while there is none", () => {
    expect(faults({ pods: [], rollout: { mode: "rolling", first: "fi" } })).toEqual([
      expect.stringContaining("dev pods: 0 is too few"),
    ]);
  });

  it("says nothing of the first pod while nobody can say which pods there are", () => {
    expect(faults({ pods: [dk, { ...no, id: 5 }, se], rollout: { mode: "rolling", first: "fi" } })).toEqual([
      expect.stringContaining("pods[1].id"),
    ]);
  });
});

describe("sections of another shape", () => {
  it.each([
    [{ cluster: "hello" }, 'dev cluster: "hello" is not a map; write {} or its keys below it: name, image'],
    [{ cluster: [] }, "dev cluster: [] is not a map"],
    [{ hosts: "x" }, `dev hosts: "x" is not a map; write the hosts' ids below it`],
    [
      { hosts: { local: null } },
      "dev hosts.local: is empty; write {} or its keys below it: docker, publishAddress",
    ],
    [{ streams: [1] }, "dev streams: [1] is not a map; write the streams' names below it"],
    [{ pods: {} }, "dev pods: {} is not a list; write a list, for example - { id: dk"],
    [{ pods: [dk, no, 5] }, "dev pods[2]: 5 is not a map"],
  ])("are refused: %j", (sections, fault) => {
    expect(faults(sections)[0]).toContain(fault);
  });

  it("never break the reading", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("cluster", "hosts", "pods", "streams", "rollout", "tls"),
          fc.jsonValue(),
        ),
        (sections) => {
          expect(faults({ pods: [], ...sections }).length).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe("faults", () => {
  it("are all told at once, those between the parts with those within them", () => {
    const told = faults({
      cluster: { maxPayload: "8", lameDuckGrace: "1m" },
      pods: [{ ...dk, clientPort: 70000 }, { ...no, host: "x" }, podInput("no", 1), podInput(false, 3)],
      streams: { ORDERS: { subjects: ["global.orders", "a.>.b"], maxAge: "7", replicas: 5, maxByte: 1 } },
      rollout: "fast",
      tls: { renewBefore: "366d" },
    });
    const paths = told.map((fault) => fault.slice("dev ".length, fault.indexOf(": ")));
    expect(paths.sort()).toEqual(
      [
        "cluster.maxPayload",
        "cluster.lameDuckGrace",
        "pods[0].clientPort",
        "pods[1].host",
        "pods[2].id",
        "pods[3].id",
        "streams.ORDERS.maxByte",
        "streams.ORDERS.subjects[1]",
        "streams.ORDERS.maxAge",
        "streams.ORDERS.subjects[0]",
        "streams.ORDERS.replicas",
        "rollout",
        "tls.renewBefore",
      ].sort(),
    );
  });

  it("stand one on a line under how many there are and where", () => {
    expect(() => configure({ rollout: "fast", cluster: { name: "" } })).toThrow(
      /^The configuration in Pulumi\.dev\.yaml has 2 faults:\ndev cluster\.name: .*\ndev rollout: .*$/,
    );
    expect(() => configure({ rollout: "fast" })).toThrow(/has 1 fault:\n/);
  });

  it("show long values in short", () => {
    expect(faults({ cluster: { name: " ".repeat(1000) } })[0]?.length).toBeLessThan(220);
  });
});
