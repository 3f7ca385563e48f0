import { describe, expect, it } from "vitest";
import { isHandMade, type SeenContainer, seenIn } from "../../../../operations/adopt/containers.ts";
import { imageOfVersion } from "../../../../operations/adopt/image.ts";
import type { SeenServer, Varz } from "../../../../operations/adopt/monitor.ts";
import { namedPods } from "../../../../operations/adopt/named-pods.ts";
import { judge, notesOn } from "../../../../operations/adopt/pods.ts";

const none: ReadonlyMap<string, string> = new Map();

function container(id: string, changes: Partial<SeenContainer> = {}): SeenContainer {
  const index = ["dk", "no", "se"].indexOf(id);
  return {
    name: `service-nats-${id}`,
    image: "nats:2.10-alpine",
    command: ["docker-entrypoint.sh", "--jetstream"],
    labels: { "com.docker.compose.project": `pod-${id}` },
    mounts: [{ type: "volume", name: `pod-${id}_nats-data`, destination: "/data" }],
    networks: { "unityplan-mesh-network": [`service-nats-${id}`, "0123456789ab"] },
    ports: [4222, 6222, 8222].map((inside) => ({ inside, outside: inside + index, address: "127.0.0.1" })),
    ...changes,
  };
}

function varz(id: string, changes: Partial<Varz> = {}): Varz {
  return {
    server_name: `service-nats-${id}`,
    version: "2.10.27",
    port: 4222,
    http_port: 8222,
    max_payload: 1_048_576,
    system_account: "$SYS",
    cluster: { name: "unityplan-global", cluster_port: 6222 },
    jetstream: { config: { store_dir: "/data/jetstream" } },
    ...changes,
  };
}

interface Changes {
  readonly varz?: Partial<Varz>;
  readonly container?: Partial<SeenContainer>;
  readonly accounts?: SeenServer["accounts"];
}

function servers(changes: Readonly<Record<string, Changes>> = {}): SeenServer[] {
  return ["se", "dk", "no"].map((id) => ({
    container: container(id, changes[id]?.container),
    varz: varz(id, changes[id]?.varz),
    accounts: [{ name: "$G" }],
    ...(changes[id] !== undefined && "accounts" in changes[id] ? { accounts: changes[id].accounts } : {}),
    clusterSize: 3,
  }));
}

function faults(changes: Readonly<Record<string, Changes>>): readonly string[] {
  const judged = judge(servers(changes), none);
  return "faults" in judged ? judged.faults : [];
}

function cluster(changes: Readonly<Record<string, Changes>> = {}, named = none) {
  const judged = judge(servers(changes), named);
  if ("faults" in judged) throw new Error(judged.faults.join("\n"));
  return judged.cluster;
}

describe("the servers of a hand-made cluster", () => {
  it("become pods by their names, with their ports and the volumes that they have", () => {
    expect(cluster()).toEqual({
      name: "unityplan-global",
      image: "nats:2.10.27",
      resourcePrefix: "",
      systemAccount: "$SYS",
      maxPayloadBytes: 1_048_576,
      pods: ["dk", "no", "se"].map((id, index) => ({
        id,
        clientPort: 4222 + index,
        clusterPort: 6222 + index,
        monitorPort: 8222 + index,
        dataVolume: `pod-${id}_nats-data`,
        serverName: `service-nats-${id}`,
        url: `nats://127.0.0.1:${4222 + index}`,
      })),
    });
  });

  it("have a prefix where all of their names begin with one", () => {
    const changes = Object.fromEntries(
      ["dk", "no", "se"].map((id) => [id, { varz: { server_name: `old-service-nats-${id}` } }]),
    );
    expect(cluster(changes).resourcePrefix).toBe("old-");
  });

  it("keep names of their own where somebody says which pod they are", () => {
    const changes = { dk: { varz: { server_name: "copenhagen" }, container: { name: "nats-1" } } };
    const named = namedPods("dk=nats-1,no=service-nats-no,se=service-nats-se");
    const { resourcePrefix, pods } = cluster(changes, named);
    expect(resourcePrefix).toBe("");
    expect(pods.map(({ id, serverName }) => `${id} ${serverName}`)).toEqual([
      "dk copenhagen",
      "no service-nats-no",
      "se service-nats-se",
    ]);
    expect(faults(changes)[0]).toContain("the name of service-nats-se does not show its pod");
  });

  it("let in what the one that lets in most does", () => {
    expect(cluster({ no: { varz: { max_payload: 9_000_000 } } }).maxPayloadBytes).toBe(9_000_000);
  });

  it.each<[string, Changes, string]>([
    ["asks for a login", { varz: { auth_required: true } }, "requires a login of clients"],
    ["speaks TLS", { varz: { tls_required: true } }, "requires TLS of clients"],
    ["has no JetStream", { varz: { jetstream: {} } }, "has no JetStream"],
    ["has another version", { varz: { version: "2.11.0" } }, "more than one version"],
    [
      "is of another cluster",
      { varz: { cluster: { name: "x", cluster_port: 6222 } } },
      "more than one cluster name",
    ],
    [
      "has streams of another account",
      { accounts: [{ name: "$G" }, { name: "ORDERS" }] },
      "streams of the accounts ORDERS",
    ],
    ["keeps its streams to itself", { accounts: undefined }, "did not report all its streams"],
    ["has a system account of its own", { varz: { system_account: "ADMIN" } }, "the system account ADMIN"],
    [
      "has a domain",
      { varz: { jetstream: { config: { store_dir: "/data/jetstream", domain: "hub" } } } },
      "domain hub",
    ],
    [
      "keeps its streams in a folder of the host",
      { container: { mounts: [{ type: "bind", name: "", destination: "/data" }] } },
      "no volume is mounted at /data",
    ],
    [
      "keeps its streams beside the volume",
      { varz: { jetstream: { config: { store_dir: "/tmp/nats/jetstream" } } } },
      "no volume is mounted at /tmp/nats",
    ],
    ["publishes no client port", { container: { ports: [] } }, "does not publish its client port 4222"],
  ])("can't be adopted while one %s", (_, changes, words) => {
    expect(faults({ dk: changes }).join("\n")).toContain(words);
  });

  it("can't be adopted while one of them does not run here", () => {
    const judged = judge(servers().slice(1), none);
    expect("faults" in judged && judged.faults.join()).toContain(
      "has 3 servers, and 2 of them run on this engine",
    );
    const alone = judge(servers().slice(2), none);
    expect("faults" in alone && alone.faults.join()).toContain("one server alone is not a cluster");
  });

  it("tell what applications may notice", () => {
    const ports = container("dk").ports.map((port) => ({ ...port, address: "0.0.0.0" }));
    const networks = { "pod-dk-net": ["nats", "service-nats-dk", "0123456789ab"] };
    const command = ["nats-server", "--config", "/nats.conf"];
    const seen = servers({
      dk: { container: { ports, networks, command }, varz: { leaf: { port: 7422 } } },
    });
    expect(notesOn(seen, cluster()).map((note) => note.slice(0, 60))).toEqual([
      "service-nats-dk is published on 0.0.0.0; the pod dk will be ",
      "clients in the networks of service-nats-dk also use the name",
      "service-nats-dk has a file /nats.conf: other settings of tha",
      "service-nats-dk serves leaf nodes; this program does not sup",
    ]);
    expect(notesOn(servers(), cluster())).toEqual([]);
  });
});

