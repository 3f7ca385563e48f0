import { isMap as isValues } from "../../plan/config/schema.ts";
import type { Values } from "./nodes.ts";
import { plainScalar } from "./scalars.ts";

/** The quotes of a string. `plain`: without quotes, where the string allows that. */
export type Quotes = "plain" | "single" | "double";

/** A scalar that every YAML reader reads in the same way, in blocks and between brackets. */
export function scalarText(value: unknown, quotes: Quotes = "plain"): string {
  if (typeof value !== "string") return String(value);
  if (quotes === "single" && /^[^\p{Cc}\u2028\u2029\ufeff]*$/u.test(value))
    return `'${value.replaceAll("'", "''")}'`;
  return quotes === "plain" && isPlain(value) ? value : jsonText(value);
}

/** A value on one line. */
export function flowText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowText).join(", ")}]`;
  if (!isValues(value)) return scalarText(value);
  const entries = Object.entries(value).map(([key, inner]) => `${flowKey(key)}: ${flowText(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Between braces, some readers take a colon in a key without quotes for the end of the key. */
export function flowKey(key: string): string {
  return scalarText(key, key.includes(":") ? "double" : "plain");
}

/**
 * The lines of a key and its value.
 * @param step the indentation of one level
 */
export function entryLines(key: string, value: unknown, step: string): string[] {
  const name = scalarText(key);
  const inner = innerLines(value, step);
  return inner === undefined
    ? [`${name}: ${flowText(value)}`]
    : [`${name}:`, ...inner.map((line) => step + line)];
}

/** The lines below a key. undefined: the value is on the line of the key. */
export function innerLines(value: unknown, step: string): string[] | undefined {
  if (isEmpty(value)) return undefined;
  if (isValues(value)) return Object.entries(value).flatMap(([key, inner]) => entryLines(key, inner, step));
  if (!Array.isArray(value) || !value.some((item) => typeof item === "object" && item !== null))
    return undefined;
  return value.flatMap((item) => itemLines(item, step, isSimple(item) ? "line" : "block"));
}

/** The lines of an item of a list. */
export function itemLines(item: unknown, step: string, form: "line" | "block"): string[] {
  const lines = form === "block" ? innerLines(item, step) : undefined;
  if (lines === undefined) return [`- ${flowText(item)}`];
  return lines.map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

function isSimple(item: unknown): boolean {
  if (!isValues(item)) return !Array.isArray(item);
  return Object.values(item).every((value) => typeof value !== "object" || value === null);
}

function isEmpty(value: unknown): boolean {
  return typeof value !== "object" || value === null || Object.keys(value as Values).length === 0;
}

/** `nats:2.15.1`, `orders.>`, `10.0.1.1`, `two words`. */
const plain =
  /^(?:[\p{L}\d$_./]|[+-](?=[\p{L}\d$_.]))(?:[\p{L}\p{M}\d$_./()+*>@-]|[:=](?=[\p{L}\d$_./+*>])|=$| (?=[\p{L}\d$_./(]))*$/u;

/** YAML 1.1 reads these as booleans and as numbers to the base 60. */
const old = /^(?:y|n|yes|no|on|off)$|^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?$/i;

function isPlain(text: string): boolean {
  return plain.test(text) && !old.test(text) && plainScalar(text) === text;
}

/** JSON that is also YAML: some characters are line ends in YAML and not in JSON. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
