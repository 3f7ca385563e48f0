import { isDeepStrictEqual } from "node:util";
import { isScalar } from "yaml";
import { isMap as isValues } from "../../plan/config/schema.ts";
import {
  filled,
  type Written,
  withEntries,
  withItem,
  withoutEntry,
  withoutItem,
  withoutLines,
} from "./layout.ts";
import { firstListStep } from "./lists.ts";
import {
  isList,
  isMap,
  keyText,
  type ListNode,
  type MapNode,
  type Node,
  type PairNode,
  startOf,
  type Values,
} from "./nodes.ts";
import {
  afterColon,
  blockHeader,
  columnOf,
  dashesOf,
  endOf,
  isAbsent,
  isBlock,
  isFirstOnLine,
  lineEnd,
} from "./places.ts";
import type { Splice } from "./splices.ts";
import { flowText, type Quotes, scalarText } from "./write.ts";

export type Path = readonly (string | number)[];

/** One change of the data, and the splices that make the change in the text. */
export interface Change {
  readonly kind: "set" | "insert" | "remove";
  readonly path: Path;
  readonly value: unknown;
  /** The place for a message. */
  readonly offset: number;
  /** undefined: the text does not allow the change. */
  readonly splices: readonly Splice[] | undefined;
}

/** A place for a value. */
interface Slot {
  readonly node: Node | null;
  readonly path: Path;
  /** After the colon or the dash. undefined: there is neither. */
  readonly after: number | undefined;
  /** The column of the key or of the dash. */
  readonly column: number;
  /** Whether the value may be on lines below the key. */
  readonly isOpen: boolean;
}

/** The first change from a map of the file towards the target. undefined: the two are equal. */
export function firstChange(
  written: Written,
  map: MapNode,
  old: Values,
  target: Values,
  path: Path = [],
): Change | undefined {
  const own = new Map(map.items.map((pair) => [keyText(pair), pair]));
  for (const [key, pair] of own) {
    const slot = slotOf(map, pair, path);
    const change = key in target ? changeAt(written, slot, old[key], target[key]) : undefined;
    if (change !== undefined) return change;
  }
  const added = Object.entries(target).filter(
    ([key, value]) => !own.has(key) && !isDeepStrictEqual(old[key], value),
  );
  const offset = startOf(map);
  if (added.length > 0) {
    const value = { ...old, ...Object.fromEntries(added) };
    return { kind: "set", path, value, offset, splices: withEntries(written, map, added) };
  }
  const gone = Object.keys(old).find((key) => !(key in target));
  if (gone === undefined) return undefined;
  const pair = own.get(gone);
  const removal = { kind: "remove", path: [...path, gone], value: undefined } as const;
  // The map has the key only by a merge key.
  if (pair === undefined) return { ...removal, offset, splices: undefined };
  return { ...removal, offset: startOf(pair.key), splices: withoutEntry(written, map, pair) };
}

function changeAt(written: Written, slot: Slot, old: unknown, target: unknown): Change | undefined {
  if (isDeepStrictEqual(old, target)) return undefined;
  const { node, path } = slot;
  // An empty map or list is written in another way.
  if (Object.keys(Object(target)).length > 0) {
    if (isMap(node) && isValues(old) && isValues(target))
      return firstChange(written, node, old, target, path);
    if (isList(node) && Array.isArray(old) && Array.isArray(target))
      return changeInList(written, node, path, old, target);
  }
  const offset = node === null ? (slot.after ?? 0) : startOf(node);
  return { kind: "set", path, value: target, offset, splices: replaced(written, slot, target) };
}

function changeInList(
  written: Written,
  list: ListNode,
  path: Path,
  old: readonly unknown[],
  target: readonly unknown[],
): Change | undefined {
  const step = firstListStep(old, target);
  if (step === undefined) return undefined;
  const { kind, index } = step;
  if (kind === "inside") return changeAt(written, slotOfItem(list, index, path), old[index], step.target);
  const value = kind === "insert" ? step.target : undefined;
  const splices =
    kind === "insert" ? withItem(written, list, index, value) : withoutItem(written, list, index);
  return { kind, path: [...path, index], value, offset: startOf(list.items[index] ?? list), splices };
}

function slotOf(map: MapNode, pair: PairNode, path: Path): Slot {
  const place = { after: afterColon(pair), column: columnOf(map), isOpen: isBlock(map) };
  return { node: pair.value, path: [...path, keyText(pair)], ...place };
}

function slotOfItem(list: ListNode, index: number, path: Path): Slot {
  const dash = dashesOf(list)[index];
  const place = { after: dash === undefined ? undefined : dash + 1, column: columnOf(list), isOpen: false };
  return { node: list.items[index] ?? null, path: [...path, index], ...place };
}

function replaced(written: Written, slot: Slot, target: unknown): Splice[] | undefined {
  const { text } = written;
  const { node, after, column } = slot;
  if (node === null) return undefined;
  const isSimple = typeof target !== "object" || target === null;
  const inline = isSimple ? scalarText(target, quotesOf(node)) : flowText(target);
  const [start, end] = [startOf(node), endOf(text, node)];
  const header = blockHeader(node);
  if (header !== undefined) {
    // A comment after the header stays.
    const below = lineEnd(text, header.end);
    return [
      { ...header, text: inline },
      { start: below, end: Math.max(below, end), text: "" },
    ];
  }
  const isBelow = isBlock(node) && isFirstOnLine(text, start);
  if (!isBelow && !isAbsent(node)) return [{ start, end, text: inline }];
  if (after === undefined) return undefined;
  const value = filled(written, { ...slot, after }, target);
  return isBelow ? [value, withoutLines(text, start, end, column)] : [value];
}

function quotesOf(node: Node): Quotes {
  if (!isScalar(node)) return "plain";
  if (node.type === "QUOTE_DOUBLE") return "double";
  return node.type === "QUOTE_SINGLE" ? "single" : "plain";
}
