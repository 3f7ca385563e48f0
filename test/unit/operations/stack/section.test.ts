import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { withSection } from "../../../../operations/stack/section.ts";

const key = "unityplan-nats:tls";

const file = `# The prod stack.
config:
  unityplan-nats:pods:
    # Norway, not false.
    - { id: "no", clientPort: 4223 }   # keep the quotes

  # Who is trusted.
  unityplan-nats:tls:
    clients: required # mutual
    authorities:
      - generation: 1
        phase: active

  # Turns.
  unityplan-nats:rollout:   rolling
# The salt.
encryptionsalt: v1:abc=
`;

const edited = `config:
  unityplan-nats:pods:
    - {id: "no", clientPort: 4223} # keep the quotes
  unityplan-nats:tls:
    clients: required # mutual
    authorities:
      - generation: 1
        phase: active
      - generation: 2
        phase: incoming
  unityplan-nats:rollout: rolling
encryptionsalt: v1:other=
`;

describe("a section that is put into a file", () => {
  it("changes nothing else of it: comments, order, spacing and the salt stay as they are", () => {
    expect(withSection(file, key, edited)).toBe(
      file.replace(
        "        phase: active\n",
        "        phase: active\n      - generation: 2\n        phase: incoming\n",
      ),
    );
  });

  it("comes behind the others where it is not there, before a comment on what follows", () => {
    const without = withSection(file, key, "config:\n");
    expect(without).not.toContain("tls");
    const rollout = "  unityplan-nats:rollout:   rolling\n";
    const [, section] = /(^ {2}unityplan-nats:tls:\n(?: {4}.*\n)+)/m.exec(edited) ?? [];
    expect(withSection(without, key, edited)).toBe(without.replace(rollout, rollout + section));
  });

  it("goes where the other text has none", () => {
    const bare = "config:\n  a:one: 1\n  unityplan-nats:tls:\n    clients: on\n\n  a:two: 2\n";
    expect(withSection(bare, key, "config: {}\n")).toBe("config:\n  a:one: 1\n\n  a:two: 2\n");
  });

  it("is a value on one line as well", () => {
    expect(withSection(file, "unityplan-nats:rollout", "config:\n  unityplan-nats:rollout: parallel\n")).toBe(
      file.replace("rollout:   rolling", "rollout: parallel"),
    );
  });

  it("may be the last one, of a file that does not end with a line end", () => {
    const text = "config:\n  a:one: 1\n  unityplan-nats:tls:\n    clients: on";
    expect(withSection(text, key, "config:\n  unityplan-nats:tls: {}\n")).toBe(
      "config:\n  a:one: 1\n  unityplan-nats:tls: {}",
    );
    expect(withSection("config:\n  a:one: 1", key, "config:\n  unityplan-nats:tls: {}\n")).toBe(
      "config:\n  a:one: 1\n  unityplan-nats:tls: {}",
    );
  });

  it("is not one whose name only begins alike, nor a comment on it, nor a text that has its name", () => {
    const text =
      "config:\n  # unityplan-nats:tls: {}\n  unityplan-nats:tlsx: 1\n  my-unityplan-nats:tls: 2\n" +
      "  a:b: |\n    unityplan-nats:tls: text\n";
    expect(withSection(text, key, "config:\n  unityplan-nats:tls: {}\n")).toBe(
      `${text.trimEnd()}\n  unityplan-nats:tls: {}\n`,
    );
  });
});

