import { describe, expect, it } from "vitest";
import { StackFileError } from "../../../../operations/stack-file/faults.ts";
import { readStackFile } from "../../../../operations/stack-file/read.ts";
import { sectionsOf } from "../../../../operations/stack-file/sections.ts";

const read = (text: string) => readStackFile(text, "Pulumi.dev.yaml");
const configOf = (...lines: readonly string[]) => read(["config:", ...lines].join("\n")).config;

/** Every fault as a person reads it. */
function faultsOf(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    if (error instanceof StackFileError) return error.message.split("\n");
    throw error;
  }
  return [];
}

describe("a stack's file", () => {
  it("is read with its comments, its CRLF, the mark of its byte order, and no last line end", () => {
    const text =
      "\uFEFF# ours\r\nconfig: # all\r\n    a:b:\r\n        - no # Norway\r\n        - 010\r\n    a:c: 'x'";
    expect(read(text).config).toEqual({ "a:b": ["no", 8], "a:c": "x" });
  });

  it.each(["", "# nothing\n", "---\n", "config:\n", "config: ~\n", "encryptionsalt: v1:abc=\n"])(
    "may say nothing: %j",
    (text) => {
      expect(read(text).config).toEqual({});
    },
  );

  it("has keys of this project without its name, and some with a word that older files have", () => {
    expect(configOf("  pods: 1", "  unityplan-nats:config:tls: 2", "  docker:host: 3")).toEqual({
      "unityplan-nats:pods": 1,
      "unityplan-nats:tls": 2,
      "docker:host": 3,
    });
  });

  it("has sections, and other namespaces have sections of the same names", () => {
    const text =
      "config:\n  docker:tls: no\n  unityplan-nats:tls:\n    clients: required\n  other:tls: {}\n  rollout:\n";
    expect(sectionsOf(read(text))).toEqual({ tls: { clients: "required" } });
  });

  it("may have a section as JSON text, which the program reads too", () => {
    const text = `config:\n  unityplan-nats:pods: '[{ "id": "dk" }]'\n  unityplan-nats:rollout: rolling\n`;
    expect(sectionsOf(read(text))).toEqual({ pods: [{ id: "dk" }], rollout: "rolling" });
  });

  it("has texts in quotes and in blocks, which are no numbers", () => {
    expect(
      configOf(
        '  a:quoted: ["010", \'no\', "\\u00e9"]',
        "  a:literal: |",
        "    010",
        "  a:folded: >-",
        "    one",
        "    two",
        "  a:lines: one",
        "    two",
        "  a:said: !!str 010",
        "  a:cut: |",
        "    last",
      ),
    ).toEqual({
      "a:quoted": ["010", "no", "é"],
      "a:literal": "010\n",
      "a:folded": "one two",
      "a:lines": "one two",
      "a:said": "010",
      // Its line does not end.
      "a:cut": "last",
    });
  });

  it("has what its aliases stand for, and what comes by a merge key behind a map's own", () => {
    expect(
      configOf(
        "  a:base: &base { port: 1, user: root }",
        "  a:same: *base",
        "  a:more: { <<: *base, port: 2 }",
        "  a:first: { <<: [{ x: 1 }, { x: 2, y: 3 }] }",
        "  a:again: &base 7",
        "  a:last: *base",
      ),
    ).toEqual({
      "a:base": { port: 1, user: "root" },
      "a:same": { port: 1, user: "root" },
      "a:more": { port: 2, user: "root" },
      "a:first": { x: 1, y: 3 },
      "a:again": 7,
      "a:last": 7,
    });
  });

  it("may have a key that is no word of a language, such as __proto__ or a number", () => {
    const { "a:b": map } = configOf("  a:b: { __proto__: 1, 2: x }");
    expect(Object.entries(map as object)).toEqual([
      ["2", "x"],
      ["__proto__", 1],
    ]);
  });

  it("says with the place what a person reads differently, once for each scalar", () => {
    const { misreadings } = read(
      "config:\n  a:b: &x\n    port: 010\n    at: 2026-01-02\n  a:c: *x\n  a:d: no\n",
    );
    expect(misreadings.map(({ line, column }) => [line, column])).toEqual([
      [3, 11],
      [4, 9],
    ]);
    expect(misreadings[0]?.message).toContain("Pulumi reads 010 as 8");
  });
});

