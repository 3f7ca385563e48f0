import { describe, expect, it } from "vitest";
import { chance, readdressed } from "../../../../harness/lab/cable.ts";
import { capabilities } from "../../../../harness/lab/container.ts";
import { cableAddressOf, hardwareAddressOf, healthy, ruleset } from "../../../../harness/lab/links.ts";
import { freeThirdBytes, hostAddress } from "../../../../harness/lab/network.ts";

const places = [
  { id: "oslo", address: "10.77.3.11" },
  { id: "stockholm", address: "10.77.3.12" },
];
const rules = (text: string) => text.split("\n").filter((line) => /drop|ether/.test(line));

describe("the links between test hosts", () => {
  it("are untouched while they are healthy, and the old rules are gone", () => {
    const text = ruleset("lab1", places, healthy);
    expect(rules(text)).toEqual([]);
    expect(text).toContain("delete table bridge lab1\n");
  });

  it("are cut in the direction that was asked for", () => {
    const text = ruleset("lab1", places, { ...healthy, cut: [["oslo", "stockholm"]] });
    expect(rules(text)).toEqual(["    ip saddr 10.77.3.11 ip daddr 10.77.3.12 drop"]);
  });

  it("lead through the long cable once, and only between hosts", () => {
    const text = ruleset("lab1", places, { ...healthy, slow: { delayMs: 1, lossPercent: 0, seed: 1 } });
    expect(rules(text)).toHaveLength(2);
    for (const rule of rules(text)) {
      expect(rule).toContain('iifname != "lab1-c" ip saddr { 10.77.3.11, 10.77.3.12 }');
    }
  });
});

describe("the long cable", () => {
  it("sends a frame on to the host's own address, and leaves the original alone", () => {
    const [from, to] = [cableAddressOf("10.77.3.11"), hardwareAddressOf("10.77.3.11")].map((text) =>
      Buffer.from(text.replaceAll(":", ""), "hex"),
    );
    const frame = Buffer.concat([from ?? Buffer.alloc(0), Buffer.from("payload")]);
    const out = readdressed(
      frame,
      new Map([[(from ?? Buffer.alloc(0)).toString("hex"), to ?? Buffer.alloc(0)]]),
    );
    expect(out).toEqual(Buffer.concat([to ?? Buffer.alloc(0), Buffer.from("payload")]));
    expect(frame.subarray(0, 6)).toEqual(from);
  });

  it("drops what is for nobody on it", () => {
    expect(readdressed(Buffer.alloc(60), new Map())).toBeUndefined();
  });

  it("loses the same frames for the same seed, and about as many as asked for", () => {
    const lost = (seed: number) => {
      const random = chance(seed);
      return Array.from({ length: 10_000 }, () => random() * 100 < 1);
    };
    expect(lost(7)).toEqual(lost(7));
    expect(lost(7)).not.toEqual(lost(8));
    const count = lost(7).filter(Boolean).length;
    expect(count).toBeGreaterThan(60);
    expect(count).toBeLessThan(150);
  });
});

describe("a test host", () => {
  it("gets an address that is not the machine's, the network's or the broadcast's", () => {
    expect([0, 1, 2].map((place) => hostAddress("10.77.3.0/24", place))).toEqual([
      "10.77.3.11",
      "10.77.3.12",
      "10.77.3.13",
    ]);
  });

  it("is on a network that no interface of the machine is on", () => {
    const free = freeThirdBytes(["10.77.255.1", "10.77.0.1", "10.78.1.1"], 254);
    expect(free.slice(0, 2)).toEqual([254, 1]);
    expect(free).toHaveLength(254);
  });

  it("gets the capabilities that the machine has, and asks for no other", () => {
    expect(capabilities("0000000000000021")).toEqual(["CHOWN", "KILL"]);
    expect(capabilities("000001fffeffffff")).not.toContain("SYS_RESOURCE");
    expect(capabilities("000001ffffffffff")).toContain("SYS_RESOURCE");
  });
});
