import { describe, expect, it } from "vitest";
import { faults, nordicPods, plan, podInput } from "../../support/configuration.ts";

const [, no, se] = nordicPods;
const dk = (more: Record<string, unknown>) => podInput("dk", 0, more);

describe("a pod that was made by hand", () => {
  const pods = [dk({ serverName: "copenhagen", dataVolume: "pod-dk_nats-data" }), no, se];

  it("keeps its server's name and its volume, and its other names come from its id", () => {
    const [pod, other] = plan({ pods, cluster: { resourcePrefix: "x-" } }).pods;
    expect(pod).toMatchObject({
      serverName: "copenhagen",
      dataVolume: "pod-dk_nats-data",
      configurationVolume: "x-unityplan-nats-dk-config",
      loaderName: "x-unityplan-nats-dk-loader",
      clusterAdvertise: "copenhagen:6222",
      dnsNames: ["copenhagen", "localhost"],
      tags: ["pod:dk"],
    });
    expect(other?.routes).toContain("nats://copenhagen:6222");
    expect(other).toMatchObject({ serverName: "x-service-nats-no", dataVolume: "x-unityplan-nats-no-data" });
  });

  it.each([
    ["serverName", "copenhagen a"],
    ["serverName", "-a"],
    ["serverName", "a".repeat(64)],
    ["dataVolume", "/srv/nats"],
    ["dataVolume", "a"],
  ])("has a %s that Docker takes, and not %s", (key, value) => {
    expect(faults({ pods: [dk({ [key]: value }), no, se] })).toEqual([
      expect.stringContaining(`dev pods[0].${key}: ${JSON.stringify(value).slice(0, 20)}`),
    ]);
  });

  it.each([
    ["serverName", "service-nats-no", "a server or loader of the pod no"],
    ["serverName", "unityplan-nats-se-loader", "a server or loader of the pod se"],
    ["dataVolume", "unityplan-nats-no-data", "a volume of the pod no"],
    ["dataVolume", "unityplan-nats-dk-config", "a volume of the pod dk"],
  ])("can't have the %s %s, which is another's", (key, value, whose) => {
    expect(faults({ pods: [dk({ [key]: value }), no, se] })).toEqual([
      `dev pods[0].${key}: "${value}" is the name of ${whose} already; every pod needs its own`,
    ]);
  });

  it("can't share a volume with another one", () => {
    const shared = { dataVolume: "nats-data" };
    const both = [dk(shared), podInput("no", 1, shared), se];
    expect(faults({ pods: both })).toEqual([
      expect.stringContaining("dev pods[0].dataVolume:"),
      expect.stringContaining("dev pods[1].dataVolume:"),
    ]);
    const hosts = Object.fromEntries(["a", "b"].map((id) => [id, { docker: `ssh://admin@${id}` }]));
    const apart = [dk({ ...shared, host: "a" }), podInput("no", 1, { ...shared, host: "b" })];
    const ofNames = faults({ pods: apart, hosts }).filter((fault) =>
      fault.includes("every pod needs its own"),
    );
    expect(ofNames).toEqual([]);
  });
});

describe("the system account", () => {
  it("is SYS, or that of servers that were made by hand", () => {
    expect(plan().cluster.systemAccount).toBe("SYS");
    expect(plan({ cluster: { systemAccount: "$SYS" } }).cluster.systemAccount).toBe("$SYS");
    expect(faults({ cluster: { systemAccount: "ADMIN" } })).toEqual([
      expect.stringContaining('dev cluster.systemAccount: "ADMIN" is not known; allowed "SYS", "$SYS"'),
    ]);
  });
});