describe("the image of adopted servers", () => {
  it.each([
    ["nats:2.10-alpine", "nats:2.10.27"],
    ["nats:latest", "nats:2.10.27"],
    ["nats:2.10.26", "nats:2.10.27"],
    ["nats:2.10.27-alpine", "nats:2.10.27-alpine"],
    ["registry.example:5000/nats:2.10.27", "registry.example:5000/nats:2.10.27"],
  ])("of %s, which runs 2.10.27, is %s", (image, expected) => {
    expect(imageOfVersion(image, "2.10.27")).toBe(expected);
  });
});

describe("a container", () => {
  it("is a hand-made server by its image or its program, unless a stack made it", () => {
    const plain = { labels: {}, command: ["--jetstream"] };
    expect(isHandMade(container("dk", { ...plain, image: "nats:2.10-alpine" }))).toBe(true);
    expect(isHandMade(container("dk", { ...plain, image: "registry:5000/nats@sha256:0" }))).toBe(true);
    expect(isHandMade(container("dk", { ...plain, image: "own:1", command: ["/nats-server"] }))).toBe(true);
    expect(isHandMade(container("dk", { ...plain, image: "natsio/prometheus-nats-exporter:1" }))).toBe(false);
    expect(isHandMade(container("dk", { labels: { "org.unityplan.pod": "dk" } }))).toBe(false);
    expect(isHandMade(container("dk", { labels: { "org.unityplan.role": "agent" } }))).toBe(false);
  });

  it("is read from what docker inspect says", () => {
    const seen = seenIn({
      Name: "/service-nats-dk",
      Config: { Image: "nats:2.10.27", Entrypoint: ["/nats-server"], Cmd: ["--jetstream"], Labels: null },
      Mounts: [
        { Type: "volume", Name: "pod-dk_nats-data", Destination: "/data" },
        { Type: "bind", Destination: "/etc/nats" },
      ],
      NetworkSettings: {
        Networks: { "pod-dk-net": { Aliases: null } },
        Ports: { "4222/tcp": [{ HostIp: "0.0.0.0", HostPort: "4224" }], "7422/tcp": null },
      },
    });
    expect(seen).toEqual({
      name: "service-nats-dk",
      image: "nats:2.10.27",
      command: ["/nats-server", "--jetstream"],
      labels: {},
      mounts: [
        { type: "volume", name: "pod-dk_nats-data", destination: "/data" },
        { type: "bind", name: "", destination: "/etc/nats" },
      ],
      networks: { "pod-dk-net": [] },
      ports: [{ inside: 4222, outside: 4224, address: "0.0.0.0" }],
    });
  });

  it("is named by a pod each, and what is not so is refused", () => {
    expect(namedPods(undefined).size).toBe(0);
    expect([...namedPods("dk=a,no=b")]).toEqual([
      ["a", "dk"],
      ["b", "no"],
    ]);
    for (const wrong of ["dk", "dk=a,no=a", "=a", "dk=a=b", ""]) {
      expect(() => namedPods(wrong)).toThrow("is not POD=CONTAINER");
    }
  });
});
