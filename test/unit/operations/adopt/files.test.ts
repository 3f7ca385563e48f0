import { describe, expect, it } from "vitest";
import { adoptedSections, changedLines, fileToWrite } from "../../../../operations/adopt/configuration.ts";
import { importFile } from "../../../../operations/adopt/import-file.ts";
import type { HandMadeCluster } from "../../../../operations/adopt/pods.ts";
import type { Fate } from "../../../../operations/adopt/streams.ts";
import { topologyOf } from "../../../../operations/stack/plan.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { sectionsOf, withSections } from "../../../../operations/stack-file/sections.ts";
import {
  foreignContainers,
  foreignNetworks,
  hasNoServer,
  inTheWay,
  type ListedContainer,
  refusal,
  refusalOfNetworks,
} from "../../../../operations/up/foreign-containers.ts";

const cluster: HandMadeCluster = {
  name: "unityplan-global",
  image: "nats:2.10.27",
  resourcePrefix: "",
  systemAccount: "$SYS",
  maxPayloadBytes: 1024 ** 2,
  pods: ["dk", "no", "se"].map((id, index) => ({
    ...{ id, clientPort: 4222 + index, clusterPort: 6222 + index, monitorPort: 8222 + index },
    ...{ dataVolume: `pod-${id}_nats-data`, serverName: `service-nats-${id}`, url: "" },
  })),
};
const orders = { subjects: ["orders.>"], replicas: 1, consumers: { billing: { filters: [] } } };

