import { describe, expect, it } from "vitest";
import { vpnSteps } from "../../../../operations/rotate/vpn-walk.ts";

const hosts = { oslo: 1, copenhagen: 1 };
const pathsOf = (steps: readonly { path: string; generation: number }[]) =>
  steps.map(({ path, generation }) => `${path} ${generation}`);

describe("a rotation of the VPN's keys", () => {
  it("takes the preshared keys together, then each host in an update of its own", () => {
    expect(pathsOf(vpnSteps({ hosts, presharedKeys: 1 }, "all"))).toEqual([
      "wireguard.presharedKeyGeneration 2",
      "wireguard.keyGenerations.copenhagen 2",
      "wireguard.keyGenerations.oslo 2",
    ]);
  });

  it("goes on with those that are behind when it was interrupted", () => {
    const half = { hosts: { ...hosts, copenhagen: 2 }, presharedKeys: 2 };
    expect(pathsOf(vpnSteps(half, "all"))).toEqual(["wireguard.keyGenerations.oslo 2"]);
  });

  it("may be of the preshared keys, or of one host, alone", () => {
    expect(pathsOf(vpnSteps({ hosts, presharedKeys: 4 }, "preshared"))).toEqual([
      "wireguard.presharedKeyGeneration 5",
    ]);
    expect(pathsOf(vpnSteps({ hosts, presharedKeys: 4 }, { hostId: "oslo" }))).toEqual([
      "wireguard.keyGenerations.oslo 2",
    ]);
  });
});
