import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  crossTopics,
  everyone,
  globalTopics,
  parseSubject,
  subjectsOverlap,
  subjectWithin,
  territoryTopics,
} from "../../../../model/jetstream/subjects.ts";

describe("the syntax of subjects", () => {
  it.each(["a", "a.b.c", "*", ">", "a.*.c", "a.>", "*.*.>", "$KV.x", "med-ø.🙂"])("takes %s", (subject) => {
    expect(parseSubject(subject)).toEqual({ value: subject });
  });

  it.each([
    ["", "has an empty token"],
    [".a", "has an empty token"],
    ["a..b", "has an empty token"],
    ["a.", "has an empty token"],
    ["a.>.b", 'has the wildcard ">" before its end'],
    [">.>", 'has the wildcard ">" before its end'],
    ["a*", 'has a wildcard inside the token "a*"'],
    ["a.b>", 'has a wildcard inside the token "b>"'],
    ["**", 'has a wildcard inside the token "**"'],
    ["a b", "has a space or a control character"],
    ["a.b\n", "has a space or a control character"],
    ["a.\u0000", "has a space or a control character"],
    ["a.\uFFFD", "has a space or a control character"],
    [7, "is not a subject"],
    [true, "is not a subject"],
  ])("refuses %j", (value, fault) => {
    expect(parseSubject(value)).toEqual({ fault: expect.stringContaining(fault) });
  });
});

const token = fc.constantFrom("a", "b");
const literal = fc.array(token, { minLength: 1, maxLength: 4 });
const pattern = fc
  .tuple(fc.array(fc.constantFrom("a", "b", "*"), { maxLength: 3 }), fc.constantFrom("a", "*", ">"))
  .map(([head, last]) => [...head, last].join("."));

/** The rules word by word, for one subject without wildcards. */
function matches(subject: readonly string[], filter: readonly string[]): boolean {
  const [token, ...rest] = filter;
  if (token === undefined) return subject.length === 0;
  if (subject.length === 0) return false;
  if (token === ">") return true;
  return (token === "*" || token === subject[0]) && matches(subject.slice(1), rest);
}

/** Every subject of up to five tokens over an alphabet with a letter that no pattern has. */
function allSubjects(): string[][] {
  let longest: string[][] = [[]];
  const all: string[][] = [];
  for (let length = 1; length <= 5; length++) {
    longest = longest.flatMap((head) => ["a", "b", "other"].map((last) => [...head, last]));
    all.push(...longest);
  }
  return all;
}
const subjects = allSubjects();

function matched(filter: string): Set<string> {
  return new Set(
    subjects.filter((subject) => matches(subject, filter.split("."))).map((subject) => subject.join(".")),
  );
}

describe("what wildcards have in common", () => {
  it("is an overlap exactly when some subject matches both", () => {
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const both = [...matched(one)].some((subject) => matched(other).has(subject));
        expect(subjectsOverlap(one, other)).toBe(both);
        expect(subjectsOverlap(other, one)).toBe(both);
      }),
    );
  });

  it("is a part exactly when everything that the inner one matches is matched by the outer one", () => {
    fc.assert(
      fc.property(pattern, pattern, (inner, outer) => {
        const within = [...matched(inner)].every((subject) => matched(outer).has(subject));
        expect(subjectWithin(inner, outer)).toBe(within);
      }),
    );
  });

  it("holds for subjects without wildcards", () => {
    fc.assert(
      fc.property(literal, pattern, (subject, filter) => {
        expect(subjectsOverlap(subject.join("."), filter)).toBe(matches(subject, filter.split(".")));
      }),
    );
  });
});

describe("the topic grammar", () => {
  it.each([
    ["global.user.registered", globalTopics],
    ["territory.dk.user.login", territoryTopics("dk")],
    ["cross.dk.no.collaboration_invite", crossTopics],
    [`cross.dk.${everyone}.learning_shared`, crossTopics],
  ])("has %s in %s", (topic, topics) => {
    expect(subjectWithin(topic, topics)).toBe(true);
  });

  it("keeps territories apart", () => {
    expect(subjectsOverlap(territoryTopics("dk"), territoryTopics("no"))).toBe(false);
    expect(subjectsOverlap(territoryTopics("dk"), globalTopics)).toBe(false);
    expect(subjectsOverlap(territoryTopics("dk"), crossTopics)).toBe(false);
  });
});
