import { type Alias, isAlias, isScalar, type Scalar, visit } from "yaml";
import { isMap as isValues } from "../../plan/config/schema.ts";
import { type PlacedFault, placeOf } from "./faults.ts";
import { misreadingOf } from "./misreadings.ts";
import {
  isList,
  isMap,
  keyText,
  type MapNode,
  type Node,
  type PairNode,
  sectionsIn,
  startOf,
  type Values,
} from "./nodes.ts";
import { plainScalar } from "./scalars.ts";

/** No file that a person writes has more values. Aliases of aliases can expand to more than the memory holds. */
const mostNodes = 100_000;

/** Converts nodes to plain data as Pulumi does, and collects the faults. */
export class Reader {
  readonly faults: PlacedFault[] = [];
  readonly misreadings: PlacedFault[] = [];
  private readonly text: string;
  private readonly targets: WeakMap<Alias, Node>;
  /** Keys of the file itself and of `config`: Pulumi accepts only strings there. */
  private readonly topKeys: ReadonlySet<Node>;
  private readonly open = new Set<Node>();
  private readonly noted = new WeakSet<Node>();
  private nodes = 0;

  constructor(text: string, root: Node | null) {
    this.text = text;
    this.targets = targetsOf(root);
    this.topKeys = new Set(
      [root, sectionsIn(root)].flatMap((map) => (isMap(map) ? map.items.map(({ key }) => key) : [])),
    );
  }

  refuse(node: Node | null, message: string): undefined {
    const fault = { ...placeOf(this.text, startOf(node)), message };
    // A node is read once for each of its aliases.
    const isKnown = this.faults.some(({ line, column }) => line === fault.line && column === fault.column);
    if (!isKnown) this.faults.push(fault);
    return undefined;
  }

  valueOf(node: Node | null): unknown {
    this.nodes++;
    if (this.nodes === mostNodes)
      this.refuse(node, `the aliases expand to more than ${mostNodes} values; write the values out`);
    if (node === null || this.nodes >= mostNodes) return null;
    if (isAlias(node)) return this.aliased(node);
    if (node.tag !== undefined && !knownTags.has(node.tag))
      return this.refuse(node, `the tag ${node.tag} is not supported; delete the tag`);
    if (isMap(node)) return this.mapOf(node);
    return isList(node) ? node.items.map((item) => this.valueOf(item)) : this.scalarOf(node);
  }

  private aliased(alias: Alias): unknown {
    const target = this.targets.get(alias);
    if (target === undefined)
      return this.refuse(
        alias,
        `the alias *${alias.source} has no anchor &${alias.source} before it; write the value out`,
      );
    if (this.open.has(target))
      return this.refuse(alias, `the alias *${alias.source} contains itself; write the value out`);
    this.open.add(target);
    const value = this.valueOf(target);
    this.open.delete(target);
    return value;
  }

  private scalarOf(node: Scalar): unknown {
    const source = this.textOf(node);
    if (node.type === "QUOTE_DOUBLE" && this.hasFoldedGap(node))
      return this.refuse(
        node,
        "YAML readers differ about an empty line after a backslash; write the string on one line",
      );
    // Pulumi parses the file, writes the data as YAML, and parses that again.
    if (/^[ \t\n].*\n|^\n/s.test(source))
      return this.refuse(
        node,
        "Pulumi drops the first character of this multi-line string; start the string with a letter, not with white space",
      );
    if (node.type !== "PLAIN" || node.tag !== undefined) return source;
    const value = plainScalar(source);
    if (typeof value === "number" && !Number.isFinite(value))
      return this.refuse(
        node,
        `Pulumi cannot pass ${source} to the program; write a finite number, or "${source}" for the string`,
      );
    this.noteMisreading(node, source);
    return value;
  }

  /** Once for each scalar, also where aliases repeat the scalar. */
  private noteMisreading(node: Scalar, source: string): void {
    const message = misreadingOf(source);
    if (message !== undefined && !this.noted.has(node))
      this.misreadings.push({ ...placeOf(this.text, startOf(node)), message });
    this.noted.add(node);
  }

  private hasFoldedGap({ range }: Scalar): boolean {
    return /\\\r?\n[ \t]*\r?\n/.test(this.text.slice(range?.[0], range?.[1]));
  }

  private textOf(node: Scalar): string {
    const source = String(node.source ?? "");
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    // For Pulumi the string has a line end only where the last line of the file has one.
    const isCut = isBlock && (node.range?.[1] ?? 0) >= this.text.length && !this.text.endsWith("\n");
    return isCut ? source.replace(/\n$/, "") : source;
  }

  private mapOf(map: MapNode): Values {
    const own = new Map<string, unknown>();
    const lines = new Map<string, number>();
    const merged: Values[] = [];
    for (const pair of map.items) {
      const key = this.keyOf(pair);
      if (key === undefined) continue;
      const first = lines.get(key);
      if (first !== undefined)
        this.refuse(pair.key, `the key "${key}" is also in line ${first}; delete one of the two`);
      lines.set(key, placeOf(this.text, startOf(pair.key)).line);
      if (isMerge(pair.key)) merged.push(...this.mergedOf(pair.value));
      else own.set(key, this.valueOf(pair.value));
    }
    // The first map with a key wins, and the map's own keys win over all of them.
    const inherited = merged.reverse().flatMap((values) => Object.entries(values));
    return Object.fromEntries([...inherited, ...own]);
  }

  private keyOf(pair: PairNode): string | undefined {
    const { key } = pair;
    const text = keyText(pair);
    if (!isScalar(key) || key.tag !== undefined) return this.refuse(key, "a key must be a plain string");
    if (pair.srcToken?.start.some(({ type }) => type === "explicit-key-ind"))
      return this.refuse(key, `the sign ? is before the key ${text}; delete the sign`);
    if (this.isGlued(pair)) return this.refuse(key, `a space is missing after the colon of ${text}`);
    if (key.type !== "PLAIN") return text;
    const value = plainScalar(text);
    const isText = typeof value === "string" || !this.topKeys.has(key);
    if (isText && value !== null && String(value) === text) return text;
    if (text === "") return this.refuse(key, "a key is missing before the colon");
    return this.refuse(key, `the key ${text} is not a string for Pulumi; put the key in quotes`);
  }

  /** In `{ a:, b: 1 }` the colon is a part of the key for Pulumi. */
  private isGlued({ srcToken }: PairNode): boolean {
    const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
    return colon !== undefined && /[,\]}]/.test(this.text[colon.offset + 1] ?? "");
  }

  /** https://yaml.org/type/merge.html */
  private mergedOf(node: Node | null): Values[] {
    const value = this.valueOf(node);
    const maps: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (maps.every(isValues)) return [...maps];
    this.refuse(node, "the merge key << needs a map or a list of maps");
    return [];
  }
}

/** The node of each alias: the last node before the alias that has the anchor. */
function targetsOf(root: Node | null): WeakMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new WeakMap<Alias, Node>();
  visit(root, {
    Node: (_, node) => {
      const target = isAlias(node) ? anchors.get(node.source) : undefined;
      if (isAlias(node) && target !== undefined) targets.set(node, target);
      if (!isAlias(node) && node.anchor !== undefined) anchors.set(node.anchor, node as Node);
    },
  });
  return targets;
}

function isMerge(key: Node): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

const knownTags: ReadonlySet<string> = new Set(
  ["str", "map", "seq"].map((name) => `tag:yaml.org,2002:${name}`),
);
