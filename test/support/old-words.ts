import type { GoldenStack } from "./golden-stacks.ts";

/** The same stack with the configuration that the release before today's words had for it. */
export function inOldWords({ name, raw }: GoldenStack): GoldenStack {
  const entries = Object.entries(raw).map(([key, text]) => [
    key,
    text.replaceAll('"phase":"active"', '"phase":"used"').replaceAll('"skip":', '"without":'),
  ]);
  const old = Object.fromEntries(entries) as Record<string, string>;
  if (JSON.stringify(old) === JSON.stringify(raw))
    throw new Error(`${name} says nothing that had another word`);
  return { name, raw: old };
}
