import { describe, expect, it } from "vitest";
import { contains, overlap, parseNetwork, parsePrefix } from "../../../model/prefix.ts";

describe("two prefixes", () => {
  const both = (left: string, right: string) => {
    const [a, b] = [parsePrefix(left), parsePrefix(right)];
    if (a === undefined || b === undefined) throw new Error(`${left} or ${right} is none`);
    return [overlap(a, b), overlap(b, a)];
  };

  it.each([
    ["10.0.1.0/24", "10.0.1.77", true],
    ["10.0.1.0/24", "10.0.0.0/8", true],
    ["10.0.1.0/24", "default", true],
    ["255.255.255.255", "128.0.0.0/1", true],
    ["10.0.1.0/24", "10.0.2.0/24", false],
    ["10.0.1.0/24", "10.0.0.255/32", false],
    ["10.0.1.0/24", "138.0.1.0/24", false],
  ])("%s and %s overlap or not, whichever comes first", (left, right, expected) => {
    expect(both(left, right)).toEqual([expected, expected]);
  });

  it("are only read where they are IPv4", () => {
    expect(["10.0.1/24", "10.0.1.256", "10.0.1.0/33", "fe80::/10", "", "local"].map(parsePrefix)).toEqual(
      Array(6).fill(undefined),
    );
  });
});

describe("a network", () => {
  it("is read only where it is written with its own first address", () => {
    expect(parseNetwork("10.0.1.0/24")).toEqual({ first: 0x0a000100, last: 0x0a0001ff });
    expect(["10.0.1.1/24", "10.0.1.0", "default", "10.0.1.0/33", "10.0.01.0/24"].map(parseNetwork)).toEqual(
      Array(5).fill(undefined),
    );
  });

  it("has its first and its last address, and none beside them", () => {
    const network = parseNetwork("10.0.1.0/24") ?? { first: 1, last: 0 };
    const addresses = ["10.0.0.255", "10.0.1.0", "10.0.1.255", "10.0.2.0"];
    expect(addresses.map((address) => contains(network, address))).toEqual([false, true, true, false]);
  });
});
