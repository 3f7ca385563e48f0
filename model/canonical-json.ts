/**
 * A text that is the same for equal values, whatever the order of their keys. An unknown of a preview equals nothing:
 * JSON has no word for it.
 * @param omitted a key that does not count, at any depth
 */
export function canonical(value: unknown, omitted?: string): string {
  return JSON.stringify(value, (key, part: unknown) => {
    if (omitted !== undefined && key === omitted) return undefined;
    if (typeof part === "symbol") return { unknown: Math.random() };
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
