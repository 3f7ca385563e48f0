import {
  type Alias,
  isSeq as isAnyList,
  isMap as isAnyMap,
  isScalar,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import { isMap as isPlainMap } from "../../plan/config/schema.ts";

/** A node of the library: https://eemeli.org/yaml/#content-nodes */
export type Node = Alias | Scalar | MapNode | ListNode;
export type MapNode = YAMLMap<Node, Node | null>;
export type ListNode = YAMLSeq<Node>;
/** A key with its value. The value is null where no colon follows the key. */
export type PairNode = Pair<Node, Node | null>;

/** A map of plain data. */
export type Values = Readonly<Record<string, unknown>>;

export function isMap(node: unknown): node is MapNode {
  return isAnyMap(node);
}

export function isList(node: unknown): node is ListNode {
  return isAnyList(node);
}

/** The map. Empty if the value is not a map. */
export function valuesIn(value: unknown): Values {
  return isPlainMap(value) ? value : {};
}

export function keyText({ key }: PairNode): string {
  return isScalar(key) ? String(key.source ?? "") : "";
}

/** The node below `config`. */
export function sectionsIn(root: Node | null): Node | null {
  if (!isMap(root)) return null;
  return root.items.find((pair) => keyText(pair) === "config")?.value ?? null;
}

/** The library types the range as optional, but each node of a parsed text has one. */
export function startOf(node: Node | null): number {
  return node?.range?.[0] ?? 0;
}
