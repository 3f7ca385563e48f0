import { type Node, visit } from "yaml";
import { type PlacedFault, placeOf } from "./faults.ts";

/** Characters that Pulumi's YAML reader refuses, and line ends that other readers do not know. */
const strange =
  /\r(?!\n)|[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** @returns undefined where the text has no such character */
export function strangeCharacter(text: string): PlacedFault | undefined {
  const offset = text.startsWith("\uFEFF") ? 1 : 0;
  const found = strange.exec(text.slice(offset));
  if (found === null) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const message = `the character U+${code} is not allowed here; delete the character`;
  return { ...placeOf(text, offset + found.index), message };
}

/** Pulumi refuses a tab as indentation, also in a line without anything else. */
export function tabFaults(text: string, root: Node | null): PlacedFault[] {
  const scalars: (readonly [number, number])[] = [];
  visit(root, { Scalar: (_, { range }) => void (range && scalars.push([range[0], range[1]])) });
  return [...text.matchAll(/^\uFEFF? *\t/gm)].flatMap(({ index, 0: beginning }) => {
    const tab = index + beginning.length - 1;
    if (scalars.some(([start, end]) => start < tab && tab < end)) return [];
    return [{ ...placeOf(text, tab), message: "a tab is not allowed as indentation; use spaces" }];
  });
}
