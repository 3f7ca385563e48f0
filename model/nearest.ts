/**
 * The known word with the fewest edits (Levenshtein) from `word`, for its length: `adress` is nearer to
 * `publishAddress` than to `docker`. The first of equals.
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const edits =
      distance(word.toLowerCase(), candidate.toLowerCase()) / Math.max(word.length, candidate.length);
    if (edits < fewest) {
      best = candidate;
      fewest = edits;
    }
  }
  return best;
}

function distance(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...to].entries()) {
      const replaced = (previous[column] ?? 0) + (letter === other ? 0 : 1);
      const removed = (previous[column + 1] ?? 0) + 1;
      const added = (current[column] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
