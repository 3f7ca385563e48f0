/** A thing as it was and as it is to be; at least one of them is there. */
export interface Pair<Item> {
  readonly id: string;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

/** The same things of two lists, by what they are known by, and never by their places. */
export function pairsOf<Item>(
  before: readonly Item[],
  after: readonly Item[],
  idOf: (item: Item) => string,
): Pair<Item>[] {
  const [from, to] = [before, after].map((items) => new Map(items.map((item) => [idOf(item), item])));
  const ids = new Set([...(from?.keys() ?? []), ...(to?.keys() ?? [])]);
  return [...ids].sort().map((id) => ({ id, before: from?.get(id), after: to?.get(id) }));
}
