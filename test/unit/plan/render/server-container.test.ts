import { describe, expect, it } from "vitest";
import { serverContainer, startDigest } from "../../../../plan/render/server-container.ts";
import { nordicPods, plan, podInput } from "../../../support/configuration.ts";

function digests(sections: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const { pods, cluster } = plan(sections);
  return Object.fromEntries(pods.map((pod) => [pod.id, startDigest(serverContainer(pod, cluster))]));
}

describe("a server's container", () => {
  const { pods, cluster } = plan();
  const [dk] = pods.map((pod) => serverContainer(pod, cluster));

  it("is ended by lame duck, and gets the time for it", () => {
    expect(dk).toMatchObject({ stopSignal: "SIGUSR2", stopTimeoutSeconds: 40 });
    const longer = plan({ cluster: { lameDuckDuration: "2m" } });
    expect(longer.pods.map((pod) => serverContainer(pod, longer.cluster).stopTimeoutSeconds)).toEqual([
      130, 130, 130,
    ]);
  });

  it("has 1 GB of memory, or what is said, of which the runtime keeps a tenth free; unlimited is all of the host's", () => {
    expect(dk?.memory).toEqual({ megabytes: 1024, environment: "GOMEMLIMIT=921MiB" });
    const unlimited = plan({ cluster: { memoryLimit: "unlimited" } });
    expect(unlimited.pods.map((pod) => serverContainer(pod, unlimited.cluster).memory)).toEqual(
      unlimited.pods.map(() => undefined),
    );
    const small = plan({ cluster: { memoryLimit: "512MB" } });
    expect(small.pods.map((pod) => serverContainer(pod, small.cluster).memory)).toEqual(
      small.pods.map(() => ({ megabytes: 512, environment: "GOMEMLIMIT=460MiB" })),
    );
  });

  it("mounts its data and its configuration by their names", () => {
    expect(dk?.volumes).toEqual({
      "/data": "unityplan-nats-dk-data",
      "/etc/nats": "unityplan-nats-dk-config",
    });
  });
});

/** That Docker replaces the container where it changes, and only there: test/component/cluster.test.ts. */
describe("the digest of what a server is started with", () => {
  it("is short, each pod's own, and the same for the same plan", () => {
    expect(digests().dk).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(Object.values(digests())).size).toBe(3);
    expect(digests()).toEqual(digests());
  });

  it("of the others stays when a pod comes, or moves in the list", () => {
    const more = digests({ pods: [podInput("fi", 3), ...nordicPods.toReversed()] });
    expect(more).toEqual({ ...digests(), fi: more.fi });
  });

  it.each<[string, Record<string, unknown>]>([
    ["the image", { cluster: { image: "nats:2.14.9" } }],
    ["the lame duck", { cluster: { lameDuckDuration: "31s" } }],
    ["durability", { cluster: { durability: "2m" } }],
    ["the generation of the restart", { cluster: { restartGeneration: 1 } }],
    ["the limit of memory", { cluster: { memoryLimit: "512MB" } }],
    ["the names on the engine", { cluster: { resourcePrefix: "t1-" } }],
    ["where the ports are published", { hosts: { local: { publishAddress: "127.0.0.2" } } }],
    ["the published ports", { pods: nordicPods.map((pod, index) => podInput(pod.id, index + 100)) }],
  ])("is another one for %s", (_, sections) => {
    const [before, after] = [digests(), digests(sections)];
    for (const id of ["dk", "no", "se"]) expect(after[id]).not.toBe(before[id]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["what the server reloads", { cluster: { maxPayload: "1MB" } }],
    ["TLS on the client port", { tls: { clients: "required" } }],
    [
      "phases of authorities",
      {
        tls: {
          authorities: [
            { generation: 1, phase: "active" },
            { generation: 2, phase: "incoming" },
          ],
        },
      },
    ],
    ["lifetimes of certificates", { tls: { leafLifetime: "90d" } }],
    ["streams", { streams: { ORDERS: { subjects: ["orders"] } } }],
    ["the order of the turns", { rollout: { mode: "rolling", first: "se" } }],
    ["consent to an older server", { cluster: { allowDowngrade: true } }],
  ])("stays with %s", (_, sections) => {
    expect(digests(sections)).toEqual(digests());
  });
});
