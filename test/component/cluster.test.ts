import { beforeAll, describe, expect, it } from "vitest";
import type { Topology } from "../../plan/topology.ts";
import { placesAfter } from "../support/deployed-state.ts";
import { isSecret, type Registered } from "../support/mocks.ts";
import { build, named, topologyOf } from "../support/program.ts";

describe("the dev cluster", () => {
  let registered: Registered[];

  beforeAll(async () => {
    ({ registered } = await build(topologyOf(["dk", "no", "se"])));
  });

  it("has the names that are promised", () => {
    const types = registered.map(({ type }) => type);
    for (const type of [
      "unityplan:nats:Cluster",
      "unityplan:nats:Pod",
      "unityplan:tls:CertificateChain",
      "unityplan:jetstream:Stream",
    ]) {
      expect(types).toContain(type);
    }
    for (const id of ["dk", "no", "se"]) {
      expect(named(registered, `${id}-server`).inputs).toMatchObject({
        name: `service-nats-${id}`,
        hostname: `service-nats-${id}`,
        restart: "unless-stopped",
        stopSignal: "SIGUSR2",
      });
      expect(named(registered, `${id}-network`).inputs.name).toBe(`pod-${id}-net`);
      expect(named(registered, `${id}-data`).inputs.name).toBe(`unityplan-nats-${id}-data`);
    }
    expect(named(registered, "local-mesh").inputs.name).toBe("unityplan-mesh-network");
  });

  it("limits a server's memory unless it is said to be unlimited", async () => {
    expect(named(registered, "dk-server").inputs).toMatchObject({
      memory: 1024,
      memorySwap: 1024,
      envs: ["GOMEMLIMIT=921MiB"],
    });
    const unlimited = await build(topologyOf(["dk", "no", "se"], { cluster: { memoryLimit: "unlimited" } }));
    const { inputs } = named(unlimited.registered, "dk-server");
    expect(inputs).not.toHaveProperty("memory");
    expect(inputs).not.toHaveProperty("memorySwap");
    expect(inputs).not.toHaveProperty("envs");
    const limited = await build(topologyOf(["dk", "no", "se"], { cluster: { memoryLimit: "512MB" } }));
    expect(named(limited.registered, "dk-server").inputs).toMatchObject({
      memory: 512,
      memorySwap: 512,
      envs: ["GOMEMLIMIT=460MiB"],
    });
  });

  it("keeps arguments of components out of the state", () => {
    const components = registered.filter(({ type }) => type.startsWith("unityplan:"));
    expect(components.map(({ inputs }) => inputs)).toEqual(components.map(() => ({})));
  });

  it("publishes every port on the loopback only", () => {
    for (const id of ["dk", "no", "se"]) {
      const ports = named(registered, `${id}-server`).inputs.ports as { ip: string; internal: number }[];
      expect(ports.map(({ internal }) => internal)).toEqual([4222, 6222, 8222]);
      expect(ports.map(({ ip }) => ip)).toEqual(["127.0.0.1", "127.0.0.1", "127.0.0.1"]);
    }
  });

  it("mounts the configuration read-only in the server, and carries it in a loader that never starts", () => {
    const server = named(registered, "dk-server").inputs;
    expect(server.volumes).toEqual([
      { volumeName: "unityplan-nats-dk-data", containerPath: "/data" },
      { volumeName: "unityplan-nats-dk-config", containerPath: "/etc/nats", readOnly: true },
    ]);
    const loader = named(registered, "dk-loader").inputs;
    expect(loader).toMatchObject({ start: false, mustRun: false, networkMode: "none" });
    const uploads = loader.uploads as { file: string; permissions: string }[];
    expect(uploads.map(({ file, permissions }) => `${file} ${permissions}`)).toEqual([
      "/etc/nats/nats.conf 0600",
      "/etc/nats/tls/ca.pem 0600",
      "/etc/nats/tls/server-cert.pem 0600",
      "/etc/nats/tls/server-key.pem 0600",
    ]);
  });

  it("tells the engine that the system account's seed is a secret", () => {
    const { inputs } = named(registered, "nats");
    expect(isSecret(inputs.systemSeed)).toBe(true);
    expect(inputs.servers).toEqual(expect.stringContaining("nats://127.0.0.1:"));
  });

  it("issues leaves that are server and client, and renews them 30 days before their end", () => {
    expect(named(registered, "dk-certificate").inputs).toMatchObject({
      allowedUses: ["digital_signature", "server_auth", "client_auth"],
      validityPeriodHours: 365 * 24,
    });
    expect(named(registered, "dk-renewal").inputs).toMatchObject({
      lifetimeHours: 365 * 24,
      renewBeforeHours: 30 * 24,
      names: ["service-nats-dk", "localhost", "127.0.0.1"],
    });
    expect(named(registered, "dk-key").inputs).toMatchObject({ algorithm: "ECDSA", ecdsaCurve: "P256" });
    expect(named(registered, "authority-1").inputs).toMatchObject({
      isCaCertificate: true,
      setSubjectKeyId: true,
      validityPeriodHours: 3650 * 24,
    });
    expect(named(registered, "authority-1").inputs.earlyRenewalHours).toBeUndefined();
  });

  it("places each territory's stream on its own pod", () => {
    expect(named(registered, "TERRITORY_NO").inputs).toBeDefined();
    const streams = registered.filter(({ type }) => type === "nats:jetstream:Stream");
    expect(Object.fromEntries(streams.map(({ name, inputs }) => [name, inputs.placementTags]))).toEqual({
      GLOBAL_EVENTS: [],
      CROSS_TERRITORY: [],
      TERRITORY_DK: ["pod:dk"],
      TERRITORY_NO: ["pod:no"],
      TERRITORY_SE: ["pod:se"],
    });
  });
});