describe("a stack's file that can't be read", () => {
  it.each([
    [
      "a key twice",
      "config:\n  a:b: 1\n  a:c: 2\n  a:b: 3\n",
      'line 4, column 3: the key "a:b" is also in line 2; delete one of the two',
    ],
    [
      "a key twice in braces",
      "config: { a:b: { x: 1, x: 2 } }\n",
      'line 1, column 24: the key "x" is also in line 1; delete one of the two',
    ],
    [
      "a key with and without its name",
      "config:\n  unityplan-nats:pods: 1\n  pods: 2\n",
      'line 3, column 3: the key "pods" is the same as another key with the full name unityplan-nats:pods; delete one of the two',
    ],
    [
      "a key of too many parts",
      "config:\n  a:b:c: 1\n",
      'line 2, column 3: the key "a:b:c" has too many colons; allowed is NAMESPACE:NAME',
    ],
    ["a tab as indentation", "config:\n\ta:b: 1\n", "line 2, column 1: Tabs are not allowed as indentation"],
    [
      "a tab in an empty line",
      "config:\n  a:b: 1\n  \t\n  a:c: 1\n",
      "line 3, column 3: a tab is not allowed as indentation; use spaces",
    ],
    [
      "two documents",
      "config:\n  a:b: 1\n---\nconfig: {}\n",
      "line 4, column 1: a second YAML document starts here, and Pulumi reads only the first document; delete one of the two",
    ],
    [
      "brackets that are not closed",
      "config:\n  a:b: [1\n  a:c: 2\n",
      "line 3, column 3: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [
      "an alias of nothing",
      "config:\n  a:b: *x\n",
      "line 2, column 8: the alias *x has no anchor &x before it; write the value out",
    ],
    [
      "an alias of itself",
      "config:\n  a:b: &x [*x]\n",
      "line 2, column 12: the alias *x contains itself; write the value out",
    ],
    [
      "a merge of no map",
      "config:\n  a:b: { <<: 1 }\n",
      "line 2, column 14: the merge key << needs a map or a list of maps",
    ],
    ["a tag", "config:\n  a:b: !x 1\n", "line 2, column 11: the tag !x is not supported; delete the tag"],
    [
      "a key that is no text",
      "config:\n  a:b: { 010: x }\n",
      "line 2, column 10: the key 010 is not a string for Pulumi; put the key in quotes",
    ],
    [
      "a section whose key is no text",
      "config:\n  7: x\n",
      "line 2, column 3: the key 7 is not a string for Pulumi; put the key in quotes",
    ],
    ["no key", "config:\n  a:b: { : x }\n", "line 2, column 9: a key is missing before the colon"],
    ["a list as a key", "config:\n  a:b: { [1]: x }\n", "line 2, column 10: a key must be a plain string"],
    [
      "a question mark before a key",
      "config:\n  ? a:b\n  : 1\n",
      "line 2, column 5: the sign ? is before the key a:b; delete the sign",
    ],
    [
      "a colon that belongs to the key",
      "config:\n  a:b: { x:, y: 1 }\n",
      "line 2, column 10: a space is missing after the colon of x",
    ],
    [
      "an infinite number",
      "config:\n  a:b: .inf\n",
      'line 2, column 8: Pulumi cannot pass .inf to the program; write a finite number, or ".inf" for the string',
    ],
    ["no map", "- 1\n", "line 1, column 1: the file must be a map with the key `config`"],
    [
      "a list for its sections",
      "config:\n  - 1\n",
      "line 2, column 3: `config` must be a map with keys such as `unityplan-nats:pods`",
    ],
    [
      "a line end of its own",
      "config:\n  a:b: 1\r  a:c: 2\n",
      "line 2, column 9: the character U+000D is not allowed here; delete the character",
    ],
    [
      "a control character",
      "config:\n  a:b: \u0007\n",
      "line 2, column 8: the character U+0007 is not allowed here; delete the character",
    ],
    [
      "a text that begins with a blank line",
      "config:\n  a:b: |\n\n    x\n",
      "line 2, column 8: Pulumi drops the first character of this multi-line string; start the string with a letter, not with white space",
    ],
    [
      "an empty line behind a backslash",
      'config:\n  a:b: "x\\\n\n    y"\n',
      "line 2, column 8: YAML readers differ about an empty line after a backslash; write the string on one line",
    ],
  ])("for %s says where, and what to do", (_, text, fault) => {
    expect(faultsOf(text)).toEqual([`Pulumi.dev.yaml, ${fault}`]);
  });

  it("says everything at once", () => {
    const faults = faultsOf("config:\n  a:b: !x 1\n  a:c: { y: 1, y: 2 }\n");
    expect(faults.map((fault) => fault.slice(0, 33))).toEqual([
      "Pulumi.dev.yaml, line 2, column 1",
      "Pulumi.dev.yaml, line 3, column 1",
    ]);
  });

  it("is not expanded without end", () => {
    const levels = Array.from(
      { length: 30 },
      (_, level) => `  a:l${level + 1}: &l${level + 1} [*l${level}, *l${level}]`,
    );
    expect(faultsOf(["config:", "  a:l0: &l0 x", ...levels].join("\n")).join()).toContain(
      "expand to more than 100000 values",
    );
  });
});
