import { isDeepStrictEqual } from "node:util";
import type { Detail } from "../changes.ts";
import { pair } from "../values.ts";

/** Which properties of two things differ, in the order of their names; those of an object within have a path each. */
export function fieldDetails(before: object, after: object, start = ""): Detail[] {
  const [from, to] = [flat(before, start), flat(after, start)];
  return [...new Set([...from.keys(), ...to.keys()])]
    .sort()
    .filter((path) => !isDeepStrictEqual(from.get(path), to.get(path)))
    .map((path) => pair(path, from.get(path), to.get(path)));
}

/** Lists are one value. What is not there and what is undefined is the same: JSON knows only the one. */
function flat(value: object, start: string): Map<string, unknown> {
  const entries = Object.entries(value).flatMap(([key, inner]): (readonly [string, unknown])[] => {
    if (inner === undefined) return [];
    const path = start === "" ? key : `${start}.${key}`;
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return [[path, inner]];
    return [...flat(inner, path)];
  });
  return new Map(entries);
}
