import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withConfig } from "../../../../operations/stack-file/edit.ts";
import { StackFileError } from "../../../../operations/stack-file/faults.ts";
import type { Values } from "../../../../operations/stack-file/nodes.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { withSections } from "../../../../operations/stack-file/sections.ts";

const read = (text: string) => readStackFile(text, "Pulumi.dev.yaml");

/** The text with these sections of the project. */
function edited(text: string, sections: Values): string {
  return withSections(read(text), sections).text;
}

const file = `# The prod stack.
config:
    unityplan-nats:pods:
        # Norway.
        - { id: no, clientPort: 4223 }   # no quotes

    # Who is trusted.
    unityplan-nats:tls: # mutual
        # applications
        clients:   required # all of them
        authorities:
            # the first
            - generation: 1 # a number
              phase: 'used' # now
              privateKey:
                  secure: v1:abc=
              # to here
            # after it
        # the last

    # Turns.
    unityplan-nats:rollout:   rolling
# The salt.
encryptionsalt: v1:abc=
`;
const first = { generation: 1, phase: "used", privateKey: { secure: "v1:abc=" } };
const tls = (...authorities: readonly object[]) => ({ tls: { clients: "required", authorities } });
/** Each line that is different, as in `git diff`. */
const styles = [
  ["as it is", (text: string) => text],
  ["with CRLF", (text: string) => text.replaceAll("\n", "\r\n")],
  ["without a last line end", (text: string) => text.trimEnd()],
  ["with a mark of its byte order", (text: string) => `\uFEFF${text}`],
] as const;

describe.each(styles)("a file with comments everywhere, %s,", (_, styled) => {
  it("has another value in the quotes that it had", () => {
    const after = edited(styled(file), tls({ ...first, phase: "outgoing" }));
    expect(after).toBe(styled(file.replace("'used'", "'outgoing'")));
  });

  it("has one item more behind the last one with its comments, and gives it back", () => {
    const after = edited(styled(file), tls(first, { generation: 2, phase: "incoming" }));
    const item = "            - generation: 2\n              phase: incoming\n";
    expect(after).toBe(styled(file.replace("              # to here\n", `              # to here\n${item}`)));
    expect(edited(after, tls(first))).toBe(styled(file));
  });

  it("has one section more behind the others", () => {
    const after = edited(styled(file), { cluster: { restartGeneration: 1 } });
    const rollout = "    unityplan-nats:rollout:   rolling\n";
    const section = "    unityplan-nats:cluster:\n        restartGeneration: 1\n";
    expect(after).toBe(styled(file.replace(rollout, rollout + section)));
  });

  it("is the same, to the last blank, where it says all that already", () => {
    const text = styled(file);
    expect(edited(text, { ...tls(first), rollout: "rolling" })).toBe(text);
  });
});

