import { isMap, type ListNode, type MapNode, type Node, type PairNode, startOf } from "./nodes.ts";
import {
  afterLastComma,
  columnOf,
  dashesOf,
  endingAt,
  endOf,
  endOfPair,
  endWithComments,
  isBlock,
  isFirstOnLine,
  lineEnd,
  lineStart,
} from "./places.ts";
import { inserted, type Splice } from "./splices.ts";
import { entryLines, flowKey, flowText, innerLines, itemLines } from "./write.ts";

/** A text with its style. */
export interface Written {
  readonly text: string;
  /** The indentation of one level. */
  readonly step: string;
}

/** The place of a value that is not written yet. */
export interface Gap {
  /** After the colon or the dash. */
  readonly after: number;
  /** The column of the key or of the dash. */
  readonly column: number;
  /** Whether the value may be on lines below the key. */
  readonly isOpen: boolean;
}

export function filled({ text, step }: Written, { after, column, isOpen }: Gap, value: unknown): Splice {
  const lines = isOpen ? innerLines(value, step) : undefined;
  if (lines === undefined) return inserted(after, ` ${flowText(value)}`);
  return inserted(lineEnd(text, after), onLines(lines, endingAt(text, after), " ".repeat(column) + step));
}

/** Adds keys after the last key of a map. */
export function withEntries(
  written: Written,
  map: MapNode,
  entries: readonly (readonly [string, unknown])[],
): Splice[] | undefined {
  const last = map.items.at(-1);
  if (!isBlock(map)) {
    const texts = entries.map(([key, value]) => `${flowKey(key)}: ${flowText(value)}`);
    return [addedInBrackets(written, map, texts.join(", "))];
  }
  if (last === undefined) return undefined;
  const lines = entries.flatMap(([key, value]) => entryLines(key, value, written.step));
  return [linesAfter(written, endOfPair(written.text, last), lines, columnOf(map))];
}

export function withoutEntry({ text }: Written, map: MapNode, pair: PairNode): Splice[] | undefined {
  const start = startOf(pair.key);
  if (isBlock(map)) {
    if (!isFirstOnLine(text, start)) return undefined;
    return [withoutLines(text, start, endOfPair(text, pair), columnOf(map))];
  }
  const spans = map.items.map((one) => [startOf(one.key), endOfPair(text, one)] as const);
  return withoutSpan(text, spans, map.items.indexOf(pair));
}

export function withItem(
  written: Written,
  list: ListNode,
  index: number,
  item: unknown,
): Splice[] | undefined {
  const { text, step } = written;
  const [before, next] = [list.items[index - 1], list.items[index]];
  if (!isBlock(list)) {
    if (next === undefined) return [addedInBrackets(written, list, flowText(item))];
    return [inserted(startOf(next), `${flowText(item)}, `)];
  }
  const sibling = before ?? next;
  const [dash] = dashesOf(list);
  if (sibling === undefined || dash === undefined) return undefined;
  const lines = itemLines(item, step, isBlock(sibling) ? "block" : "line");
  if (before !== undefined) return [linesAfter(written, endOf(text, before), lines, columnOf(list))];
  const nextLine = endingAt(text, dash) + " ".repeat(columnOf(list));
  return [inserted(dash, lines.map((line) => line + nextLine).join(""))];
}

export function withoutItem({ text }: Written, list: ListNode, index: number): Splice[] | undefined {
  const item = list.items[index];
  if (item === undefined) return undefined;
  if (!isBlock(list)) {
    const spans = list.items.map((one) => [startOf(one), endOf(text, one)] as const);
    return withoutSpan(text, spans, index);
  }
  const dash = dashesOf(list)[index];
  if (dash === undefined || !isFirstOnLine(text, dash)) return undefined;
  return [withoutLines(text, dash, endOf(text, item), columnOf(list))];
}

/**
 * Removes whole lines, and the comments that belong to them.
 * @param first a place in the first line
 * @param last a place in the last line
 * @param column a comment below belongs to the lines if the comment is indented more than this
 */
export function withoutLines(text: string, first: number, last: number, column: number): Splice {
  const mark = text.startsWith("\uFEFF") ? 1 : 0;
  const start = Math.max(lineStart(text, first), mark);
  const end = endWithComments(text, last, column);
  if (end < text.length) return { start, end: end + endingAt(text, end).length, text: "" };
  // The line before becomes the last line of a file without a last line end.
  return { start: start === mark ? start : lineEnd(text, lineStart(text, start - 1)), end, text: "" };
}

/** Removes an item between brackets and one comma. undefined: a comment is there. */
function withoutSpan(
  text: string,
  spans: readonly (readonly [number, number])[],
  index: number,
): Splice[] | undefined {
  const [before, own, next] = [spans[index - 1], spans[index], spans[index + 1]];
  if (own === undefined) return undefined;
  const start = next === undefined ? (before?.[1] ?? own[0]) : own[0];
  const end = next === undefined ? own[1] : next[0];
  const beside = text.slice(start, own[0]) + text.slice(own[1], end);
  return /^[\s,]*$/.test(beside) ? [{ start, end, text: "" }] : undefined;
}

function addedInBrackets({ text }: Written, collection: MapNode | ListNode, entry: string): Splice {
  const comma = afterLastComma(collection);
  if (comma !== undefined) return inserted(comma, ` ${entry}`);
  const last: PairNode | Node | undefined = collection.items.at(-1);
  if (last !== undefined)
    return inserted("key" in last ? endOfPair(text, last) : endOf(text, last), `, ${entry}`);
  const [start, end] = [startOf(collection) + 1, endOf(text, collection) - 1];
  const isBare = text.slice(start, end).trim() === "";
  return { start, end: isBare ? end : start, text: isMap(collection) ? ` ${entry} ` : entry };
}

function linesAfter({ text }: Written, offset: number, lines: readonly string[], column: number): Splice {
  const at = endWithComments(text, offset, column);
  return inserted(at, onLines(lines, endingAt(text, offset), " ".repeat(column)));
}

function onLines(lines: readonly string[], ending: string, indent: string): string {
  return lines.map((line) => ending + indent + line).join("");
}
