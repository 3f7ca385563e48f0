import type { Detail } from "./changes.ts";

/** The lines in which two texts differ, in order: those that go (`before` alone) and those that come (`after` alone). */
export function lineDetails(path: string, before: string, after: string): Detail[] {
  const [from, to] = [before.split("\n"), after.split("\n")];
  const common = commonLengths(from, to);
  const details: Detail[] = [];
  let [left, right] = [0, 0];
  while (left < from.length || right < to.length) {
    const [goes, comes] = [from[left], to[right]];
    if (goes !== undefined && goes === comes) {
      left += 1;
      right += 1;
    } else if (
      goes !== undefined &&
      (comes === undefined || at(common, left + 1, right) >= at(common, left, right + 1))
    ) {
      details.push({ path, before: goes.trim(), after: undefined });
      left += 1;
    } else {
      details.push({ path, before: undefined, after: (comes ?? "").trim() });
      right += 1;
    }
  }
  return details;
}

/** How many lines the rests of both texts have in common, by where the rests begin. */
function commonLengths(from: readonly string[], to: readonly string[]): readonly (readonly number[])[] {
  const table = from.map(() => to.map(() => 0));
  for (let left = from.length - 1; left >= 0; left -= 1) {
    for (let right = to.length - 1; right >= 0; right -= 1) {
      const row = table[left];
      if (row === undefined) continue;
      row[right] =
        from[left] === to[right]
          ? at(table, left + 1, right + 1) + 1
          : Math.max(at(table, left + 1, right), at(table, left, right + 1));
    }
  }
  return table;
}

function at(table: readonly (readonly number[])[], row: number, column: number): number {
  return table[row]?.[column] ?? 0;
}
