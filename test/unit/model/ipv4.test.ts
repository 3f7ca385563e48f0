import { isIPv4 as nodeSays } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isIPv4 } from "../../../model/ipv4.ts";

describe("an IPv4 address", () => {
  it.each([
    ["0.0.0.0", true],
    ["255.255.255.255", true],
    ["10.20.99.100", true],
    ["256.0.0.1", false],
    ["10.0.0.260", false],
    ["10.0.0.1000", false],
    ["10.0.00.1", false],
    ["10.0.0.01", false],
    ["10.0.1", false],
    ["10.0.0.1.2", false],
    ["10..0.1", false],
    [".10.0.0.1", false],
    ["10.0.0.1.", false],
    ["10.0.0.1 ", false],
    [" 10.0.0.1", false],
    ["10.0.0.1\n", false],
    ["10.0.0.1/24", false],
    ["10.0.0.-1", false],
    ["10.0.0.0x1", false],
    ["10.0.0.١", false],
    ["::ffff:10.0.0.1", false],
    ["", false],
  ])("%j is one or not, as Node has it", (text, expected) => {
    expect([isIPv4(text), nodeSays(text)]).toEqual([expected, expected]);
  });

  it("has every part from 0 to 255, and none beside them", () => {
    for (let value = 0; value < 1100; value += 1) {
      const text = `10.0.${value}.1`;
      expect([text, isIPv4(text)]).toEqual([text, nodeSays(text)]);
    }
  });

  it("is what Node takes for one, whatever the parts and what is between them", () => {
    const number = fc.nat({ max: 300 });
    const part = fc.oneof(
      { weight: 6, arbitrary: number.map(String) },
      number.map((value) => `0${value}`),
      number.map((value) => ` ${value}`),
      fc.constantFrom("", "00", "+1", "-1", "1e1", "0x1", "256", "1\n"),
      fc.string({ maxLength: 3 }),
    );
    const point = fc.oneof({ weight: 12, arbitrary: fc.constant(".") }, fc.constantFrom("", "..", ",", ". "));
    const parts = fc.oneof(
      { weight: 4, arbitrary: fc.array(fc.tuple(part, point), { minLength: 4, maxLength: 4 }) },
      fc.array(fc.tuple(part, point), { maxLength: 6 }),
    );
    fc.assert(
      fc.property(parts, (all) => {
        const text = all.map(([own, behind], at) => own + (at < all.length - 1 ? behind : "")).join("");
        expect([text, isIPv4(text)]).toEqual([text, nodeSays(text)]);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV4Extended(), fc.string()), (text) => {
        expect([text, isIPv4(text)]).toEqual([text, nodeSays(text)]);
      }),
      { numRuns: 1000 },
    );
  });
});
