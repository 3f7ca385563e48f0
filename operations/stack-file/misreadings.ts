import { plainScalar } from "./scalars.ts";

/**
 * A value that Pulumi reads in another way than a person: `010` is 8 for Pulumi, and a date is a longer string.
 * @param source a scalar without quotes and without a tag
 * @returns what Pulumi reads, and the fix; undefined: Pulumi and a person read the same value
 */
export function misreadingOf(source: string): string | undefined {
  const value = plainScalar(source);
  if (typeof value === "string") {
    if (value === source) return undefined;
    return `Pulumi reads ${source} as the string "${value}"; write "${source}" in quotes to keep the string as it is`;
  }
  const decimal = /^[-+]?0[\d_]+$/.test(source) ? Number(source.replaceAll("_", "")) : value;
  if (value === decimal) return undefined;
  return `Pulumi reads ${source} as ${value}; write ${decimal} for the decimal number, or "${source}" for the string`;
}
