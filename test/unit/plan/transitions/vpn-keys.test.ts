import { describe, expect, it } from "vitest";
import { resourceNames } from "../../../../plan/resource-names.ts";
import { deployedKeys, rotationOf } from "../../../../plan/transitions/vpn-keys.ts";
import type { VpnPlan } from "../../../../plan/vpn-plan.ts";

function planOf(generations: Readonly<Record<string, number>>, presharedKeyGeneration = 1): VpnPlan {
  const peers = Object.entries(generations).map(([hostId, keyGeneration], index) => ({
    hostId,
    address: `10.0.${index + 1}.1`,
    network: `10.0.${index + 1}.0/24`,
    endpoint: `198.51.100.${index + 1}:51820`,
    listenPort: 51820,
    keyGeneration,
  }));
  return { interfaceName: "wg0", mtu: 1420, presharedKeyGeneration, peers };
}

const privateKeyName = (hostId: string, generation: number) =>
  resourceNames.hostKey.of({ hostId, generation });
const presharedKeyName = (one: string, other: string, generation: number) =>
  resourceNames.sharedKey.of({ hostIds: [one, other], generation });

/** What an update to that plan has left. */
function keysOf({ peers, presharedKeyGeneration }: VpnPlan): string[] {
  const ids = peers.map(({ hostId }) => hostId);
  return [
    ...peers.map(({ hostId, keyGeneration }) => privateKeyName(hostId, keyGeneration)),
    ...ids.flatMap((id, index) =>
      ids.slice(index + 1).map((other) => presharedKeyName(id, other, presharedKeyGeneration)),
    ),
  ];
}

const before = planOf({ dk: 1, no: 1, se: 1 });
const deployed = deployedKeys(keysOf(before));
const nothing = { rotated: undefined, faults: [] };

describe("the keys of the last updates", () => {
  it("are read from the names of their resources, and others are passed over", () => {
    const others = ["system-user", "authority-1-key", "dk-key", "operator-2-key", "preshared-dk-1"];
    expect(deployedKeys([...others, ...keysOf(planOf({ dk: 2, "a-b-1": 10 }, 3))])).toEqual({
      hosts: new Map([
        ["dk", [2]],
        ["a-b-1", [10]],
      ]),
      presharedKeys: [3],
    });
  });

  it("have the same name for two hosts whichever is named first, and one for no other two", () => {
    expect(presharedKeyName("se", "dk", 1)).toBe(presharedKeyName("dk", "se", 1));
    expect(presharedKeyName("a-b", "c", 1)).not.toBe(presharedKeyName("a", "b-c", 1));
  });
});

describe("a rotation", () => {
  it.each<[string, VpnPlan]>([
    ["nothing changes", before],
    ["a host comes", planOf({ dk: 1, fi: 7, no: 1, se: 1 })],
    ["a host goes", planOf({ dk: 1, no: 1 })],
    ["only preshared keys change", planOf({ dk: 1, no: 1, se: 1 }, 2)],
  ])("is none where %s", (_, plan) => {
    expect(rotationOf(deployed, plan, [])).toEqual(nothing);
  });

  it("is none in the first update of all", () => {
    expect(rotationOf(deployedKeys([]), planOf({ dk: 5, no: 7 }, 3), [])).toEqual(nothing);
  });

  it.each([2, 9])("is that of the one host whose generation changes (to %s)", (generation) => {
    expect(rotationOf(deployed, planOf({ dk: 1, no: generation, se: 1 }), [])).toEqual({
      rotated: "no",
      faults: [],
    });
  });

  it("is refused for more than one host, and says which to set back", () => {
    const { faults } = rotationOf(deployed, planOf({ dk: 2, no: 2, se: 3 }), []);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("dk, no, se would change in one update");
    expect(faults[0]).toContain(
      "wireguard.keyGenerations.no back to 1, and wireguard.keyGenerations.se back to 1",
    );
  });

  const halfDone = deployedKeys([...keysOf(before), privateKeyName("se", 2)]);

  it("goes on where an update ended half-way, whichever way it is to go", () => {
    for (const generation of [1, 2])
      expect(rotationOf(halfDone, planOf({ dk: 1, no: 1, se: generation }), [])).toEqual({
        rotated: "se",
        faults: [],
      });
  });

  it("comes to its end before another one begins", () => {
    const { rotated, faults } = rotationOf(halfDone, planOf({ dk: 2, no: 1, se: 2 }), []);
    expect(rotated).toBe("se");
    expect(faults[0]).toContain("wireguard.keyGenerations.dk back to 1, run `pulumi up` until se is done");
  });
});

describe("a host that is left out", () => {
  it("stays out of the way of whatever changes no key", () => {
    expect(rotationOf(deployed, before, ["se"])).toEqual(nothing);
    expect(rotationOf(deployed, planOf({ dk: 1, fi: 1, no: 1, se: 1 }), ["se"])).toEqual(nothing);
  });

  it("keeps every key as it is, its own and the others'", () => {
    for (const generations of [
      { dk: 1, no: 1, se: 2 },
      { dk: 1, no: 2, se: 1 },
    ]) {
      const { faults } = rotationOf(deployed, planOf(generations), ["se"]);
      expect(faults).toEqual([expect.stringContaining("can't change while rollout.skip skips se")]);
    }
    expect(rotationOf(deployed, planOf({ dk: 1, no: 1, se: 1 }, 2), ["se"]).faults).toEqual([
      expect.stringContaining("wireguard.presharedKeyGeneration: can't change while rollout.skip skips se"),
    ]);
  });

  it("does not hold up what is half-way already", () => {
    const names = [...keysOf(before), privateKeyName("no", 2), presharedKeyName("dk", "no", 2)];
    expect(rotationOf(deployedKeys(names), planOf({ dk: 1, no: 2, se: 1 }, 2), ["se"]).faults).toEqual([]);
  });

  it("must have been in the VPN", () => {
    expect(rotationOf(deployed, planOf({ dk: 1, fi: 1, no: 1, se: 1 }), ["fi"]).faults).toEqual([
      expect.stringContaining("hosts.fi: was never in the VPN"),
    ]);
  });
});
