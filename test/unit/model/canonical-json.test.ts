import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffForm, documentForm, surveyForm } from "../../../model/canonical-json.ts";

/** The same value with the keys of every map in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe.each([diffForm, surveyForm, documentForm])("$name", (form) => {
  it("is the same whatever the order of the keys, and another where a list has another order", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(form(reversed(value))).toBe(form(value));
      }),
    );
    expect(form([1, 2])).not.toBe(form([2, 1]));
  });
});

const unknown = Symbol("unknown");

describe("the form for a diff", () => {
  it("has no equal of an unknown, at any depth", () => {
    expect(diffForm(unknown)).not.toBe(diffForm(unknown));
    expect(diffForm({ a: [{ b: unknown }] })).not.toBe(diffForm({ a: [{ b: unknown }] }));
  });

  it("leaves out one key, at any depth, and counts null", () => {
    expect(diffForm([{ id: "dk", ssh: { port: 22 } }], "ssh")).toBe('[{"id":"dk"}]');
    expect(diffForm({ id: "dk", ssh: unknown }, "ssh")).toBe('{"id":"dk"}');
    expect(diffForm({ a: null })).toBe('{"a":null}');
  });
});

describe("the form for a survey's state", () => {
  it("takes a field without a value for one that is not there", () => {
    expect(surveyForm({ b: { d: undefined, c: null }, a: [null, 1] })).toBe('{"a":[null,1],"b":{}}');
  });
});

describe("the form of a document", () => {
  it("is in lines, and counts null", () => {
    expect(documentForm({ b: null, a: [1], c: undefined })).toBe('{\n "a": [\n  1\n ],\n "b": null\n}');
  });
});
