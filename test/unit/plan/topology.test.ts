import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Topology } from "../../../plan/topology.ts";
import { configure, nordicPods, plan, podInput } from "../../support/configuration.ts";

describe("the topology of the dev stack", () => {
  const topology = plan();

  it("has the names that other things rely on", () => {
    expect(topology.pods[1]).toEqual({
      id: "no",
      hostId: "local",
      serverName: "service-nats-no",
      networks: { mesh: "unityplan-mesh-network", pod: "pod-no-net" },
      dataVolume: "unityplan-nats-no-data",
      configurationVolume: "unityplan-nats-no-config",
      loaderName: "unityplan-nats-no-loader",
      published: { address: "127.0.0.1", clientPort: 4223, clusterPort: 6223, monitorPort: 8223 },
      listen: { address: "0.0.0.0", clientPort: 4222, clusterPort: 6222, monitorPort: 8222 },
      clusterAdvertise: "service-nats-no:6222",
      clientAdvertise: "127.0.0.1:4223",
      routes: ["nats://service-nats-dk:6222", "nats://service-nats-se:6222"],
      tags: ["pod:no"],
      dnsNames: ["service-nats-no", "localhost"],
      ipAddresses: ["127.0.0.1"],
      maxFileStoreBytes: undefined,
    });
    expect(topology.hosts).toEqual([
      {
        id: "local",
        dockerUrl: undefined,
        meshNetwork: "unityplan-mesh-network",
        remote: undefined,
        skip: false,
      },
    ]);
    expect(topology.vpn).toBeUndefined();
    expect(topology.warnings).toEqual([]);
  });

  it("has the cluster's settings", () => {
    expect(topology.cluster).toEqual({
      name: "unityplan-global",
      image: "nats:2.15.1",
      maxPayloadBytes: 8_388_608,
      syncInterval: "always",
      lameDuckDurationSeconds: 30,
      lameDuckGraceSeconds: 1,
      restartGeneration: 0,
      systemAccount: "SYS",
      allowDowngrade: false,
      acceptAnonymousRemoteClients: false,
      memoryLimitBytes: 1024 ** 3,
      clientTls: "off",
    });
  });

  it("takes over what certificates are to be, and restarts by the ids of the pods", () => {
    expect(topology.tls).toEqual(configure().tls);
    expect(topology.rollout).toEqual({ mode: "parallel", order: ["dk", "no", "se"], skip: [], lose: [] });
  });
});

describe("what the cluster is told about its servers", () => {
  it("is the generation of their last restart, and whether they may be older than before", () => {
    const { cluster } = plan({ cluster: { restartGeneration: 3, allowDowngrade: true } });
    expect(cluster).toMatchObject({ restartGeneration: 3, allowDowngrade: true });
  });
});

describe("a rolling update", () => {
  it("goes by the ids of the pods, whatever their place in the list", () => {
    const pods = nordicPods.toReversed();
    expect(plan({ pods, rollout: "rolling" }).rollout).toEqual({
      mode: "rolling",
      order: ["dk", "no", "se"],
      skip: [],
      lose: [],
    });
  });

  it("begins with the pod that is named, and goes on by id", () => {
    const rollout = { mode: "rolling", first: "se" };
    expect(plan({ rollout }).rollout.order).toEqual(["se", "dk", "no"]);
  });
});

describe("a prefix", () => {
  it("stands before everything that an engine knows by name, and nowhere in the streams", () => {
    const plain = plan();
    const prefixed = plan({ cluster: { resourcePrefix: "t1-" } });
    for (const [index, pod] of prefixed.pods.entries()) {
      const other = plain.pods[index];
      for (const name of ["serverName", "dataVolume", "configurationVolume", "loaderName"] as const) {
        expect(pod[name]).toBe(`t1-${other?.[name]}`);
      }
      expect(pod.networks).toEqual({
        mesh: `t1-${other?.networks?.mesh}`,
        pod: `t1-${other?.networks?.pod}`,
      });
      expect(pod.dnsNames).toEqual([pod.serverName, "localhost"]);
      expect(pod.tags).toEqual(other?.tags);
    }
    expect(prefixed.pods[0]?.routes).toEqual([
      "nats://t1-service-nats-no:6222",
      "nats://t1-service-nats-se:6222",
    ]);
    expect(prefixed.pods[0]?.clusterAdvertise).toBe("t1-service-nats-dk:6222");
    expect(prefixed.hosts[0]?.meshNetwork).toBe("t1-unityplan-mesh-network");
    expect(prefixed.streams).toEqual(plain.streams);
  });
});

describe("a host that publishes elsewhere", () => {
  const topology = plan({
    hosts: { local: { publishAddress: "192.168.60.133" } },
    cluster: { acceptAnonymousRemoteClients: true },
  });

  it("tells clients its address, and has it in the certificates", () => {
    expect(topology.pods[2]).toMatchObject({
      published: { address: "192.168.60.133", clientPort: 4224 },
      clientAdvertise: "192.168.60.133:4224",
      ipAddresses: ["127.0.0.1", "192.168.60.133"],
    });
  });

  it("is warned about", () => {
    expect(topology.warnings).toEqual([
      expect.stringMatching(/^Ports are published on 192\.168\.60\.133, and clients need no password/),
    ]);
  });
});

