import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addressFaults,
  endpointFaults,
  endpointInsideFaults,
  interfaceNameFaults,
  keyFaults,
  mtuFaults,
  networkFaults,
  portFaults,
} from "../../../../plan/config/vpn-faults.ts";

const oslo = { name: "the host oslo", network: "10.0.2.0/24" };

describe("what is wrong with a value of the VPN", () => {
  it.each<[string, string[]]>([
    ["a key", keyFaults("YNqHbfBQKaGvvIUdnaR9pQx5SIYRQqRJPrIp0sTVqUA=")],
    ["a port", [...portFaults(1), ...portFaults(65_535)]],
    ["a name", [...interfaceNameFaults("wg0"), ...interfaceNameFaults("a_=+.-456789012")]],
    ["an MTU", [...mtuFaults(1280), ...mtuFaults(1420), ...mtuFaults(1500)]],
    ["an endpoint", endpointFaults("45.123.45.67:51820")],
    [
      "an address",
      [...addressFaults("10.0.1.1", "10.0.1.0/24"), ...addressFaults("10.0.1.0", "10.0.1.0/32")],
    ],
    ["a network", networkFaults("10.0.1.0/24", [oslo])],
    ["an endpoint outside", endpointInsideFaults("45.123.45.67:51820", [oslo])],
  ])("is nothing for %s that is right", (_, faults) => {
    expect(faults).toEqual([]);
  });

  it.each<[string, string[], string]>([
    ["a key that is too short", keyFaults("c2VjcmV0"), "is not a key of WireGuard"],
    ["a key in hexadecimal", keyFaults("ab".repeat(32)), "is not a key of WireGuard"],
    ["a key with loose bits", keyFaults(`${"A".repeat(42)}B=`), "is not a key of WireGuard"],
    ["port 0", portFaults(0), "0 is not a port"],
    ["a port that `wg` would take for 4464", portFaults(70_000), "allowed 1 to 65535"],
    ["a name of 16 characters", interfaceNameFaults("wg34567890123456"), "1 to 15"],
    ["a name with a slash", interfaceNameFaults("../wg0"), '"../wg0"'],
    ["a name that is a folder", interfaceNameFaults(".."), '".."'],
    ["an MTU that IPv6 can't use", mtuFaults(1279), "1279 is not an MTU"],
    ["an MTU that no link carries", mtuFaults(1501), "allowed 1280 to 1500"],
    ["an endpoint without a port", endpointFaults("45.123.45.67"), "is not an endpoint"],
    ["an endpoint with a name", endpointFaults("dk.example.org:51820"), "allowed an IPv4 address"],
    ["an endpoint of IPv6", endpointFaults("[2001:db8::1]:51820"), "is not an endpoint"],
    ["an endpoint that is everywhere", endpointFaults("0.0.0.0:51820"), "is not an endpoint"],
    ["an endpoint with no port's number", endpointFaults("45.123.45.67:70000"), "is not an endpoint"],
    [
      "an address outside of its network",
      addressFaults("10.0.2.1", "10.0.1.0/24"),
      "is outside of 10.0.1.0/24",
    ],
    [
      "an address that is its network's name",
      addressFaults("10.0.1.0", "10.0.1.0/24"),
      "is the network address",
    ],
    ["an address that is everybody's", addressFaults("10.0.1.255", "10.0.1.0/24"), "broadcast"],
    ["an address that is none", addressFaults("10.0.1", "10.0.1.0/24"), "is not an IPv4 address"],
    ["a network that is none", networkFaults("10.0.1.0", []), "is not a network"],
    ["a network with bits behind its length", networkFaults("10.0.1.1/24", []), "no host bits set"],
    ["another host's network", networkFaults("10.0.2.0/25", [oslo]), "which is the host oslo"],
    ["a network around another host's", networkFaults("10.0.0.0/16", [oslo]), "overlaps 10.0.2.0/24"],
    [
      "a network of Docker's first pool",
      networkFaults("172.17.5.0/24", []),
      "172.17.0.0/16, which is a range from which Docker takes its networks",
    ],
    ["a network of Docker's last big pool", networkFaults("172.31.0.0/24", []), "172.31.0.0/16"],
    ["a network of Docker's small pools", networkFaults("192.168.7.0/24", []), "from which Docker takes"],
    ["the loopback", networkFaults("127.0.1.0/24", []), "loopback"],
    ["multicast", networkFaults("239.0.1.0/24", []), "multicast"],
    [
      "an endpoint inside the VPN",
      endpointInsideFaults("10.0.2.1:51820", [oslo]),
      "no other host could reach the endpoint",
    ],
  ])("is said of %s", (_, faults, words) => {
    expect(faults.join("\n")).toMatch(new RegExp(words.replaceAll(/[.[\]()]/g, "\\$&")));
  });

  it("never shows a key", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 5 }), (text) => {
        for (const fault of keyFaults(text)) expect(fault).toBe(keyFaults("")[0]);
      }),
    );
  });

  it("is an overlap for either of two networks, or for none", () => {
    const network = fc
      .tuple(fc.integer({ min: 11, max: 126 }), fc.nat(255), fc.integer({ min: 8, max: 16 }))
      .map(([first, second, length]) => {
        const mask = (256 - 2 ** (16 - length)) & 255;
        return `${first}.${second & mask}.0.0/${length}`;
      });
    fc.assert(
      fc.property(network, network, (left, right) => {
        const faults = (own: string, other: string) =>
          networkFaults(own, [{ name: "it", network: other }]).length;
        expect(faults(left, right)).toBe(faults(right, left));
        expect(faults(left, left)).toBe(1);
      }),
    );
  });
});
