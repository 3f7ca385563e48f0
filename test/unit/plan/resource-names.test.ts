import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { componentTypes, stackType } from "../../../model/resource-types.ts";
import { parseUrn, renderUrn } from "../../../model/urn.ts";
import { leafNames, resourceNames } from "../../../plan/resource-names.ts";

type Kind = keyof typeof resourceNames;

const kinds = Object.keys(resourceNames) as Kind[];

/** As `plan/config/scalars.ts` takes them, with endings in them that are those of names too. */
const id = fc.oneof(
  fc.stringMatching(/^[a-z][a-z0-9-]{0,15}$/),
  fc
    .tuple(fc.constantFrom("a", "authority", "operator", "docker", "preshared-a", "client"), anyEnding())
    .map((words) => words.join("-")),
);
const generation = fc.integer({ min: 1, max: 1_000_000_000 });
const application = fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/);
const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,20}$/);
const leaf = fc.oneof(id.map(leafNames.pod.of), application.map(leafNames.client.of));
const hostIds = fc.uniqueArray(id, { minLength: 2, maxLength: 2 }).map((ids) => ids.sort());

function anyEnding() {
  return fc.constantFrom("1", "data", "server", "loader", "docker", "carried", "key", "wireguard-key-1");
}

/** There is one of each in a stack. */
const once = [
  ...([
    "cluster",
    "chain",
    "membership",
    "clusterGate",
    "look",
    "trust",
    "natsProvider",
    "systemUser",
  ] as const),
  ...(["survey", "vpn", "vpnGate"] as const),
];
const byGeneration = [
  "authority",
  "authorityKey",
  "operatorKey",
  "operatorRequest",
  "operatorCertificate",
] as const;
const byLeaf = ["leaf", "leafKey", "leafRequest", "leafCertificate", "leafRenewal"] as const;

/** What names of a kind are made of. */
function partsOf(kind: Kind): fc.Arbitrary<unknown> {
  const is = (some: readonly Kind[]) => some.includes(kind);
  if (is(once)) return fc.constant(resourceNames[kind].of(undefined as never));
  if (is(byGeneration)) return generation;
  if (is(byLeaf)) return leaf;
  if (kind === "hostKey") return fc.record({ hostId: id, generation });
  if (kind === "sharedKey") return fc.record({ hostIds, generation });
  if (kind === "consumer") return fc.record({ stream: word, name: word });
  return kind === "stream" || kind === "streamWithConsumers" ? word : id;
}

function urnOf(kind: Kind, parts: unknown): string {
  const { type, of } = resourceNames[kind];
  const isOfLeaf = /^leaf[A-Z]/.test(kind);
  const parents = [componentTypes.cluster, componentTypes.chain, ...(isOfLeaf ? [componentTypes.leaf] : [])];
  const types = type === componentTypes.cluster ? [type] : [...parents, type];
  return renderUrn({ stack: "dev", project: "unityplan-nats", types, name: of(parts as never) });
}

/** Every kind that takes a resource for its own, with what it reads in it. */
function readings(urn: string): [Kind, unknown][] {
  return kinds.flatMap((kind): [Kind, unknown][] => {
    const parts = resourceNames[kind].inUrn(urn);
    return parts === undefined ? [] : [[kind, parts]];
  });
}

describe("the name of a resource", () => {
  it.each(kinds)("%s is read as what it was made of, and as no other kind", (kind) => {
    fc.assert(
      fc.property(partsOf(kind), (parts) => {
        expect(readings(urnOf(kind, parts))).toEqual([[kind, parts]]);
      }),
    );
  });

  it("is that of one kind for everything that stacks are made of", () => {
    const stacks = ["dev", "prod", "local", "remote", "later", "without"];
    const urns = stacks.flatMap((stack) => {
      const file = join(import.meta.dirname, "../../golden/stacks", stack, "resources.txt");
      return readFileSync(file, "utf8").match(/^urn:.*$/gm) ?? [];
    });
    expect(urns.length).toBeGreaterThan(300);
    for (const urn of urns.filter((one) => parseUrn(one).types.at(-1) !== stackType)) {
      const [[kind, parts] = [], ...more] = readings(urn);
      expect([urn, kind, more]).toEqual([urn, expect.any(String), []]);
      expect(resourceNames[kind ?? "cluster"].of(parts as never)).toBe(parseUrn(urn).name);
    }
  });

  it("is the same for two hosts whichever is named first, and that of no other two", () => {
    const of = (...hosts: [string, string]) => resourceNames.sharedKey.of({ hostIds: hosts, generation: 1 });
    expect(of("se", "dk")).toBe(of("dk", "se"));
    expect(of("a-b", "c")).not.toBe(of("a", "b-c"));
  });

  it("is that of an operator's certificate where one is made of the operator's name, as a leaf's is", () => {
    const name = leafNames.operator.of(2);
    expect(leafNames.operator.parse(name)).toBe(2);
    expect(resourceNames.leafKey.of(name)).toBe(resourceNames.operatorKey.of(2));
    expect(resourceNames.leafRequest.of(name)).toBe(resourceNames.operatorRequest.of(2));
    expect(resourceNames.leafCertificate.of(name)).toBe(resourceNames.operatorCertificate.of(2));
  });

  it("tells the application of a certificate from a pod", () => {
    expect(leafNames.client.parse(leafNames.client.of("dk"))).toBe("dk");
    expect(leafNames.client.parse(leafNames.pod.of("dk"))).toBeUndefined();
  });
});