describe("an edit", () => {
  it.each<[string, string, Values, string]>([
    [
      "goes into braces",
      "  unityplan-nats:a: { b: 1 } # c\n",
      { a: { b: 2, c: "no" } },
      '  unityplan-nats:a: { b: 2, c: "no" } # c\n',
    ],
    ["goes into empty braces", "  unityplan-nats:a: {}\n", { a: { b: 1 } }, "  unityplan-nats:a: { b: 1 }\n"],
    [
      "goes into brackets",
      "  unityplan-nats:a: [1, 3]\n",
      { a: [1, 2, 3] },
      "  unityplan-nats:a: [1, 2, 3]\n",
    ],
    [
      "goes behind a last comma",
      "  unityplan-nats:a: [\n    1, # one\n  ]\n",
      { a: [1, 2] },
      "  unityplan-nats:a: [\n    1, 2 # one\n  ]\n",
    ],
    [
      "takes an item out of brackets",
      "  unityplan-nats:a: [x, y, z]\n",
      { a: ["x", "z"] },
      "  unityplan-nats:a: [x, z]\n",
    ],
    ["takes the last one", "  unityplan-nats:a: [x, y]\n", { a: ["x"] }, "  unityplan-nats:a: [x]\n"],
    ["fills what is empty", "  unityplan-nats:a: # c\n", { a: 1 }, "  unityplan-nats:a: 1 # c\n"],
    [
      "fills it with lines",
      "  unityplan-nats:a: # c\n  a:b: 1\n",
      { a: { b: 1 } },
      "  unityplan-nats:a: # c\n    b: 1\n  a:b: 1\n",
    ],
    [
      "makes a text of a block",
      "  unityplan-nats:a: # c\n    b: 1\n    # d\n  a:b: 1\n",
      { a: "x" },
      "  unityplan-nats:a: x # c\n  a:b: 1\n",
    ],
    [
      "empties a list",
      "  unityplan-nats:a:\n    - 1\n    - 2\n  a:b: 1\n",
      { a: [] },
      "  unityplan-nats:a: []\n  a:b: 1\n",
    ],
    [
      "makes a block of a text",
      "  unityplan-nats:a: rolling # c\n",
      { a: { mode: "rolling" } },
      "  unityplan-nats:a: { mode: rolling } # c\n",
    ],
    [
      "keeps the word behind a text of several lines",
      "  unityplan-nats:a: >- # c\n    x\n    y\n\n  a:b: 1\n",
      { a: "z" },
      "  unityplan-nats:a: z # c\n\n  a:b: 1\n",
    ],
    [
      "finds a section without the project's name",
      "  rollout: rolling\n",
      { rollout: "parallel" },
      "  rollout: parallel\n",
    ],
    [
      "knows an item by its id, wherever it stands",
      "  unityplan-nats:a:\n  # x\n  - id: x\n    n: 1\n  # y\n  - id: y\n    n: 2\n",
      { a: [{ id: "y", n: 3 }] },
      "  unityplan-nats:a:\n  # x\n  # y\n  - id: y\n    n: 3\n",
    ],
    [
      "knows an item by all that it says where its id is no name",
      "  unityplan-nats:a: [x]\n",
      { a: [{ id: [] }, {}] },
      "  unityplan-nats:a: [{ id: [] }, {}]\n",
    ],
    [
      "puts an item first",
      "  unityplan-nats:a:\n  # y\n  - id: y\n",
      { a: [{ id: "x" }, { id: "y" }] },
      "  unityplan-nats:a:\n  # y\n  - id: x\n  - id: y\n",
    ],
    [
      "writes a value in place of its alias",
      "  a:b: &x used\n  unityplan-nats:a: *x\n",
      { a: "y" },
      '  a:b: &x used\n  unityplan-nats:a: "y"\n',
    ],
    [
      "puts its own in front of what is merged",
      "  a:b: &x { p: 1 }\n  unityplan-nats:a: { <<: *x }\n",
      { a: { p: 2 } },
      "  a:b: &x { p: 1 }\n  unityplan-nats:a: { <<: *x, p: 2 }\n",
    ],
    [
      "writes what others would read otherwise in quotes",
      "  a:b: 1\n",
      {
        a: {
          list: ["no", "1:30", "010", "- x", "a, b", "", "é", "orders.>"],
          map: { "1": "x: y", no: true },
        },
      },
      '  a:b: 1\n  unityplan-nats:a:\n    list: ["no", "1:30", "010", "- x", "a, b", "", é, orders.>]\n' +
        '    map:\n      "1": "x: y"\n      "no": true\n',
    ],
  ])("%s", (_, before, sections, after) => {
    expect(edited(`config:\n${before}`, sections)).toBe(`config:\n${after}`);
  });

  it.each([
    ["", "config:\n  unityplan-nats:a: 1\n"],
    ["# mine\r\n", "# mine\r\nconfig:\r\n  unityplan-nats:a: 1\r\n"],
    ["config:\n# later\n", "config:\n  unityplan-nats:a: 1\n# later\n"],
    ["config: {}", 'config: { "unityplan-nats:a": 1 }'],
    ["encryptionsalt: v1:abc=", "encryptionsalt: v1:abc=\nconfig:\n  unityplan-nats:a: 1"],
  ])("begins a file that says nothing: %j", (before, after) => {
    expect(edited(before, { a: 1 })).toBe(after);
  });

  it("takes a section away, also the last one of a file without a last line end", () => {
    const text = "config:\n  a:b: 1\n  unityplan-nats:a:\n    b: 1";
    expect(withConfig(read(text), { "unityplan-nats:a": undefined }).text).toBe("config:\n  a:b: 1");
  });
});

