import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { authorityEdits, type Edit, ownSections, takenOver } from "../../../../operations/rotate/edit.ts";
import type { Phase } from "../../../../operations/rotate/walk.ts";

type Entry = Record<string, unknown>;

/** What `pulumi config set --path` and `rm --path` make of a list, one edit after the other. */
function apply(raw: readonly Entry[], edits: readonly Edit[]): Entry[] {
  const list = raw.map((one) => ({ ...one }));
  for (const { path, value } of edits) {
    const [, place = "", key] = /^tls\.authorities\[(\d+)\](?:\.(\w+))?$/.exec(path) ?? [];
    const index = Number(place);
    if (value === undefined) {
      expect(key).toBeUndefined();
      expect(index).toBeLessThan(list.length);
      list.splice(index, 1);
      continue;
    }
    // Pulumi adds to a list at its end only.
    expect(index).toBeLessThanOrEqual(list.length);
    list[index] ??= {};
    (list[index] as Entry)[key ?? ""] = /^\d+$/.test(value) ? Number(value) : value;
  }
  return list;
}

const phases = (...all: readonly [number, Phase["phase"]][]): Phase[] =>
  all.map(([generation, phase]) => ({ generation, phase }));

describe("edits of the list of authorities", () => {
  it("write the default down where a file says nothing of them", () => {
    expect(authorityEdits(undefined, phases([1, "active"], [2, "incoming"]))).toEqual([
      { path: "tls.authorities[0].generation", value: "1" },
      { path: "tls.authorities[0].phase", value: "active" },
      { path: "tls.authorities[1].generation", value: "2" },
      { path: "tls.authorities[1].phase", value: "incoming" },
    ]);
  });

  it("write today's word over the old one, whatever the rotation does next", () => {
    const raw = [{ generation: 1, phase: "used" }];
    const edits = authorityEdits(raw, phases([1, "active"], [2, "incoming"]));
    expect(edits[0]).toEqual({ path: "tls.authorities[0].phase", value: "active" });
    expect(apply(raw, edits)).toEqual(phases([1, "active"], [2, "incoming"]));
  });

  it("go by the generation and not by the place", () => {
    const raw = [
      { generation: 2, phase: "incoming" },
      { generation: 1, phase: "active" },
    ];
    expect(authorityEdits(raw, phases([1, "outgoing"], [2, "active"]))).toEqual([
      { path: "tls.authorities[1].phase", value: "outgoing" },
      { path: "tls.authorities[0].phase", value: "active" },
    ]);
  });

  it("take away from the end, so that what is left keeps its place until then", () => {
    const raw = [
      { generation: 1, phase: "outgoing" },
      { generation: 2, phase: "outgoing" },
      { generation: 3, phase: "active" },
    ];
    expect(authorityEdits(raw, phases([3, "active"]))).toEqual([
      { path: "tls.authorities[2].phase", value: "active" },
      { path: "tls.authorities[1]", value: undefined },
      { path: "tls.authorities[0]", value: undefined },
    ]);
  });

  it("make any list into any other one, and keep what else an authority has", () => {
    const phase = fc.constantFrom<Phase["phase"]>("incoming", "active", "outgoing");
    const list = fc.uniqueArray(fc.record({ generation: fc.integer({ min: 1, max: 6 }), phase }), {
      selector: ({ generation }) => generation,
      maxLength: 5,
    });
    fc.assert(
      fc.property(list, list, (from, to) => {
        const raw = from.map((one) => ({ ...one, certificate: `pem of ${one.generation}` }));
        const after = apply(raw, authorityEdits(raw, to));
        const expected = to.map((one) =>
          from.some(({ generation }) => generation === one.generation)
            ? { ...one, certificate: `pem of ${one.generation}` }
            : one,
        );
        const byGeneration = (all: readonly Entry[]) =>
          [...all].sort((a, b) => Number(a.generation) - Number(b.generation));
        expect(byGeneration(after)).toEqual(byGeneration(expected));
      }),
    );
  });
});

describe("what a stack's file says", () => {
  it("is what stands below the project's own name: another program has a section called tls too", () => {
    const text = "config:\n  docker:tls: no\n  unityplan-nats:tls:\n    clients: required\n  other:tls: {}\n";
    expect(ownSections(text)).toEqual({ tls: { clients: "required" } });
  });

  it("may be nothing", () => {
    expect(ownSections("")).toEqual({});
    expect(ownSections("config:\n")).toEqual({});
  });
});

describe("an edited text that is taken over", () => {
  const tls = "unityplan-nats:tls";
  const edited =
    "config:\n  a:b: 1\n  unityplan-nats:tls:\n    clients: required\nencryptionsalt: v1:copy=\n";

  it("is taken over by its section alone", () => {
    const text = "config:\n    a:b: 1   # mine\n";
    expect(takenOver(text, edited, [tls])).toBe(
      "config:\n    a:b: 1   # mine\n    unityplan-nats:tls:\n      clients: required\n",
    );
  });

  it.each([
    ["has everything on one line", "config: { a:b: 1 }\n"],
    ["has a section in a style that ends it early", 'config: {\n  "a:b": 1 }\n'],
  ])("is taken over as a whole where a file %s", (_, text) => {
    expect(takenOver(text, edited, [tls])).toBe(
      "config:\n  a:b: 1\n  unityplan-nats:tls:\n    clients: required\n",
    );
  });

  it("leaves the salt of the file as it is: with another one its secrets could not be read", () => {
    const text = "config: { a:b: 1 }\nencryptionsalt: v1:mine=\n";
    const after = takenOver(text, edited, [tls]);
    expect(after).not.toContain("copy");
    expect(load(after)).toMatchObject({ encryptionsalt: "v1:mine=", config: { "a:b": 1 } });
  });
});
