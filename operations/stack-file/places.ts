import { isScalar, type Scalar } from "yaml";
import { isList, isMap, type ListNode, type MapNode, type Node, type PairNode } from "./nodes.ts";

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** The end of the line, before its line end. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end === -1) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** The end of the line, or of the last comment below the line that is indented more than `indent`. */
export function endWithComments(text: string, offset: number, indent: number): number {
  const end = lineEnd(text, offset);
  const below = /^(?:\r?\n[ \t]*)*\r?\n( *)#/.exec(text.slice(end));
  if (below === null || (below[1] ?? "").length <= indent) return end;
  return endWithComments(text, end + below[0].length, indent);
}

/** The line end that a new line at this place needs. */
export function endingAt(text: string, offset: number): string {
  const end = lineEnd(text, offset);
  const here = /^\r?\n/.exec(text.slice(end, end + 2))?.[0];
  return here ?? /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** Whether only spaces are before this place on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return /^\uFEFF? *$/.test(text.slice(lineStart(text, offset), offset));
}

export function isBlockScalar(node: Node | null): node is Scalar {
  return isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
}

export function isBlock(node: Node | null): boolean {
  return (isMap(node) || isList(node)) && node.flow !== true;
}

/** Nothing is written: neither a value nor `null`. */
export function isAbsent(node: Node | null): boolean {
  return isScalar(node) && node.type === "PLAIN" && node.source === "";
}

/** The end of a value, without a comment on its last line. */
export function endOf(text: string, node: Node): number {
  const end = node.range?.[1] ?? 0;
  // The range of a block string includes its last line end.
  if (isBlockScalar(node)) return text[end - 1] === "\n" ? lineEnd(text, lineStart(text, end - 1)) : end;
  const last = isMap(node) || isList(node) ? node.items.at(-1) : undefined;
  if (last === undefined || !isBlock(node)) return end;
  return "key" in last ? endOfPair(text, last) : endOf(text, last);
}

export function endOfPair(text: string, pair: PairNode): number {
  return endOf(text, pair.value ?? pair.key);
}

/** The place after the colon. undefined: the pair has no colon. */
export function afterColon({ srcToken }: PairNode): number | undefined {
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  return colon === undefined ? undefined : colon.offset + 1;
}

/** The dash of each item of a block list. */
export function dashesOf(list: ListNode): number[] {
  const { srcToken } = list;
  if (srcToken?.type !== "block-seq") return [];
  return srcToken.items.flatMap(
    ({ start }) => start.find(({ type }) => type === "seq-item-ind")?.offset ?? [],
  );
}

/** The place after a comma that follows the last item between brackets. undefined: there is no such comma. */
export function afterLastComma({ srcToken }: MapNode | ListNode): number | undefined {
  const last = srcToken?.type === "flow-collection" ? srcToken.items.at(-1) : undefined;
  if (last === undefined || last.key || last.value) return undefined;
  const comma = last.start.find(({ type }) => type === "comma");
  return comma === undefined ? undefined : comma.offset + 1;
}

/** The column in which a block starts, from 0. */
export function columnOf({ srcToken }: MapNode | ListNode): number {
  return srcToken !== undefined && "indent" in srcToken ? srcToken.indent : 0;
}

/** The `|` or `>-` of a block string. undefined: the node is not a block string. */
export function blockHeader({
  srcToken,
}: Node): { readonly start: number; readonly end: number } | undefined {
  const header =
    srcToken?.type === "block-scalar"
      ? srcToken.props.find(({ type }) => type === "block-scalar-header")
      : undefined;
  if (header === undefined || !("source" in header)) return undefined;
  return { start: header.offset, end: header.offset + header.source.length };
}
