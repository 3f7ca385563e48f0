/** A number that stands for every random choice of a run: given again, it makes the same ones. */
export const seed = Number(process.env.UNITYPLAN_SEED ?? Date.now() % 1_000_000);

let state = seed;

/** Any of them; which, the seed decides. */
export function anyOf<T>(items: readonly T[]): T {
  const item = items[Math.floor(next() * items.length)];
  if (item === undefined) throw new Error("there is nothing to choose from");
  return item;
}

/** Two different ones. */
export function anyTwoOf<T>(items: readonly T[]): readonly [T, T] {
  const one = anyOf(items);
  return [one, anyOf(items.filter((item) => item !== one))];
}

/** From 0 to 1, by mulberry32: https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function next(): number {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
}
