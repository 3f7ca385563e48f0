import { isDeepStrictEqual } from "node:util";
import { isMap as isValues } from "../../plan/config/schema.ts";

/** One step from a list towards another list. */
export type ListStep =
  | { readonly kind: "inside"; readonly index: number; readonly target: unknown }
  | { readonly kind: "insert"; readonly index: number; readonly target: unknown }
  | { readonly kind: "remove"; readonly index: number };

/**
 * The first step from a list towards another list. The id or the generation of an item identifies the item, not its
 * place in the list. So comments stay with their items.
 * @returns undefined where the two lists are equal
 */
export function firstListStep(old: readonly unknown[], target: readonly unknown[]): ListStep | undefined {
  const pairs = [...alignment(old, target), [old.length, target.length] as const];
  let [index, place] = [0, 0];
  for (const [nextIndex, nextPlace] of pairs) {
    const step = stepInGap(old.slice(index, nextIndex), target.slice(place, nextPlace));
    if (step !== undefined) return { ...step, index: step.index + index };
    if (nextIndex < old.length && !isDeepStrictEqual(old[nextIndex], target[nextPlace]))
      return { kind: "inside", index: nextIndex, target: target[nextPlace] };
    [index, place] = [nextIndex + 1, nextPlace + 1];
  }
  return undefined;
}

/** A step between two aligned items, for items that are only in one of the lists. */
function stepInGap(old: readonly unknown[], target: readonly unknown[]): ListStep | undefined {
  const [first] = target;
  if (
    old.length > 0 &&
    target.length > 0 &&
    [...old, ...target].every((item) => identityOf(item) === undefined)
  )
    return { kind: "inside", index: 0, target: first };
  // Insert before remove: an empty list is written in another way.
  if (target.length > 0) return { kind: "insert", index: old.length, target: first };
  return old.length > 0 ? { kind: "remove", index: old.length - 1 } : undefined;
}

type Pair = readonly [number, number];

/** The longest common subsequence, as pairs of indices: https://en.wikipedia.org/wiki/Longest_common_subsequence */
function alignment(old: readonly unknown[], target: readonly unknown[]): readonly Pair[] {
  let below: (readonly Pair[])[] = target.map(() => []).concat([[]]);
  for (let index = old.length - 1; index >= 0; index--) {
    const row: (readonly Pair[])[] = [...below];
    for (let place = target.length - 1; place >= 0; place--) {
      const [skipOld = [], skipTarget = []] = [below[place], row[place + 1]];
      const longer = skipOld.length >= skipTarget.length ? skipOld : skipTarget;
      row[place] = isSame(old[index], target[place]) ? [[index, place], ...(below[place + 1] ?? [])] : longer;
    }
    below = row;
  }
  return below[0] ?? [];
}

function isSame(one: unknown, other: unknown): boolean {
  const identity = identityOf(one);
  return identity === undefined ? isDeepStrictEqual(one, other) : identity === identityOf(other);
}

/** undefined: only the whole value identifies the item. */
function identityOf(item: unknown): string | number | undefined {
  const identity = isValues(item) ? (item.id ?? item.generation) : undefined;
  return typeof identity === "string" || typeof identity === "number" ? identity : undefined;
}
