import { isDeepStrictEqual } from "node:util";
import { showPath } from "../../plan/config/faults.ts";
import { isMap as isValues } from "../../plan/config/schema.ts";
import { type Change, firstChange, type Path } from "./change.ts";
import { placeOf, StackFileError } from "./faults.ts";
import { isMap, sectionsIn, type Values } from "./nodes.ts";
import { endingAt } from "./places.ts";
import { fullKey, ownName, readStackFile, type StackFile } from "./read.ts";
import { spliced } from "./splices.ts";
import { entryLines } from "./write.ts";

/**
 * The file with other values below `config`, by full keys as in `unityplan-nats:tls`. undefined removes a key. Each
 * change replaces only its own part of the text.
 * @throws StackFileError where a value cannot be changed without another change to the text
 */
export function withConfig(file: StackFile, changes: Values): StackFile {
  const { config = {}, ...rest } = file.content;
  const written = isValues(config) ? config : {};
  const keys = new Map(Object.keys(written).map((key) => [fullKey(key), key]));
  const changed = Object.entries(changes).map(([key, value]) => [keys.get(key) ?? key, value] as const);
  const all = Object.entries({ ...written, ...Object.fromEntries(changed) });
  return withContent(file, {
    ...rest,
    config: Object.fromEntries(all.filter(([, value]) => value !== undefined)),
  });
}

/** The file with this content, made as {@link withConfig} makes it. */
export function withContent(file: StackFile, target: Values): StackFile {
  const step = stepOf(file);
  let now = file;
  for (;;) {
    const change = isMap(now.root)
      ? firstChange({ text: now.text, step }, now.root, now.content, target)
      : firstLines(now, target, step);
    if (change === undefined) return now;
    now = afterChange(now, change);
  }
}

function stepOf({ root }: StackFile): string {
  const token = sectionsIn(root)?.srcToken;
  return " ".repeat((token?.type === "block-map" && token.indent) || 2);
}

/** The first key of a file without any data. */
function firstLines({ text, root }: StackFile, target: Values, step: string): Change | undefined {
  const [first] = Object.entries(target);
  if (first === undefined) return undefined;
  const [key, value] = first;
  const ending = endingAt(text, 0);
  const before = text === "" || text === "\uFEFF" || text.endsWith("\n") ? "" : ending;
  const lines = entryLines(key, value, step).map((line) => line + ending);
  const splices = [{ start: text.length, end: text.length, text: before + lines.join("") }];
  return { kind: "set", path: [key], value, offset: root?.range?.[0] ?? 0, splices };
}

/** @throws StackFileError where the new text differs from the old text in more than this change */
function afterChange(file: StackFile, change: Change): StackFile {
  const { name, text, content } = file;
  const after = change.splices === undefined ? undefined : reread(spliced(text, change.splices), name);
  if (after !== undefined && isDeepStrictEqual(after.content, changed(content, change))) return after;
  const [, section = "config", ...inside] = change.path;
  const where = showPath([ownName(String(section)), ...inside]);
  const message =
    `${where} cannot be changed without another change to the file, so nothing was changed; possible reasons are an ` +
    "anchor, an alias, a merge key, a tag, a comment between brackets, or a block string at the end of the file. Rewrite " +
    "this place without them, or change the value by hand";
  throw new StackFileError(name, [{ ...placeOf(text, change.offset), message }]);
}

function reread(text: string, name: string): StackFile | undefined {
  try {
    return readStackFile(text, name);
  } catch (error) {
    if (error instanceof StackFileError) return undefined;
    throw error;
  }
}

/** Plain data after a change. */
function changed(content: unknown, { kind, path, value }: Pick<Change, "kind" | "path" | "value">): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const inner = () => changed(contentAt(content, key), { kind, path: rest, value });
  if (Array.isArray(content)) {
    const index = Number(key);
    if (rest.length > 0 || kind === "set") return content.with(index, inner());
    return kind === "insert" ? content.toSpliced(index, 0, value) : content.toSpliced(index, 1);
  }
  const entries = Object.entries(isValues(content) ? content : {});
  const kept = entries.filter(([name]) => name !== key);
  const isGone = kind === "remove" && rest.length === 0;
  return Object.fromEntries(isGone ? kept : [...kept, [String(key), inner()]]);
}

function contentAt(content: unknown, key: Path[number]): unknown {
  return (content as Record<string, unknown> | undefined)?.[key];
}