describe("an edit that can't be made by itself", () => {
  it.each<[string, string, Values, string]>([
    [
      "of what an alias brings elsewhere",
      "  unityplan-nats:a: &x { p: 1 }\n  a:b: *x\n",
      { a: { p: 2 } },
      "line 2, column 29: a.p cannot be changed without another change",
    ],
    [
      "of an item in an anchored list",
      "  unityplan-nats:a: &x\n  - 1\n  - 2\n  a:b: *x\n",
      { a: [1] },
      "line 4, column 5: a[1] cannot be changed without another change",
    ],
    [
      "of what a merge key brings",
      "  a:b: &x { p: 1, q: 2 }\n  unityplan-nats:a: { <<: *x }\n",
      { a: { p: 1 } },
      "line 3, column 21: a.q cannot be changed without another change",
    ],
    [
      "that would take a comment along",
      "  unityplan-nats:a: [\n    1, # one\n    2,\n  ]\n",
      { a: [2] },
      "line 3, column 5: a[0] cannot be changed without another change",
    ],
    [
      "of the key behind a dash",
      "  unityplan-nats:a:\n  - x: 1\n    y: 2\n",
      { a: [{ y: 2 }] },
      "line 3, column 5: a[0].x cannot be changed without another change",
    ],
    [
      "of a value with a tag",
      "  unityplan-nats:a: !!str 5\n",
      { a: 6 },
      "line 2, column 27: a cannot be changed without another change",
    ],
    [
      "behind a text that would get an end by that",
      "  a:b: |\n    x",
      { a: 1 },
      "line 2, column 3: config cannot be changed without another change",
    ],
    [
      "into a text that Pulumi would lose a part of",
      "  unityplan-nats:a: x\n",
      { a: "\nx" },
      "line 2, column 21: a cannot be changed without another change",
    ],
  ])("%s is refused with the place", (_, before, sections, fault) => {
    const text = `config:\n${before}`;
    expect(() => edited(text, sections)).toThrow(StackFileError);
    expect(() => edited(text, sections)).toThrow(`Pulumi.dev.yaml, ${fault}`);
  });

  it("is refused as a whole: of two the other one is not made either", () => {
    const text = "config:\n  unityplan-nats:a: 1\n  unityplan-nats:b: &x { p: 1 }\n  a:b: *x\n";
    expect(() => edited(text, { a: 2, b: { p: 2 } })).toThrow("line 3, column 29: b.p cannot");
  });
});

/** What a person writes for a value; `@` is the place of one that is looked at. */
const values = fc.constantFrom(
  " @",
  " @ # said",
  " { a: @, b: [2, no], \"c\": 'd' } # flow",
  " [@, 010, { x: @ }]",
  "\n++clients: on\n\n++# about it\n++list: # l\n++- a: @ # a\n++  b: 2\n++  # at its end\n++- a: 5",
  "\n++- @\n++# inside\n++- b",
  "\n++deep:\n+++  deeper: @",
  " |\n++-----BEGIN-----\n++# no comment\n\n++-----END-----",
  "\n++secure: v1:abc=\n++# at its end",
  " &anchor\n++x: 1\n++y: @",
  " >-\n++folded\n++text",
  "",
);
const scalars = fc.constantFrom(
  "used",
  '"used"',
  "'it''s'",
  "5",
  "010",
  "~",
  "true",
  "2026-01-02",
  "v1:abc=",
  "é",
);
const noise = fc.array(fc.constantFrom("", "   ", "# far left", "  # near: { a", "        # far – right"), {
  maxLength: 2,
});
const names = ["unityplan-nats:pods", "unityplan-nats:tls", "rollout", "docker:host", "ångström:é"];
const sections = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom(...names),
    quote: fc.constantFrom("", "'", '"'),
    value: values,
    scalar: scalars,
    before: noise,
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 4 },
);

/** Stacks' files in many styles; the `@`s that are left are places of values. */
const written = fc
  .record({
    step: fc.constantFrom("  ", "    "),
    all: sections,
    salt: fc.constantFrom("", "encryptionsalt: v1:abc=:v1:x/y+z==\n"),
    last: noise,
    end: fc.constantFrom("\n", ""),
    ending: fc.constantFrom("\n", "\r\n"),
    mark: fc.constantFrom("", "\uFEFF"),
  })
  .map(({ step, all, salt, last, end, ending, mark }) => {
    const lines = all.flatMap(({ name, quote, value, before, scalar }) => {
      const [head = "", ...rest] = value
        .replaceAll("+", step)
        .replace("@", "\0")
        .replaceAll("@", scalar)
        .split("\n");
      return [...before, `${step}${quote}${name}${quote}:${head}`, ...rest];
    });
    // A text that runs to the very end gets an end by every line behind it.
    const lastEnd = all.at(-1)?.value.startsWith(" |") ? "\n" : end;
    return mark + ([`${salt}config:`, ...lines, ...last].join("\n") + lastEnd).replaceAll("\n", ending);
  });

