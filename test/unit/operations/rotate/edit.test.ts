import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withAuthorities, withValue } from "../../../../operations/rotate/edit.ts";
import type { Phase } from "../../../../operations/rotate/walk.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { sectionsOf, withSections } from "../../../../operations/stack-file/sections.ts";

const phases = (...all: readonly [number, Phase["phase"]][]): Phase[] =>
  all.map(([generation, phase]) => ({ generation, phase }));

describe("the list of authorities", () => {
  it("is written down where a file says nothing of them", () => {
    const target = phases([1, "active"], [2, "incoming"]);
    expect(withAuthorities(undefined, target)).toEqual({ authorities: target });
    expect(withAuthorities({ clients: "required" }, target)).toEqual({
      clients: "required",
      authorities: target,
    });
  });

  it("has today's word in place of the old one, whatever the rotation does next", () => {
    const authorities = [{ generation: 1, phase: "used" }];
    expect(withAuthorities({ authorities }, phases([1, "active"], [2, "incoming"]))).toEqual({
      authorities: phases([1, "active"], [2, "incoming"]),
    });
  });

  it("goes by the generation and not by the place", () => {
    const raw = phases([2, "incoming"], [1, "active"]);
    expect(withAuthorities({ authorities: raw }, phases([1, "outgoing"], [2, "active"]))).toEqual({
      authorities: phases([2, "active"], [1, "outgoing"]),
    });
  });

  it("becomes any other one, and keeps what else an authority has", () => {
    const phase = fc.constantFrom<Phase["phase"]>("incoming", "active", "outgoing");
    const list = fc.uniqueArray(fc.record({ generation: fc.integer({ min: 1, max: 6 }), phase }), {
      selector: ({ generation }) => generation,
      maxLength: 5,
    });
    fc.assert(
      fc.property(list, list, (from, to) => {
        const raw = from.map((one) => ({ ...one, certificate: `pem of ${one.generation}` }));
        const { authorities } = withAuthorities({ authorities: raw }, to);
        const expected = to.map((one) =>
          from.some(({ generation }) => generation === one.generation)
            ? { ...one, certificate: `pem of ${one.generation}` }
            : one,
        );
        expect(authorities).toHaveLength(expected.length);
        expect(authorities).toEqual(expect.arrayContaining(expected));
      }),
    );
  });
});

/** As a person writes who comments on everything. */
const file = [
  "# The dev stack.",
  "config: # ours",
  "    unityplan-nats:pods: # three",
  "        # Denmark",
  "        - id: dk # here",
  "          clientPort: 4222",
  "        - id: no # Norway, and not false",
  "          clientPort: 4223 # its own",
  "    # Who is trusted.",
  "    unityplan-nats:tls: # mutual",
  "        clients:   off # for now",
  "        authorities: # of all",
  "            # The first one.",
  "            - generation: 1 # it began",
  "              phase: active # now",
  "              # its end",
  "        # no more",
  "",
  "    unityplan-nats:wireguard: { mtu: 1380 } # small",
  "    unityplan-nats:cluster: # servers",
  "        memoryLimit: 1GB # each",
  "# The salt.",
  "encryptionsalt: v1:abc=:v1:x/y+z==",
  "",
];

/** The lines that go and come between two texts with CRLF. */
function difference(before: string, after: string): string[] {
  expect(after.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  const [old, fresh] = [before.split("\r\n"), after.split("\r\n")];
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `-${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

describe("a rotation of the authority in a file with comments everywhere, four blanks, CRLF and a pod called no", () => {
  const step = (text: string, authorities: readonly Phase[], restartGeneration?: number): string => {
    const before = readStackFile(text, "Pulumi.dev.yaml");
    const { tls, cluster } = sectionsOf(before);
    const restart = { cluster: withValue(cluster, ["restartGeneration"], restartGeneration) };
    const sections = {
      tls: withAuthorities(tls, authorities),
      ...(restartGeneration === undefined ? {} : restart),
    };
    return withSections(before, sections).text;
  };
  const start = file.join("\r\n");

  it("changes the phases alone, step by step", () => {
    const incoming = step(start, phases([1, "active"], [2, "incoming"]));
    expect(difference(start, incoming)).toEqual([
      "+            - generation: 2",
      "+              phase: incoming",
    ]);
    const used = step(incoming, phases([1, "outgoing"], [2, "active"]));
    expect(difference(incoming, used)).toEqual([
      "-              phase: active # now",
      "-              phase: incoming",
      "+              phase: outgoing # now",
      "+              phase: active",
    ]);
    const gone = step(used, phases([2, "active"]), 1);
    expect(difference(used, gone)).toEqual([
      "-            - generation: 1 # it began",
      "-              phase: outgoing # now",
      "-              # its end",
      "+        restartGeneration: 1",
    ]);
    expect(sectionsOf(readStackFile(gone, "Pulumi.dev.yaml"))).toMatchObject({
      pods: [{ id: "dk" }, { id: "no", clientPort: 4223 }],
      tls: { clients: "off", authorities: [{ generation: 2, phase: "active" }] },
      cluster: { memoryLimit: "1GB", restartGeneration: 1 },
    });
  });

  it("of the VPN's keys changes their numbers alone", () => {
    const before = readStackFile(start, "Pulumi.dev.yaml");
    const path = "wireguard.keyGenerations.oslo".split(".");
    const sections = withValue(sectionsOf(before), path, 2);
    const { text } = withSections(before, sections);
    expect(difference(start, text)).toEqual([
      "-    unityplan-nats:wireguard: { mtu: 1380 } # small",
      "+    unityplan-nats:wireguard: { mtu: 1380, keyGenerations: { oslo: 2 } } # small",
    ]);
    const again = withSections(readStackFile(text, "Pulumi.dev.yaml"), withValue(sections, path, 3));
    expect(difference(text, again.text)).toEqual([
      "-    unityplan-nats:wireguard: { mtu: 1380, keyGenerations: { oslo: 2 } } # small",
      "+    unityplan-nats:wireguard: { mtu: 1380, keyGenerations: { oslo: 3 } } # small",
    ]);
  });
});