describe("the configuration of an adopted cluster", () => {
  const written = (before: string | undefined, from = cluster, streams = {}) => {
    const file = fileToWrite(before, "dev");
    return withSections(file, adoptedSections(sectionsOf(file), from, streams)).text;
  };
  const ownSections = (text: string) => sectionsOf(readStackFile(text, "Pulumi.dev.yaml"));

  it("is a file that says all that is needed, and can be read", () => {
    const text = written(undefined, cluster, { ORDERS: orders });
    expect(text).toMatch(/^# The dev stack: a cluster that was made by hand/);
    expect(text).toContain(
      '    - { id: "no", clientPort: 4223, clusterPort: 6223, monitorPort: 8223, dataVolume: pod-no_nats-data }\n',
    );
    expect(ownSections(text).cluster).toEqual({ image: "nats:2.10.27", systemAccount: "$SYS" });
    const {
      pods,
      cluster: plan,
      streams,
      consumers,
    } = topologyOf(readStackFile(text, "Pulumi.dev.yaml"), "dev");
    expect(pods.map(({ dataVolume }) => dataVolume)).toEqual([
      ...["pod-dk_nats-data", "pod-no_nats-data", "pod-se_nats-data"],
    ]);
    expect(plan.systemAccount).toBe("$SYS");
    expect(streams.map(({ name }) => name)).toContain("ORDERS");
    expect(consumers.map(({ name }) => name)).toContain("billing");
  });

  it("says what is not as by default, and nothing else", () => {
    const other: HandMadeCluster = {
      ...cluster,
      ...{ name: "old", resourcePrefix: "old-", systemAccount: "SYS", maxPayloadBytes: 9_000_000 },
      pods: cluster.pods.map((pod) => ({
        ...pod,
        serverName: pod.id === "dk" ? "copenhagen" : `old-${pod.serverName}`,
      })),
    };
    const sections = adoptedSections({}, other);
    expect(sections.cluster).toEqual({
      ...{ name: "old", image: "nats:2.10.27", resourcePrefix: "old-", maxPayload: "8790KB" },
    });
    expect((sections.pods as { serverName?: string }[]).map(({ serverName }) => serverName)).toEqual([
      "copenhagen",
      undefined,
      undefined,
    ]);
  });

  const before = `# Ours.
config:
  unityplan-nats:pods: # two
    - { id: dk, host: here, clientPort: 1, clusterPort: 2, monitorPort: 3 }
  # Where.
  unityplan-nats:hosts: { here: {} }
  unityplan-nats:cluster: { image: "nats:2.10.27", systemAccount: $SYS, memoryLimit: 1GB }   # small
  unityplan-nats:streams:
    ORDERS: { replicas: 3, consumers: { audit: {} } }
`;

  it("keeps what people wrote, and their comments on what does not change", () => {
    const text = written(before, cluster, { ORDERS: orders });
    expect(text).toContain("# Ours.\n");
    expect(text).toContain("  # Where.\n  unityplan-nats:hosts: { here: {} }\n");
    // It says all that already.
    expect(text).toContain("memoryLimit: 1GB }   # small\n");
    const sections = ownSections(text);
    expect((sections.pods as object[])[0]).toMatchObject({ host: "here", clientPort: 4222 });
    expect(sections.streams).toEqual({
      ORDERS: { ...orders, consumers: { audit: {}, billing: { filters: [] } } },
    });
  });

  it("changes the values alone of a file with comments everywhere, four blanks, CRLF and a pod called no", () => {
    const lines = [
      "# Ours.",
      "config: # all",
      "    unityplan-nats:pods: # in our order",
      "        # Norway, and not false",
      "        - id: no # here",
      "          clientPort: 1 # soon",
      "          clusterPort: 6223",
      "          monitorPort: 8223",
      "          # to here",
      "        - { id: dk, clientPort: 4222, clusterPort: 6222, monitorPort: 8222, dataVolume: pod-dk_nats-data } # one line",
      "    # Small.",
      "    unityplan-nats:cluster: { memoryLimit: 1GB } # each",
      "    unityplan-nats:streams: # ours",
      "        ORDERS: # of all",
      "            subjects: [orders.>] # all",
      "            replicas: 3 # for now",
      "encryptionsalt: v1:abc=",
      "",
    ];
    const text = written(lines.join("\r\n"), cluster, { ORDERS: orders });
    const after = text.split("\r\n");
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    expect(lines.filter((line) => !after.includes(line))).toEqual([
      "          clientPort: 1 # soon",
      "    unityplan-nats:cluster: { memoryLimit: 1GB } # each",
      "            replicas: 3 # for now",
    ]);
    expect(after.filter((line) => !lines.includes(line))).toEqual([
      "          clientPort: 4223 # soon",
      "          dataVolume: pod-no_nats-data",
      "        - { id: se, clientPort: 4224, clusterPort: 6224, monitorPort: 8224, dataVolume: pod-se_nats-data }",
      "    unityplan-nats:cluster: { memoryLimit: 1GB, image: nats:2.10.27, systemAccount: $SYS } # each",
      "            replicas: 1 # for now",
      "            consumers:",
      "                billing:",
      "                    filters: []",
    ]);
  });

  it("is the same a second time", () => {
    const once = written(before);
    expect(written(once)).toBe(once);
  });

  it("is shown by the lines that go and come", () => {
    expect(changedLines("a\nb\n\n", "a\r\nc\r\n")).toEqual(["- b", "+ c"]);
  });
});

describe("the import file", () => {
  const { text } = withSections(fileToWrite(undefined, "dev"), adoptedSections({}, cluster));
  const topology = topologyOf(readStackFile(text, "Pulumi.dev.yaml"), "dev");
  const fate = (name: string, kind: Fate["kind"] = "known"): Fate => ({
    ...{ name, kind, differences: [], reason: undefined },
  });
  const resourcesOf = (fates: readonly Fate[], networks: readonly [string, string][] = []) =>
    (
      JSON.parse(importFile(topology, fates, ["nats://127.0.0.1:4222"], new Map(networks), "5.2.0")) as {
        resources: Record<string, unknown>[];
      }
    ).resources;

  it("has what is there, below the components that the program makes, and nothing that is left alone", () => {
    const fates = [
      fate("GLOBAL_EVENTS"),
      fate("GLOBAL_EVENTS/global-processor"),
      fate("TERRITORY_DK"),
      fate("TERRITORY_DK/dk-local-processor", "made"),
      fate("CROSS_TERRITORY", "made"),
      fate("KV_settings", "left"),
    ];
    expect(resourcesOf(fates)).toEqual([
      { type: "unityplan:nats:Cluster", name: "cluster", logicalName: "unityplan-global", component: true },
      {
        ...{ type: "pulumi:providers:nats", name: "nats-by-hand" },
        inputs: { servers: '["nats://127.0.0.1:4222"]', clientTls: "off" },
      },
      ...[component("GLOBAL_EVENTS"), stream("GLOBAL_EVENTS")],
      {
        ...{ type: "nats:jetstream:Consumer", name: "GLOBAL_EVENTS/global-processor" },
        ...{
          id: "GLOBAL_EVENTS/global-processor",
          parent: "component GLOBAL_EVENTS",
          provider: "nats-by-hand",
        },
      },
      ...[component("TERRITORY_DK"), stream("TERRITORY_DK")],
    ]);
  });

  it("has the networks that have our names, for other containers are in them", () => {
    const networks: [string, string][] = [
      ["unityplan-mesh-network", "aa"],
      ["pod-no-net", "bb"],
    ];
    const docker = { provider: "docker-by-hand", version: "5.2.0" };
    expect(resourcesOf([], networks).slice(2)).toEqual([
      { type: "pulumi:providers:docker", name: "docker-by-hand", version: "5.2.0", inputs: {} },
      { type: "docker:index/network:Network", name: "local-mesh", id: "aa", parent: "cluster", ...docker },
      { ...component("pod no"), type: "unityplan:nats:Pod", logicalName: "no" },
      {
        type: "docker:index/network:Network",
        name: "no-network",
        id: "bb",
        parent: "component pod no",
        ...docker,
      },
    ]);
  });

  function component(name: string) {
    return {
      ...{ type: "unityplan:jetstream:Stream", name: `component ${name}`, logicalName: name },
      ...{ component: true, parent: "cluster" },
    };
  }

  function stream(name: string) {
    const parent = `component ${name}`;
    return { type: "nats:jetstream:Stream", name, id: name, parent, provider: "nats-by-hand" };
  }
});

describe("what is in the way of a first update", () => {
  const pods = [{ serverName: "service-nats-dk", dataVolume: "pod-dk_nats-data" }];
  const container = (changes: Partial<ListedContainer>): ListedContainer => ({
    ...{ name: "x", running: true, ours: false, volumes: [] },
    ...changes,
  });

  it("is a container of a pod's name, and whoever writes into its volume now", () => {
    const named = container({ name: "service-nats-dk", running: false });
    const writing = container({ volumes: ["cache", "pod-dk_nats-data"] });
    const stopped = container({ volumes: ["pod-dk_nats-data"], running: false });
    expect(inTheWay([named, writing, stopped, container({})], pods)).toEqual([named, writing]);
  });

  it("is no container of the state, whatever it is there for", () => {
    const reading = container({ name: "exporter", ours: true, volumes: ["pod-dk_nats-data"] });
    const state = [{ type: "docker:index/container:Container", outputs: { name: "exporter" } }];
    expect(inTheWay(foreignContainers([reading], []), pods)).toEqual([reading]);
    expect(foreignContainers([reading, container({})], state)).toEqual([container({})]);
  });

  it("is told with the way on, by who made it and whether it was adopted", () => {
    expect(refusal("dev", [], true)).toBeUndefined();
    expect(refusal("dev", [container({ ours: true })], false)).toContain("another clone of this project");
    expect(refusal("prod", [container({})], false)).toContain("`npm run adopt -- prod`");
    expect(refusal("dev", [container({ name: "b" }), container({ name: "a" })], true)).toContain(
      "`docker stop a b && docker rm a b`",
    );
  });

  it("is a network of our name that is not in the state, for Docker would make a second one", () => {
    const state = [{ type: "docker:index/network:Network", outputs: { name: "mesh" } }];
    expect(foreignNetworks(["mesh", "pod-dk-net", "x"], ["mesh", "pod-dk-net", undefined], state)).toEqual([
      "pod-dk-net",
    ]);
    expect(refusalOfNetworks("dev", [])).toBeUndefined();
    expect(refusalOfNetworks("dev", ["pod-dk-net"])).toContain("`docker network rm pod-dk-net`");
  });

  it("is looked for while the state has no container, also when streams were imported", () => {
    const head = "urn:pulumi:dev::unityplan-nats::unityplan:nats:Cluster$";
    const imported = { type: "nats:jetstream:Stream", urn: `${head}nats:jetstream:Stream::ORDERS` };
    const type = "docker:index/container:Container";
    const named = (name: string) => ({ type, urn: `${head}unityplan:nats:Pod$${type}::${name}` });
    const labelled = (...names: string[]) => ({ labels: names.map((label) => ({ label, value: "dk" })) });
    const pod = "org.unityplan.pod";
    expect(hasNoServer([])).toBe(true);
    expect(hasNoServer([imported])).toBe(true);
    expect(hasNoServer([imported, named("dk-server")])).toBe(false);
    const server = { ...named("dk-server"), inputs: labelled(pod, "org.unityplan.restart-digest") };
    expect(hasNoServer([imported, server])).toBe(false);
    // A loader that waits for its server: `up` goes on with what it has begun.
    expect(hasNoServer([imported, { ...named("dk-loader"), inputs: labelled(pod) }])).toBe(false);
    const exporter = { ...named("dk-exporter"), inputs: labelled(pod, "org.unityplan.role") };
    expect(hasNoServer([imported, exporter])).toBe(true);
    expect(hasNoServer([exporter, server])).toBe(false);
  });
});