describe("the gate", () => {
  const ids = ["dk", "no", "se"];
  const gateOf = async (sections: Record<string, unknown> = {}) => {
    const { registered } = await build(topologyOf(ids, sections));
    const gate = registered.find(({ type }) => type === "nats:server:Cluster");
    return { registered, inputs: gate?.inputs, dependencies: gate?.dependencies };
  };

  it("is passed anew with another container or file, and not before every server has it", async () => {
    const { registered, inputs, dependencies } = await gateOf();
    const digests = ids.map((id) => named(registered, `${id}-node`).inputs.filesDigest);
    expect(inputs?.revision).toEqual(ids.map((id, index) => `${id}-server-id ${digests[index]}`));
    expect(dependencies).toEqual(expect.arrayContaining(ids.map((id) => `${id}-node`)));
    const other = await gateOf({ cluster: { maxPayload: "1MB" } });
    expect(other.inputs?.revision).not.toEqual(inputs?.revision);
  });
});

describe("a stream that takes a subject of another one", () => {
  const ids = ["dk", "no", "se"];
  const streams = (subjects: Readonly<Record<string, readonly string[]>>) => ({
    streams: Object.fromEntries(Object.entries(subjects).map(([name, own]) => [name, { subjects: own }])),
  });
  const before = topologyOf(ids, streams({ ORDERS: ["orders.>"], OTHER: ["other"] }));
  const after = topologyOf(
    ids,
    streams({ A_NEW_ONE: ["orders.no.>"], ORDERS: ["orders.dk.>"], OTHER: ["other"] }),
  );
  const waits = async (deployed: Topology) => {
    const { registered } = await build(after, { deployed: placesAfter(deployed) });
    const ofStreams = registered.filter(({ type }) => type === "nats:jetstream:Stream");
    return Object.fromEntries(ofStreams.map(({ name, dependencies }) => [name, dependencies]));
  };

  it("waits for that one, and no other stream does", async () => {
    const waiting = await waits(before);
    expect(waiting.A_NEW_ONE).toEqual(["ORDERS", "unityplan-global"]);
    for (const name of ["ORDERS", "OTHER", "GLOBAL_EVENTS"])
      expect(waiting[name]).toEqual(["unityplan-global"]);
  });

  it("waits for nothing more when it has the subject", async () => {
    const waiting = Object.values(await waits(after));
    expect(waiting).toEqual(waiting.map(() => ["unityplan-global"]));
  });

  it("has the inputs that it would have without that", async () => {
    const inputs = async (deployed: Topology) => {
      const { registered } = await build(after, { deployed: placesAfter(deployed) });
      return registered
        .filter(({ type }) => type.startsWith("nats:jetstream:"))
        .map(({ name, inputs: own }) => [name, own] as const)
        .sort(([left], [right]) => (left < right ? -1 : 1));
    };
    expect(await inputs(before)).toEqual(await inputs(after));
  });
});

describe("identity", () => {
  it("comes from a pod's id: the order of the configuration changes no resource", async () => {
    const forward = await build(topologyOf(["dk", "no", "se"]));
    const backward = await build(topologyOf(["se", "no", "dk"]));
    const inputsByName = (all: Registered[]) =>
      Object.fromEntries(all.map(({ type, name, inputs }) => [`${type} ${name}`, inputs]));
    expect(inputsByName(backward.registered)).toEqual(inputsByName(forward.registered));
  });

  it("lets a fourth pod come without touching the servers of the others", async () => {
    const three = await build(topologyOf(["dk", "no", "se"]));
    const four = await build(topologyOf(["fi", "dk", "no", "se"]));
    for (const id of ["dk", "no", "se"]) {
      expect(named(four.registered, `${id}-server`).inputs).toEqual(
        named(three.registered, `${id}-server`).inputs,
      );
    }
    expect(named(four.registered, "TERRITORY_FI").inputs).toBeDefined();
    expect(named(four.registered, "TERRITORY_FI/fi-local-processor").inputs).toMatchObject({
      filterSubjects: ["territory.fi.>"],
    });
  });
});