describe("an image whose tag names no version", () => {
  it("is warned about, with what can't be checked", () => {
    const digest = "nats@sha256:0123456789abcdef";
    expect(plan({ cluster: { image: digest } }).warnings).toEqual([
      `cluster.image "${digest}" names no version of three numbers, so this program can't check the release: neither that ` +
        "the servers take its nats.conf (2.10.21 or newer), nor that they can go from the release before to this one. " +
        "Write a tag with the version, for example nats:2.15.1. A digest can follow the tag: nats:2.15.1@sha256:….",
    ]);
  });
});

describe("durability by an interval", () => {
  it("is warned about, with what can be lost", () => {
    expect(plan({ cluster: { durability: "2m" } }).warnings).toEqual([
      expect.stringMatching(/^cluster\.durability is 2m: .*can lose acknowledged messages of the last 2m/),
    ]);
  });
});

// Ids and ports belong together, so that pods of any two lists are the same where they have the same id.
const pods = fc
  .uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 8 })
  .map((numbers) => numbers.map((number) => podInput(`p${number}`, number)));
const oneCopy = { GLOBAL_EVENTS: { replicas: 1 }, CROSS_TERRITORY: { replicas: 1 } };

function planned(list: readonly unknown[]): Topology {
  return plan({ pods: list, streams: oneCopy });
}

function podsById(topology: Topology, without: "routes" | undefined) {
  return new Map(topology.pods.map((pod) => [pod.id, without === undefined ? pod : { ...pod, routes: [] }]));
}

describe("any pods", () => {
  it("are the same in any order", () => {
    const shuffled = pods.chain((list) =>
      fc.shuffledSubarray(list, { minLength: list.length }).map((other) => [list, other] as const),
    );
    fc.assert(
      fc.property(shuffled, ([list, other]) => {
        expect(podsById(planned(other), undefined)).toEqual(podsById(planned(list), undefined));
        const names = (topology: Topology) => topology.streams.map((stream) => stream.name).sort();
        expect(names(planned(other))).toEqual(names(planned(list)));
      }),
    );
  });

  it("change nothing but their routes when another comes or goes", () => {
    fc.assert(
      fc.property(pods, fc.nat(8), (list, place) => {
        const more = list.toSpliced(place % (list.length + 1), 0, podInput("new", 99));
        const before = planned(list);
        const after = planned(more);
        const others = podsById(after, "routes");
        others.delete("new");
        expect(others).toEqual(podsById(before, "routes"));
        expect(after.streams.filter((stream) => stream.name !== "TERRITORY_NEW")).toEqual(before.streams);
        expect(after.consumers.filter((consumer) => consumer.name !== "new-local-processor")).toEqual(
          before.consumers,
        );
        expect([after.hosts, after.cluster, after.tls]).toEqual([before.hosts, before.cluster, before.tls]);
      }),
    );
  });

  it("are a full mesh: each has a route to every other and none to itself", () => {
    fc.assert(
      fc.property(pods, (list) => {
        const topology = planned(list);
        for (const pod of topology.pods) {
          const others = topology.pods.filter((other) => other !== pod);
          expect(new Set(pod.routes)).toEqual(
            new Set(others.map((other) => `nats://${other.clusterAdvertise}`)),
          );
          expect(pod.routes).toHaveLength(others.length);
        }
      }),
    );
  });

  it("share no name and no published port", () => {
    const ids = ["dk", "dk-loader", "dk-data", "dk-config", "dk-net", "loader"];
    const named = ids.map((id, index) => podInput(id, index));
    fc.assert(
      fc.property(pods, (list) => {
        const topology = planned([
          ...named,
          ...list.map((pod) => podInput(pod.id, Number(pod.clientPort) + 1000)),
        ]);
        const containers = topology.pods.flatMap((pod) => [pod.serverName, pod.loaderName]);
        const volumes = topology.pods.flatMap((pod) => [pod.dataVolume, pod.configurationVolume]);
        const networks = topology.pods.map((pod) => pod.networks?.pod);
        const addresses = topology.pods.map((pod) => pod.clientAdvertise);
        for (const kind of [containers, volumes, [...networks, "unityplan-mesh-network"], addresses]) {
          expect(new Set(kind).size).toBe(kind.length);
        }
      }),
    );
  });
});

describe("a pod's own settings", () => {
  it("are its file store, before the cluster's", () => {
    const [dk, ...others] = nordicPods;
    const topology = plan({
      cluster: { maxFileStore: "10GB" },
      pods: [{ ...dk, maxFileStore: "20GB" }, ...others],
    });
    expect(topology.pods.map((pod) => (pod.maxFileStoreBytes ?? 0) / 1024 ** 3)).toEqual([20, 10, 10]);
  });
});
