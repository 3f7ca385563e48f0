import type { StreamInputs } from "../../../model/contract/stream.ts";
import { sameValue } from "../../../model/jetstream/stream-canonical.ts";
import type { StreamChange } from "../changes.ts";
import { narrowerLimits } from "./limits.ts";
import { count, listed, type Sentence, says } from "./sentence.ts";

/** Properties that change in place and have no sentence of their own: one sentence for all streams with the same change. */
export function propertyMeaning(changes: readonly StreamChange[]): Sentence[] {
  const streams = new Map<string, string[]>();
  for (const { id, verb, before, after } of changes) {
    if (verb !== "changed" || before === undefined || after === undefined) continue;
    const properties = listed(otherProperties(before, after));
    if (properties !== "") streams.set(properties, [...(streams.get(properties) ?? []), id]);
  }
  return [...streams].map(([properties, ids]) => {
    const who =
      ids.length === 1
        ? `${ids.join("")} changes`
        : `${count(ids.length, "stream")} (${ids.join(", ")}) change`;
    return says(`${who} in place: ${properties}.`);
  });
}

/** Properties with sentences of their own, for every change. */
const told: ReadonlySet<string> = new Set(["name", "subjects", "placementTags", "replicas", "allowDataLoss"]);

/** Limits that get narrower have a sentence of their own too. */
function otherProperties(before: StreamInputs, after: StreamInputs): string[] {
  const narrower = narrowerLimits(before, after).map((limit) => limit.split(":")[0]);
  return (Object.keys(after) as (keyof StreamInputs)[])
    .filter((path) => !same(path, before, after))
    .filter((path) => !told.has(path) && !narrower.includes(path.replace("Seconds", "")))
    .map((path) => `${path} ${shownValue(before[path])} → ${shownValue(after[path])}`)
    .sort();
}

function same(path: keyof StreamInputs, before: StreamInputs, after: StreamInputs): boolean {
  return sameValue(path, before[path], after[path]);
}

function shownValue(value: unknown): string {
  return typeof value === "string" ? value || "(empty)" : JSON.stringify(value);
}
