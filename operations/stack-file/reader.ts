import { type Alias, isAlias, isScalar, type Scalar, visit } from "yaml";
import { type PlacedFault, placeOf } from "./faults.ts";
import {
  isList,
  isMap,
  isValues,
  keyText,
  type MapNode,
  type Node,
  type PairNode,
  sectionsIn,
  startOf,
  type Values,
} from "./nodes.ts";
import { plainScalar } from "./scalars.ts";
import { surpriseIn } from "./surprises.ts";

/** More than any file that a person writes; aliases of aliases soon stand for more than any machine can hold. */
const mostNodes = 100_000;

/** Makes plain data of nodes as Pulumi does, and finds what is at fault. */
export class Reader {
  readonly faults: PlacedFault[] = [];
  readonly surprises: PlacedFault[] = [];
  private readonly text: string;
  private readonly targets: WeakMap<Alias, Node>;
  /** Of the file itself and of `config`: Pulumi takes nothing but texts there. */
  private readonly topKeys: ReadonlySet<Node>;
  private readonly open = new Set<Node>();
  private readonly told = new WeakSet<Node>();
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
    // An alias brings what it stands for along, with its faults.
    const isKnown = this.faults.some(({ line, column }) => line === fault.line && column === fault.column);
    if (!isKnown) this.faults.push(fault);
    return undefined;
  }

  valueOf(node: Node | null): unknown {
    this.nodes++;
    if (this.nodes === mostNodes)
      this.refuse(node, "the aliases up to here stand for too much; write it out");
    if (node === null || this.nodes >= mostNodes) return null;
    if (isAlias(node)) return this.aliased(node);
    if (node.tag !== undefined && !knownTags.has(node.tag))
      return this.refuse(node, `the tag ${node.tag} is not read here; leave it out`);
    if (isMap(node)) return this.mapOf(node);
    return isList(node) ? node.items.map((item) => this.valueOf(item)) : this.scalarOf(node);
  }

  private aliased(alias: Alias): unknown {
    const target = this.targets.get(alias);
    if (target === undefined) return this.refuse(alias, `nothing before it has the anchor &${alias.source}`);
    if (this.open.has(target)) return this.refuse(alias, `*${alias.source} contains itself`);
    this.open.add(target);
    const value = this.valueOf(target);
    this.open.delete(target);
    return value;
  }

  private scalarOf(node: Scalar): unknown {
    const source = this.textOf(node);
    if (node.type === "QUOTE_DOUBLE" && this.hasFoldedGap(node))
      return this.refuse(node, "readers differ about an empty line behind a backslash; write it on one line");
    // It writes the file anew in memory before it reads the values.
    if (/^[ \t\n].*\n|^\n/s.test(source))
      return this.refuse(
        node,
        "Pulumi loses the blank that this text of several lines begins with; take it out",
      );
    if (node.type !== "PLAIN" || node.tag !== undefined) return source;
    const value = plainScalar(source);
    if (typeof value === "number" && !Number.isFinite(value))
      return this.refuse(
        node,
        `Pulumi can't hand ${source} over; write a number, or "${source}" for the text`,
      );
    this.tellSurprise(node, source);
    return value;
  }

  /** Once for a scalar, however many aliases bring it along. */
  private tellSurprise(node: Scalar, source: string): void {
    const message = surpriseIn(source);
    if (message !== undefined && !this.told.has(node))
      this.surprises.push({ ...placeOf(this.text, startOf(node)), message });
    this.told.add(node);
  }

  private hasFoldedGap({ range }: Scalar): boolean {
    return /\\\r?\n[ \t]*\r?\n/.test(this.text.slice(range?.[0], range?.[1]));
  }

  private textOf(node: Scalar): string {
    const source = String(node.source ?? "");
    const isBlock = node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED";
    // To Pulumi a text ends as its last line does, and the last line of a file may have no end.
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
        this.refuse(pair.key, `the key "${key}" stands in line ${first} already; leave one of them`);
      lines.set(key, placeOf(this.text, startOf(pair.key)).line);
      if (isMerge(pair.key)) merged.push(...this.mergedOf(pair.value));
      else own.set(key, this.valueOf(pair.value));
    }
    // What comes first counts, and a key of the map's own most of all.
    const inherited = merged.reverse().flatMap((values) => Object.entries(values));
    return Object.fromEntries([...inherited, ...own]);
  }

  private keyOf(pair: PairNode): string | undefined {
    const { key } = pair;
    const text = keyText(pair);
    if (!isScalar(key) || key.tag !== undefined) return this.refuse(key, "a key is a plain text here");
    if (pair.srcToken?.start.some(({ type }) => type === "explicit-key-ind"))
      return this.refuse(key, `a question mark stands before the key ${text}; leave it out`);
    if (this.isGlued(pair)) return this.refuse(key, `behind the colon of ${text} a blank is missing`);
    if (key.type !== "PLAIN") return text;
    const value = plainScalar(text);
    const isText = typeof value === "string" || !this.topKeys.has(key);
    if (isText && value !== null && String(value) === text) return text;
    const shown = text === "" ? "a key is missing here" : `the key ${text} is no text to Pulumi`;
    return this.refuse(key, `${shown}; write it in quotes`);
  }

  /** To Pulumi the colon of `{ a:, b: 1 }` belongs to the key. */
  private isGlued({ srcToken }: PairNode): boolean {
    const colon = srcToken?.sep?.find(({ type }) => type === "map-value-ind");
    return colon !== undefined && /[,\]}]/.test(this.text[colon.offset + 1] ?? "");
  }

  /** https://yaml.org/type/merge.html */
  private mergedOf(node: Node | null): Values[] {
    const value = this.valueOf(node);
    const maps: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (maps.every(isValues)) return [...maps];
    this.refuse(node, "`<<` takes a map, or a list of maps");
    return [];
  }
}

/** What each alias stands for: the last anchor of its name before it. */
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
