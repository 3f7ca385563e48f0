import { plainScalar } from "./scalars.ts";

/**
 * What Pulumi reads where a person reads something else: `010` is 8 to Pulumi, and a date is a longer text.
 * @param source a scalar that has neither quotes nor a tag
 * @returns the sentence for the person; undefined where both read the same
 */
export function surpriseIn(source: string): string | undefined {
  const value = plainScalar(source);
  if (typeof value === "string") {
    if (value === source) return undefined;
    return `Pulumi reads ${source} as the text "${value}"; write "${source}" in quotes for the text as it stands`;
  }
  const decimal = /^[-+]?0[\d_]+$/.test(source) ? Number(source.replaceAll("_", "")) : value;
  if (value === decimal) return undefined;
  return `Pulumi reads ${source} as ${value}; write ${decimal} for the number as it stands, or "${source}" for the text`;
}
