import type { Parsed } from "../parsed.ts";

/**
 * Subjects and their wildcards: `*` stands for exactly one token, `>` for one or more and only at the end.
 * https://docs.nats.io/nats-concepts/subjects
 */

/** `{to}` of `cross.{from}.{to}.{action}` that speaks to every territory: nothing can publish to a wildcard. */
export const everyone = "all";

/** `global.{domain}.{action}`: events for every territory. */
export const globalTopics = "global.>";

/** `cross.{from}.{to}.{action}`: from one territory to another, or to {@link everyone}. */
export const crossTopics = "cross.*.*.>";

/** `territory.{id}.{domain}.{action}`: what stays in one territory. */
export function territoryTopics(podId: string): string {
  return `territory.${podId}.>`;
}

// The server also takes `a*` as an ordinary token; that is never meant, so it is a fault here.
const ordinaryToken = /^[^\s.*>\p{Cc}\p{Cs}\uFFFD]+$/u;

const subjectForm =
  'tokens joined by dots, "*" for one token, ">" only as the last, for example "orders.*.>"';

/** Reads a subject, with or without wildcards. */
export function parseSubject(value: unknown): Parsed<string> {
  if (typeof value !== "string") return { fault: `is not a subject; allowed ${subjectForm}` };
  const tokens = value.split(".");
  for (const [index, token] of tokens.entries()) {
    if (token === "") return { fault: `has an empty token; allowed ${subjectForm}` };
    if (token === ">" && index < tokens.length - 1) {
      return { fault: `has the wildcard ">" before its end; allowed ${subjectForm}` };
    }
    if (token === "*" || token === ">") continue;
    if (ordinaryToken.test(token)) continue;
    if (/[*>]/.test(token)) {
      return {
        fault: `has a wildcard inside the token "${token}"; a wildcard is a token of its own: allowed ${subjectForm}`,
      };
    }
    return { fault: `has a space or a control character in a token; allowed ${subjectForm}` };
  }
  return { value };
}

/** Whether some subject without wildcards matches both. */
export function subjectsOverlap(one: string, other: string): boolean {
  const left = one.split(".");
  const right = other.split(".");
  const common = Math.min(left.length, right.length);
  for (let index = 0; index < common; index++) {
    const a = left[index];
    const b = right[index];
    if (a === ">" || b === ">") return true;
    if (a !== b && a !== "*" && b !== "*") return false;
  }
  return left.length === right.length;
}

/** Whether everything that `inner` matches is matched by `outer` too. */
export function subjectWithin(inner: string, outer: string): boolean {
  const narrow = inner.split(".");
  const wide = outer.split(".");
  for (const [index, token] of wide.entries()) {
    const other = narrow[index];
    if (other === undefined) return false;
    if (token === ">") return true;
    if (other === ">") return false;
    if (token !== "*" && token !== other) return false;
  }
  return narrow.length === wide.length;
}

/** What a consumer waits for. Without a filter it has everything. */
export function filtersOf(filterSubjects: readonly string[]): readonly string[] {
  return filterSubjects.length === 0 ? [">"] : filterSubjects;
}