const newScalars = fc.oneof(
  fc
    .string({ unit: "binary", maxLength: 12 })
    .filter((text) => !/^\s[\s\S]*\n|^\n|[\ud800-\udfff]/.test(text)),
  fc.constantFrom(
    "no",
    "on",
    "010",
    "1:30",
    "2026-01-02",
    "~",
    "",
    " ",
    "a: b",
    "#",
    "it's",
    '"',
    "x # y",
    "multi\nline",
  ),
  fc.constantFrom(0, 5, -1, 1.5, 1e21, true, false, null),
);
const newValues = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small" }, newScalars, tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 3 }),
  map: fc.dictionary(
    fc.oneof(fc.constantFrom("id", "no", "10", "a b", "x:y", "é"), fc.string({ maxLength: 5 })),
    tie("value"),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  ),
})).value;

/** What stands at a path. */
function valueAt(content: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Values)[key], content);
}

/** Plain data with another value at a path. */
function withValueAt(content: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (Array.isArray(content))
    return content.with(Number(key), withValueAt(content[Number(key)], rest, value));
  const values = content as Values;
  return { ...values, [key]: withValueAt(values[key], rest, value) };
}

/** The path of a word. */
function pathOf(content: unknown, word: string): string[] | undefined {
  if (content === word) return [];
  if (typeof content !== "object" || content === null) return undefined;
  for (const [key, inner] of Object.entries(content)) {
    const path = pathOf(inner, word);
    if (path !== undefined) return [key, ...path];
  }
  return undefined;
}

describe("any file", () => {
  it("reads the value that was written into it, and every other character is as it was", () => {
    fc.assert(
      fc.property(written, scalars, newScalars, (text, old, value) => {
        const parts = text.split("\0");
        fc.pre(parts.length > 1);
        const [before = "", ...others] = parts;
        const after = others.join(old);
        const path = pathOf(read(`${before}SLOT${after}`).config, "SLOT") ?? [];
        const file = read(before + old + after);
        // A list with such an item already: the removal of one item and the addition of another give the same data.
        const around = valueAt(file.config, path.slice(0, -1));
        fc.pre(!(Array.isArray(around) && around.includes(value)));
        const target = withValueAt(file.config, path, value) as Values;
        const edit = withConfig(file, target);
        expect(edit.text.startsWith(before)).toBe(true);
        expect(edit.text.endsWith(after)).toBe(true);
        expect(edit.text.length).toBeGreaterThanOrEqual(before.length + after.length);
        expect(valueAt(edit.config, path)).toEqual(value);
        expect(read(edit.text).config).toEqual(target);
      }),
      { numRuns: 300 },
    );
  });

  it("has a section of any kind in place of its own, and keeps what is above and below", () => {
    fc.assert(
      fc.property(written, fc.constantFrom(...names), newValues, (marked, name, value) => {
        const text = marked.replaceAll("\0", "used");
        const file = read(text);
        const key = name.includes(":") ? name : `unityplan-nats:${name}`;
        // Others may have what the anchor marks.
        fc.pre(!new RegExp(`${name}["']?: &`).test(text));
        const edit = withConfig(file, { [key]: value });
        expect(edit.config).toEqual({ ...file.config, [key]: value });
        expect(edit.content.encryptionsalt).toBe(file.content.encryptionsalt);
        const [above, below] = around(text, name);
        expect(edit.text.startsWith(above)).toBe(true);
        expect(edit.text.endsWith(below)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

/** What stands before a section, and from the next one on; of one that is not there, what goes on behind the last one. */
function around(text: string, name: string): readonly [string, string] {
  const starts = [...names, "encryptionsalt"]
    .map((one) => ({ one, at: text.search(new RegExp(`^ *["']?${one}["']?:`, "m")) }))
    .filter(({ at }) => at !== -1)
    .sort((left, right) => left.at - right.at);
  const index = starts.findIndex(({ one }) => one === name);
  if (index === -1) return [text.slice(0, starts.at(-1)?.at), ""];
  const next = starts[index + 1];
  return [text.slice(0, starts[index]?.at), next === undefined ? "" : text.slice(next.at)];
}
