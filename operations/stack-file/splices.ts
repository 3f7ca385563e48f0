/** A new text for a part of a text. */
export interface Splice {
  readonly start: number;
  /** The first character after the part. The same as `start`: the splice only inserts. */
  readonly end: number;
  readonly text: string;
}

export function inserted(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

/** @param splices must not overlap */
export function spliced(text: string, splices: readonly Splice[]): string {
  const sorted = splices.toSorted((left, right) => left.start - right.start);
  let from = 0;
  const parts = sorted.map(({ start, end, text: fresh }) => {
    const kept = text.slice(from, start);
    from = end;
    return kept + fresh;
  });
  return parts.join("") + text.slice(from);
}
