/**
 * One thing that an update means for the running cluster.
 * - `says`: this happens.
 * - `unchecked`: only the servers know, and they were not asked.
 * - `loses`: messages are lost, with consent.
 * - `refused`: `up` would stop there.
 */
export interface Sentence {
  readonly tone: "says" | "unchecked" | "loses" | "refused";
  readonly text: string;
}

export const says = (text: string): Sentence => ({ tone: "says", text });
export const unchecked = (text: string): Sentence => ({ tone: "unchecked", text });
export const loses = (text: string): Sentence => ({ tone: "loses", text });
export const refused = (text: string): Sentence => ({ tone: "refused", text });

/** `1 message`, `12,345 messages`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-US")} ${number === 1 ? one : many}`;
}

/** `dk`, `dk and no`, `dk, no and se`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
