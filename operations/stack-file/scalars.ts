import { timestampText } from "./timestamps.ts";

/** What Pulumi reads. An infinite number is also one; Pulumi cannot pass that number to a program. */
export type Scalar = string | number | boolean | null;

/**
 * Reads a scalar without quotes and without a tag as Pulumi does. Pulumi follows neither YAML 1.1, where `no` is false,
 * nor the core schema of YAML 1.2, where `010` is 10. The rules are those of `resolve` in
 * https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go. Then Pulumi converts a date to a string.
 */
export function plainScalar(source: string): Scalar {
  if (words.has(source)) return words.get(source) ?? null;
  const number = /^[-+\d]/.test(source) ? numberOf(source) : fractionOf(source);
  return number ?? source;
}

const words: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...[".nan", ".NaN", ".NAN"].map((word) => [word, Number.NaN] as const),
  ...[".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"].map((word) => [word, Infinity] as const),
  ...["-.inf", "-.Inf", "-.INF"].map((word) => [word, -Infinity] as const),
]);

function numberOf(source: string): Scalar | undefined {
  const date = timestampText(source);
  if (date !== undefined) return date;
  const digits = source.replaceAll("_", "");
  return integerOf(digits) ?? floatOf(digits) ?? signedBehindItsBase(digits);
}

/** The bases of Go: `010` and `0o10` are both 8. An integer of more than 64 bits is not an integer. */
function integerOf(digits: string): number | undefined {
  const [, sign = "", base = "", value] =
    /^([-+]?)(0x(?=[\da-f])|0b(?=[01])|0o?(?=[0-7]))?([\da-f]+)$/i.exec(digits) ?? [];
  const radix = bases[base.toLowerCase()] ?? 10;
  if (value === undefined || !digitsOf[radix]?.test(value)) return undefined;
  const whole = BigInt(`${prefixes[radix]}${value}`);
  const limit = sign === "-" ? 2n ** 63n : sign === "+" ? 2n ** 63n - 1n : 2n ** 64n - 1n;
  if (whole > limit) return undefined;
  return Number(sign === "-" ? -whole : whole);
}

const bases: Readonly<Record<string, number>> = { "0x": 16, "0b": 2, "0o": 8, "0": 8 };
const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 10: "", 16: "0x" };
const digitsOf: Readonly<Record<number, RegExp>> = {
  2: /^[01]+$/,
  8: /^[0-7]+$/,
  10: /^\d+$/,
  16: /^[\da-f]+$/i,
};

function floatOf(digits: string): number | undefined {
  if (!/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(digits)) return undefined;
  return finite(Number(digits));
}

/** A number that starts with a point needs a digit on both sides of an underscore. */
function fractionOf(source: string): number | undefined {
  if (!/^\.\d+(?:_\d+)*(?:[eE][-+]?\d+(?:_\d+)*)?$/.test(source)) return undefined;
  return finite(Number(source.replaceAll("_", "")));
}

/** A number that is too large is a string. Minus zero becomes zero. */
function finite(number: number): number | undefined {
  return Number.isFinite(number) ? number + 0 : undefined;
}

/** The reader also accepts a sign after the base: `0b-11` is -3. */
function signedBehindItsBase(digits: string): number | undefined {
  const [, minus = "", base = "", sign = "", value = ""] =
    /^(-?)(0b|0o)([-+])([01]+|[0-7]+)$/.exec(digits) ?? [];
  if (value === "" || (minus !== "" && sign !== "")) return undefined;
  return integerOf(`${sign}${base}${value}`);
}
