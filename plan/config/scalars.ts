import { z } from "zod";
import { parseSubject } from "../../model/jetstream/subjects.ts";
import { nearest } from "../../model/nearest.ts";
import type { Parsed } from "../../model/parsed.ts";
import {
  durationForm,
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
  sizeForm,
} from "../../model/units.ts";
import { type Showing, show } from "./faults.ts";

/**
 * A schema of one value. A fault is the rest of a sentence that begins with the path: `70000 is not a port; allowed …`.
 * @param form what is allowed, for the fault of a missing value
 */
export function scalar<T>(form: string, read: (value: unknown) => Parsed<T>, showing: Showing = "shown") {
  return z.unknown().transform((value, context): T => {
    const parsed: Parsed<T> = isAbsent(value) ? { fault: `is missing; allowed ${form}` } : read(value);
    if ("value" in parsed) return parsed.value;
    const message = isAbsent(value) ? parsed.fault : withValue(value, parsed.fault, showing);
    context.issues.push({ code: "custom", message, input: value });
    return z.NEVER;
  });
}

function withValue(value: unknown, fault: string, showing: Showing): string {
  return showing === "shown" ? `${show(value)} ${fault}` : `${fault} (its value is not shown)`;
}

// A key without a value is null in YAML.
function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Text that matches `pattern`; `what` with its article, `form` in words with an example. */
export function text(what: string, form: string, pattern: RegExp) {
  return scalar(form, (value) =>
    typeof value === "string" && pattern.test(value)
      ? { value }
      : { fault: `is not ${what}; allowed ${form}` },
  );
}

export function choice<const Word extends string>(...words: readonly Word[]) {
  const form = words.map((word) => `"${word}"`).join(", ");
  return scalar(form, (value): Parsed<Word> => {
    const word = words.find((candidate) => candidate === value);
    if (word !== undefined) return { value: word };
    const near = typeof value === "string" ? nearest(value, words) : undefined;
    return {
      fault: `is not known; allowed ${form}${near === undefined ? "" : `; the nearest is "${near}"`}`,
    };
  });
}

export const flag = scalar("true or false", (value) =>
  typeof value === "boolean"
    ? { value }
    : { fault: "is neither true nor false; write one of them without quotes" },
);

/** A whole number from `least` to `most`. */
export function whole(what: string, least: number, most: number, example: number) {
  const form = `${least} to ${most}, for example ${example}`;
  return scalar(form, (value) => {
    if (typeof value === "string" && /^\d+$/.test(value)) {
      return { fault: `is text, not a number; write ${value} without quotes: allowed ${form}` };
    }
    const fits = typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
    return fits ? { value } : { fault: `is not ${what}; allowed ${form}` };
  });
}

/** Seconds, from `leastSeconds` on. */
export function duration(leastSeconds: number) {
  return scalar(durationForm, (value) => atLeast(parseDuration(value), leastSeconds, formatDuration));
}

/** Bytes. Without other limits: from the smallest unit on. */
export function size({ mostBytes = Number.MAX_SAFE_INTEGER, leastBytes = 1024 } = {}) {
  return scalar(sizeForm, (value): Parsed<number> => {
    const parsed = atLeast(parseSize(value), leastBytes, formatSize);
    if ("value" in parsed && parsed.value > mostBytes) {
      return { fault: `is too large; allowed at most ${formatSize(mostBytes)}` };
    }
    return parsed;
  });
}

function atLeast(parsed: Parsed<number>, least: number, format: (amount: number) => string): Parsed<number> {
  return "value" in parsed && parsed.value < least
    ? { fault: `is too small; allowed at least ${format(least)}` }
    : parsed;
}

/** A value of its own kind or the word `unlimited`, which becomes `unlimited`. */
export function orUnlimited<T>(schema: z.ZodType<T>, unlimited: T) {
  return z.unknown().transform((value, context): T => {
    if (value === "unlimited") return unlimited;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      context.issues.push({ code: "custom", message: `${issue.message}, or "unlimited"`, input: value });
    }
    return z.NEVER;
  });
}

export const port = whole("a port", 1, 65535, 4223);

export const subject = scalar('a subject, for example "orders.*.>"', parseSubject);

/** Ids of pods and hosts: short enough for a host name, and the same in every letter case. */
export function identifier(what: string) {
  const form = "a lower-case letter, then up to 15 lower-case letters, digits or dashes, for example dk";
  return scalar(form, (value): Parsed<string> => {
    if (typeof value === "boolean") {
      return {
        fault: `is a boolean, not ${what}; YAML may read an unquoted no, off, yes or on as a boolean: quote the id, for example id: "no"`,
      };
    }
    if (typeof value === "number") return { fault: `is a number, not ${what}; allowed ${form}` };
    return typeof value === "string" && /^[a-z][a-z0-9-]{0,15}$/.test(value)
      ? { value }
      : { fault: `is not ${what}; allowed ${form}` };
  });
}

/** Names of streams and consumers: https://docs.nats.io/running-a-nats-service/nats_admin/jetstream_admin/naming */
export function assetName(what: string) {
  const form = "up to 255 letters, digits, dashes and underscores (no dots, spaces, wildcards, slashes)";
  return text(what, form, /^[A-Za-z0-9_-]{1,255}$/);
}
