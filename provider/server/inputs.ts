import { type Change, type CheckFailure, type Diff, type Properties, unknown } from "../resource.ts";

/** What is allowed for an input, and how to say so. */
export interface Rule {
  readonly allowed: (value: unknown) => boolean;
  readonly words: string;
}

export const text: Rule = {
  allowed: (value) => typeof value === "string" && value !== "",
  words: "a text that is not empty",
};

export const clientUrl: Rule = {
  allowed: (value) => typeof value === "string" && /^nats:\/\/[^/\s@]+:\d+$/.test(value),
  words: 'nats://HOST:PORT, for example "nats://127.0.0.1:4222"',
};

export const address: Rule = {
  allowed: (value) => typeof value === "string" && /^[^/\s@]+:\d+$/.test(value),
  words: 'HOST:PORT, for example "127.0.0.1:6222"',
};

export const fingerprint: Rule = {
  allowed: (value) => typeof value === "string" && /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(value),
  words: "the SHA-256 fingerprint of a certificate: 32 upper-case hex pairs joined by colons",
};

export const listOfTexts: Rule = {
  allowed: (value) => Array.isArray(value) && value.every((item) => item === unknown || text.allowed(item)),
  words: "a list of texts",
};

export const texts: Rule = {
  allowed: (value) => listOfTexts.allowed(value) && (value as unknown[]).length > 0,
  words: "a list of texts with at least one entry",
};

/** Every fault at once: an input that is missing, wrong or unknown. What a preview does not know yet is let through. */
export function checkInputs(news: Properties, rules: Readonly<Record<string, Rule>>): CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, { allowed, words }] of Object.entries(rules)) {
    const value = news[property];
    if (value === unknown || allowed(value)) continue;
    const seen = value === undefined ? "is missing" : `${JSON.stringify(value)} is not allowed`;
    failures.push({ property, reason: `${seen}; give ${words}` });
  }
  for (const property of Object.keys(news)) {
    if (property in rules) continue;
    failures.push({ property, reason: `is unknown; allowed are ${Object.keys(rules).join(", ")}` });
  }
  return failures;
}

/** Compares input by input; all of them change in place. */
export function diffInputs(state: Properties, news: Properties, rules: Readonly<Record<string, Rule>>): Diff {
  const changes: Change[] = [];
  for (const path of Object.keys(rules)) {
    if (same(state[path], news[path])) continue;
    changes.push({ path, kind: state[path] === undefined ? "add" : "update", replaces: false });
  }
  return { changes, deleteBeforeReplace: false };
}

function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  return left === right && left !== unknown;
}
