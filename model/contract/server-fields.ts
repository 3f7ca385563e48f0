import { type Field, type Fields, list, pattern } from "./fields.ts";
import { type Change, type Diff, unknown } from "./properties.ts";

export const present = pattern(/./, "a text that is not empty");
export const clientUrl = pattern(
  /^nats:\/\/[^/\s@]+:\d+$/,
  'nats://HOST:PORT, for example "nats://127.0.0.1:4222"',
);
export const address = pattern(/^[^/\s@]+:\d+$/, 'HOST:PORT, for example "127.0.0.1:6222"');
export const fingerprint = pattern(
  /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/,
  "the SHA-256 fingerprint of a certificate: 32 upper-case hex pairs joined by colons",
);

export const instant = pattern(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/, 'a time such as "2027-11-23T00:00:00Z"');

/** A list of texts that are not empty. */
export function texts(of: string, lowestLength: number): Field {
  return list({ of, lowestLength, fault: (item) => (item === "" ? "is empty" : undefined) });
}

/** Compares input by input; all of them change in place. */
export function diffInputs<Key extends string>(
  state: { readonly [Name in NoInfer<Key>]?: unknown },
  news: { readonly [Name in NoInfer<Key>]?: unknown },
  fields: Fields<Key>,
): Diff {
  const changes: Change[] = [];
  for (const path of Object.keys(fields) as Key[]) {
    if (same(state[path], news[path])) continue;
    changes.push({ path, kind: state[path] === undefined ? "add" : "update", replaces: false });
  }
  return { changes, deleteBeforeReplace: false };
}

/** What a preview does not know yet is never the same. */
function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  return left === right && left !== unknown;
}

/** The texts that are known of a list. */
export function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}