describe("a file as people write it", () => {
  const set = "config:\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n";

  it.each<[string, string, string]>([
    [
      "has a list as far left as its key, one item on lines of its own",
      "config:\n  unityplan-nats:tls:\n  -\n    generation: 1\n  - generation: 3\n  a:b: 1\n",
      "config:\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n  a:b: 1\n",
    ],
    [
      "has comments within a section that stand far left",
      "config:\n  unityplan-nats:tls:\n    authorities:\n# - generation: 0\n  # the first\n      - generation: 1\n  a:b: 1\n",
      "config:\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n  a:b: 1\n",
    ],
    [
      "has a comment on the next section",
      "config:\n  unityplan-nats:tls: {}\n  # about b\n  a:b: 1\n",
      "config:\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n  # about b\n  a:b: 1\n",
    ],
    [
      "has quotes around the key",
      "config:\n  \"unityplan-nats:tls\": {} # mine\n  'a:b': 1\n",
      "config:\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n  'a:b': 1\n",
    ],
    [
      "has four spaces a level",
      "config:\n    unityplan-nats:tls:\n        clients: on\n    a:b: 1\n",
      "config:\n    unityplan-nats:tls:\n      authorities:\n        - generation: 2\n    a:b: 1\n",
    ],
    [
      "has four spaces a level, and no such section",
      "config:\n    # first\n    a:b: 1\n",
      "config:\n    # first\n    a:b: 1\n    unityplan-nats:tls:\n      authorities:\n        - generation: 2\n",
    ],
    [
      "has one space a level",
      "config:\n unityplan-nats:tls: {}\n a:b: 1\n",
      "config:\n unityplan-nats:tls:\n   authorities:\n     - generation: 2\n a:b: 1\n",
    ],
    [
      "begins with the salt",
      "encryptionsalt: v1:abc=\nconfig:\n  a:b: 1\n",
      "encryptionsalt: v1:abc=\nconfig:\n  a:b: 1\n  unityplan-nats:tls:\n    authorities:\n      - generation: 2\n",
    ],
  ])("%s", (_, text, expected) => {
    expect(withSection(text, key, set)).toBe(expected);
    expect(load(expected)).toMatchObject({
      config: { "unityplan-nats:tls": { authorities: [{ generation: 2 }] } },
    });
  });
});

/** A stack's file in many styles: the lines of its sections with the noise that people put between them. */
const values = fc.constantFrom<(indent: string) => string[]>(
  () => [" rolling"],
  () => [" { a: 1, b: [2] } # flow"],
  (indent) => ["", `${indent}clients: on`, "", `${indent}list:`, `${indent}- a: 1`, `${indent}  b: 2`],
  (indent) => ["", `${indent}- a`, `${indent}# inside`, `${indent}- b`],
  (indent) => [" |", `${indent}-----BEGIN-----`, `${indent}# no comment`, "", `${indent}-----END-----`],
  (indent) => ["", `${indent}secure: v1:abc=`, `${indent}# at its end`],
);
const noise = fc.array(fc.constantFrom("", "   ", "# far left", "  # near", "      # far right"), {
  maxLength: 3,
});
const names = ["unityplan-nats:pods", "unityplan-nats:tls", "unityplan-nats:rollout", "docker:host"];
const sections = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names),
    value: values,
    before: noise,
    quote: fc.constantFrom("", "'", '"'),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
);
const stackFile = fc
  .record({
    step: fc.constantFrom("  ", "    "),
    sections,
    salt: fc.constantFrom("", "encryptionsalt: v1:abc=\n"),
    last: noise,
    lineEnd: fc.constantFrom("\n", ""),
  })
  .map(({ step, sections: all, salt, last, lineEnd }) => {
    const lines = all.flatMap(({ name, value, before, quote }) => {
      const [first = "", ...rest] = value(step + step);
      return [...before, `${step}${quote}${name}${quote}:${first}`, ...rest];
    });
    return [`${salt}config:`, ...lines, ...last].join("\n") + lineEnd;
  });

const configOf = (text: string) => (load(text) as { config: Record<string, unknown> }).config;

describe("any file", () => {
  it("is the same when a section is put in place of itself", () => {
    fc.assert(
      fc.property(stackFile, fc.constantFrom(...names), (text, name) => {
        expect(withSection(text, name, text)).toBe(text);
      }),
    );
  });

  it("has exactly that section of the other one, and all else of its own", () => {
    fc.assert(
      fc.property(stackFile, stackFile, fc.constantFrom(...names), (text, other, name) => {
        const { [name]: mine, ...rest } = configOf(text);
        const { [name]: wanted } = configOf(other);
        fc.pre(Object.keys(rest).length > 0);
        const expected = wanted === undefined ? rest : { ...rest, [name]: wanted };
        expect(configOf(withSection(text, name, other))).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("gets back what it was when the section is put back", () => {
    fc.assert(
      fc.property(stackFile, stackFile, fc.constantFrom(...names), (text, other, name) => {
        fc.pre(name in configOf(text) && name in configOf(other));
        const there = withSection(text, name, other);
        expect(withSection(there, name, text)).toBe(text);
      }),
    );
  });
});
