import { describe, expect, it } from "vitest";
import { restartDigest } from "../../../../plan/render/restart.ts";
import type { ClusterPlan, PodPlan } from "../../../../plan/topology.ts";
import { nordicPods, plan, podInput } from "../../../support/configuration.ts";

const topology = plan();

function digests(sections: Readonly<Record<string, unknown>> = {}): Record<string, string> {
  const { pods, cluster } = plan(sections);
  return Object.fromEntries(pods.map((pod) => [pod.id, restartDigest(pod, cluster)]));
}

/** What test/servers/conf.test.ts holds against real servers is here in short, for every pod. */
describe("the restart digest", () => {
  it("is short, and the same for the same settings", () => {
    expect(digests().dk).toMatch(/^[0-9a-f]{16}$/);
    expect(digests()).toEqual(digests());
  });

  it("is each pod's own", () => {
    expect(new Set(Object.values(digests())).size).toBe(3);
  });

  it("of the others stays when a pod comes, goes or moves in the list", () => {
    const more = digests({ pods: [podInput("fi", 3), ...nordicPods.toReversed()] });
    expect(more).toEqual({ ...digests(), fi: more.fi });
  });

  it("stays with published ports, streams, certificates' lifetimes and the rollout", () => {
    const sections = {
      pods: nordicPods.map((pod, index) => podInput(pod.id, index + 100)),
      cluster: { maxPayload: "1MB", image: "nats:2.15.2" },
      streams: { ORDERS: { subjects: ["orders"] } },
      tls: { leafLifetime: "90d" },
      rollout: "rolling",
    };
    expect(digests(sections)).toEqual(digests());
  });

  const changes: Record<string, { pod?: Partial<PodPlan>; cluster?: Partial<ClusterPlan> }> = {
    "the server's name": { pod: { serverName: "other" } },
    "the file store": { pod: { maxFileStoreBytes: 1 } },
    "the cluster's name": { cluster: { name: "other" } },
    "the system account": { cluster: { systemAccount: "$SYS" } },
    durability: { cluster: { syncInterval: 120 } },
    "the lame duck duration": { cluster: { lameDuckDurationSeconds: 31 } },
    "the lame duck grace": { cluster: { lameDuckGraceSeconds: 0.5 } },
    ...Object.fromEntries(
      (["clientPort", "clusterPort", "monitorPort"] as const).map((port) => [
        port,
        {
          pod: {
            listen: { address: "0.0.0.0", clientPort: 4222, clusterPort: 6222, monitorPort: 8222, [port]: 1 },
          },
        },
      ]),
    ),
  };

  it("of stacks that are there stays as it is: another one would restart all their servers", () => {
    expect(digests()).toEqual({ dk: "8263caaee49f7a64", no: "9ac15dd82c377238", se: "29a5f83434e25c97" });
    expect(digests({ cluster: { restartGeneration: 0 } })).toEqual(digests());
  });

  it("is another one for each generation", () => {
    const [none, first, second] = [0, 1, 2].map((restartGeneration) =>
      digests({ cluster: { restartGeneration } }),
    );
    for (const id of ["dk", "no", "se"]) {
      expect(new Set([none?.[id], first?.[id], second?.[id]]).size).toBe(3);
    }
  });

  it.each(Object.entries(changes))("changes with %s", (_, { pod, cluster }) => {
    const [first] = topology.pods;
    if (first === undefined) throw new Error("no pod");
    const before = restartDigest(first, topology.cluster);
    expect(restartDigest({ ...first, ...pod }, { ...topology.cluster, ...cluster })).not.toBe(before);
  });
});
