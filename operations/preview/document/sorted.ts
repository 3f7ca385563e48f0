/** A sorted copy. By code unit: the same on every machine, whatever its language. */
export function byText<Item>(items: readonly Item[], textOf: (item: Item) => string): Item[] {
  return [...items].sort((left, right) => {
    const [one, other] = [textOf(left), textOf(right)];
    return one < other ? -1 : one > other ? 1 : 0;
  });
}
