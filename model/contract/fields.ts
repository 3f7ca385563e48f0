import { parseSubject, subjectsOverlap } from "../jetstream/subjects.ts";
import { nearest } from "../nearest.ts";
import { type CheckFailure, type Properties, unknown } from "./properties.ts";

/** One input of a resource: its default, and what is wrong with a value. */
export interface Field {
  /** undefined: the input has to be given. */
  readonly byDefault?: unknown;
  /** What may be given, in words that finish the sentence "give …". */
  readonly words: string;
  readonly faults: (value: unknown, path: string, words: string) => CheckFailure[];
}

export type Fields<Key extends string> = Readonly<Record<Key, Field>>;

/**
 * Fills in defaults and finds every fault of every input. What a preview does not know yet is let through.
 */
export function checkFields<Key extends string>(news: Properties, fields: Fields<Key>) {
  const inputs: Record<string, unknown> = { ...news };
  const failures: CheckFailure[] = [];
  for (const [path, field] of Object.entries<Field>(fields)) {
    const value = news[path] ?? field.byDefault;
    inputs[path] = value;
    if (value === undefined) failures.push({ property: path, reason: `is missing; give ${field.words}` });
    else if (value !== unknown) failures.push(...field.faults(value, path, field.words));
  }
  for (const property of Object.keys(news)) {
    if (property in fields) continue;
    const meant = nearest(property, Object.keys(fields));
    failures.push({ property, reason: `is not an input of this resource; did you mean ${meant}?` });
  }
  return { inputs, failures };
}

function rule(words: string, allowed: (value: unknown) => boolean, byDefault?: unknown): Field {
  return {
    byDefault,
    words,
    faults: (value, property) => (allowed(value) ? [] : [fault(property, value, words)]),
  };
}

function fault(property: string, value: unknown, words: string): CheckFailure {
  return { property, reason: `${JSON.stringify(value)} is not allowed; give ${words}` };
}

/** A text of one shape. It has no default. */
export function pattern(shape: RegExp, words: string): Field {
  return rule(words, (value) => typeof value === "string" && shape.test(value));
}

/** A value that only this project's own program gives, and that is not checked. */
export function anything(words: string): Field {
  return rule(words, () => true);
}

/** A text of whatever length, which may be empty. */
export function anyText(): Field {
  return rule("a text", (value) => typeof value === "string");
}

export function text(maxLength: number, byDefault?: string): Field {
  const allowed = (value: unknown) => typeof value === "string" && value.length <= maxLength;
  return rule(`a text of at most ${maxLength} characters`, allowed, byDefault);
}

/** A name that is a token of the API's subjects and a directory: nats-server's isValidAssetName. */
export function assetName(): Field {
  const allowed = (value: unknown) => typeof value === "string" && /^[^\s.*>\\/\0]{1,255}$/.test(value);
  return rule("1 to 255 characters without spaces and . * > / \\", allowed);
}

export function oneOf<Value extends string>(values: readonly Value[], byDefault: Value): Field {
  return rule(`one of ${values.join(", ")}`, (value) => values.includes(value as Value), byDefault);
}

export function flag(byDefault: boolean): Field {
  return rule("true or false", (value) => typeof value === "boolean", byDefault);
}

export function integer(lowest: number, highest: number, byDefault: number): Field {
  return rule(
    `a whole number from ${lowest} to ${highest}`,
    (value) => isWhole(value, lowest, highest),
    byDefault,
  );
}

/** A limit: -1 is unlimited. 0 is refused, because a server reads it as unlimited too. */
export function limit(unit: string, byDefault: number, highest = Number.MAX_SAFE_INTEGER): Field {
  const words = `-1 (unlimited), or a whole number of ${unit} from 1 to ${highest}`;
  return rule(words, (value) => value === -1 || isWhole(value, 1, highest), byDefault);
}

function isWhole(value: unknown, lowest: number, highest: number): boolean {
  return Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest;
}

/** Servers refuse what is shorter than 100 ms, and count in nanoseconds with 63 bits: 292 years. */
export const shortestSeconds = 0.1;
const longestSeconds = 106_751 * 86_400;

export function seconds(byDefault: number, zeroIs?: string): Field {
  const zero = zeroIs === undefined ? "" : `0 (${zeroIs}) or `;
  const allowed = (value: unknown) =>
    typeof value === "number" &&
    ((value === 0 && zeroIs !== undefined) || (value >= shortestSeconds && value <= longestSeconds));
  return rule(`${zero}a number of seconds from ${shortestSeconds} to ${longestSeconds}`, allowed, byDefault);
}

interface ListOptions {
  /** What is in the list, in words that end the sentence "give …". */
  readonly of: string;
  /** What is wrong with an item, in words that follow its value. */
  readonly fault: (item: string) => string | undefined;
  /** Whether two items can't be in one list, and in which words. */
  readonly clash?: (item: string, earlier: string) => string | undefined;
  readonly lowestLength?: number;
}

/** A list of texts. Order means nothing, so an item may be there only once. */
export function list(options: ListOptions, byDefault?: readonly string[]): Field {
  const { of, lowestLength = 0 } = options;
  const words = `a list of ${of}${lowestLength > 0 ? `, at least ${lowestLength}` : ""}`;
  const faults = (value: unknown, path: string): CheckFailure[] => {
    if (!Array.isArray(value) || value.length < lowestLength) return [fault(path, value, words)];
    return value.flatMap((item: unknown, index) => {
      if (item === unknown) return [];
      const reason = itemFault(item, value.slice(0, index), options);
      return reason === undefined
        ? []
        : [{ property: `${path}[${index}]`, reason: `${JSON.stringify(item)} ${reason}` }];
    });
  };
  return { byDefault, words, faults };
}

function itemFault(item: unknown, earlier: readonly unknown[], options: ListOptions): string | undefined {
  if (typeof item !== "string") return `is not a text; give ${options.of}`;
  const own = options.fault(item);
  if (own !== undefined) return own;
  for (const other of earlier) {
    if (other === item) return "is in the list twice; remove one";
    const clash = typeof other === "string" ? options.clash?.(item, other) : undefined;
    if (clash !== undefined) return clash;
  }
  return undefined;
}

/** Subjects that do not overlap, because a server refuses subjects that do. */
export function subjects(lowestLength: number, byDefault?: readonly string[]): Field {
  const options: ListOptions = {
    of: 'subjects such as "global.>"',
    fault: (item) => {
      const parsed = parseSubject(item);
      return "fault" in parsed ? parsed.fault : undefined;
    },
    clash: (item, other) =>
      subjectsOverlap(item, other) ? `overlaps ${JSON.stringify(other)}; give only one of them` : undefined,
    lowestLength,
  };
  return list(options, byDefault);
}

/** Whether two lists hold the same items, in whatever order. */
export function sameSet(
  left: unknown,
  right: unknown,
  fold: (item: string) => string = (item) => item,
): boolean {
  if (!Array.isArray(left) || !Array.isArray(right)) return false;
  if ([...left, ...right].some((item) => typeof item !== "string")) return false;
  const [a, b] = [new Set(left.map(fold)), new Set(right.map(fold))];
  return a.size === b.size && [...a].every((item) => b.has(item));
}

export const lowerCase = (item: string): string => item.toLowerCase();
