import { isScalar, type Scalar } from "yaml";
import { isList, isMap, type ListNode, type MapNode, type Node, type PairNode } from "./nodes.ts";

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf("\n", offset - 1) + 1;
}

/** Where the end of the line begins. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  if (end === -1) return text.length;
  return end > offset && text[end - 1] === "\r" ? end - 1 : end;
}

/** As {@link lineEnd}, of the last comment below that is indented further than what the line belongs to. */
export function endWithComments(text: string, offset: number, indent: number): number {
  const end = lineEnd(text, offset);
  const below = /^(?:\r?\n[ \t]*)*\r?\n( *)#/.exec(text.slice(end));
  if (below === null || (below[1] ?? "").length <= indent) return end;
  return endWithComments(text, end + below[0].length, indent);
}

/** How a line that is added here has to end. */
export function endingAt(text: string, offset: number): string {
  const end = lineEnd(text, offset);
  const here = /^\r?\n/.exec(text.slice(end, end + 2))?.[0];
  return here ?? /\r?\n/.exec(text)?.[0] ?? "\n";
}

/** Whether nothing but blanks stands before it on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  return /^\uFEFF? *$/.test(text.slice(lineStart(text, offset), offset));
}

export function isBlockScalar(node: Node | null): node is Scalar {
  return isScalar(node) && (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED");
}

export function isBlock(node: Node | null): boolean {
  return (isMap(node) || isList(node)) && node.flow !== true;
}

/** Neither a value nor a word for nothing. */
export function isAbsent(node: Node | null): boolean {
  return isScalar(node) && node.type === "PLAIN" && node.source === "";
}

/** Where a value ends, before what else stands on its last line. */
export function endOf(text: string, node: Node): number {
  const end = node.range?.[1] ?? 0;
  // That of a block of text has the end of its last line in it.
  if (isBlockScalar(node)) return text[end - 1] === "\n" ? lineEnd(text, lineStart(text, end - 1)) : end;
  const last = isMap(node) || isList(node) ? node.items.at(-1) : undefined;
  if (last === undefined || !isBlock(node)) return end;
  return "key" in last ? endOfPair(text, last) : endOf(text, last);
}

export function endOfPair(text: string, pair: PairNode): number {
  return endOf(text, pair.value ?? pair.key);
}

/** Behind the colon of a pair; undefined: it has none. */
export function behindColon({ srcToken }: PairNode): number | undefined {
  const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
  return colon === undefined ? undefined : colon.offset + 1;
}

/** The dash of each item of a block. */
export function dashesOf(list: ListNode): number[] {
  const { srcToken } = list;
  if (srcToken?.type !== "block-seq") return [];
  return srcToken.items.flatMap(
    ({ start }) => start.find(({ type }) => type === "seq-item-ind")?.offset ?? [],
  );
}

/** Behind a comma that follows the last item in brackets; undefined: there is none. */
export function behindLastComma({ srcToken }: MapNode | ListNode): number | undefined {
  const last = srcToken?.type === "flow-collection" ? srcToken.items.at(-1) : undefined;
  if (last === undefined || last.key || last.value) return undefined;
  const comma = last.start.find(({ type }) => type === "comma");
  return comma === undefined ? undefined : comma.offset + 1;
}

/** How far a block is indented. */
export function columnOf({ srcToken }: MapNode | ListNode): number {
  return srcToken !== undefined && "indent" in srcToken ? srcToken.indent : 0;
}

/** As `>-` before a text of several lines; undefined: the value is none. */
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
