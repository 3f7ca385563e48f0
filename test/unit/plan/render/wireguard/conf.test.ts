import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HostConf, type OtherPeer, renderConf } from "../../../../../plan/render/wireguard/conf.ts";
import type { PeerPlan } from "../../../../../plan/vpn-plan.ts";

const key = (letter: string) => `${letter.repeat(42)}A=`;

const peer = (hostId: string, number: number): PeerPlan => ({
  hostId,
  address: `10.0.${number}.1`,
  network: `10.0.${number}.0/24`,
  endpoint: `198.51.100.${number}:51820`,
  listenPort: 51820,
  keyGeneration: 1,
});
const other = (hostId: string, number: number): OtherPeer => ({
  peer: peer(hostId, number),
  publicKey: key("P"),
  presharedKey: key("S"),
});
const conf: HostConf = {
  own: peer("copenhagen", 1),
  privateKey: key("K"),
  mtu: 1420,
  others: [other("stockholm", 3), other("oslo", 2)],
};

describe("the configuration of a host's interface", () => {
  it("is what wg-quick reads", () => {
    expect(renderConf(conf)).toMatchInlineSnapshot(`
      "# copenhagen: made by unityplan-nats, which overwrites changes by hand.
      [Interface]
      Address = 10.0.1.1/24
      ListenPort = 51820
      PrivateKey = KKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKKA=
      MTU = 1420

      # oslo
      [Peer]
      PublicKey = PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPA=
      PresharedKey = SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSA=
      Endpoint = 198.51.100.2:51820
      AllowedIPs = 10.0.2.0/24
      PersistentKeepalive = 25

      # stockholm
      [Peer]
      PublicKey = PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPA=
      PresharedKey = SSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSSA=
      Endpoint = 198.51.100.3:51820
      AllowedIPs = 10.0.3.0/24
      PersistentKeepalive = 25

      # end
      "
    `);
  });

  it("is the same whatever the order of the hosts", () => {
    const ids = Array.from({ length: 12 }, (_, index) => index + 2);
    fc.assert(
      fc.property(fc.shuffledSubarray(ids, { minLength: 12 }), (order) => {
        const others = (numbers: readonly number[]) => numbers.map((number) => other(`h${number}`, number));
        expect(renderConf({ ...conf, others: others(order) })).toBe(
          renderConf({ ...conf, others: others(ids) }),
        );
      }),
    );
  });

  it("gives every other host its own network and nobody another one's", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 2, max: 250 }), { minLength: 1, maxLength: 20 }),
        (numbers) => {
          const text = renderConf({ ...conf, others: numbers.map((number) => other(`h${number}`, number)) });
          const sections = text.split("[Peer]").slice(1);
          expect(sections.map((section) => /^AllowedIPs = (.*)$/m.exec(section)?.[1]).sort()).toEqual(
            numbers.map((number) => `10.0.${number}.0/24`).sort(),
          );
        },
      ),
    );
  });

  it("is that of a host alone where there is no other one", () => {
    expect(renderConf({ ...conf, others: [] })).not.toContain("[Peer]");
  });

  it.each<[string, Partial<HostConf>, string]>([
    ["a private key that is none", { privateKey: "secret" }, "the private key is not a key of WireGuard"],
    [
      "a public key that is none",
      { others: [{ ...other("oslo", 2), publicKey: "secret" }] },
      "oslo's public key is not a key",
    ],
    [
      "a preshared key that is none",
      { others: [{ ...other("oslo", 2), presharedKey: "secret" }] },
      "oslo's preshared key is not a key",
    ],
    ["an MTU that is none", { mtu: 500 }, "the MTU 500 is not an MTU"],
    ["a port that is none", { own: { ...peer("copenhagen", 1), listenPort: 70_000 } }, "the port 70000"],
    [
      "two hosts with one network",
      { others: [other("oslo", 2), other("oslo2", 2)] },
      "which is the host oslo",
    ],
    [
      "an address outside of the host's network",
      { own: { ...peer("copenhagen", 1), address: "10.0.2.1" } },
      "10.0.2.1 is outside of 10.0.1.0/24",
    ],
    [
      "an endpoint without a port",
      { others: [{ ...other("oslo", 2), peer: { ...peer("oslo", 2), endpoint: "198.51.100.2" } }] },
      "oslo's endpoint",
    ],
    [
      "an endpoint inside the VPN",
      { others: [{ ...other("oslo", 2), peer: { ...peer("oslo", 2), endpoint: "10.0.2.9:51820" } }] },
      "is inside of 10.0.2.0/24",
    ],
  ])("is refused with %s, without showing a key", (_, wrong, words) => {
    expect(() => renderConf({ ...conf, ...wrong })).toThrow(words);
    expect(() => renderConf({ ...conf, ...wrong })).not.toThrow("secret");
  });
});
