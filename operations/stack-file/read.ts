import { parseAllDocuments } from "yaml";
import { isMap as isValues } from "../../plan/config/schema.ts";
import { strangeCharacter, tabFaults } from "./characters.ts";
import { type PlacedFault, placeOf, StackFileError } from "./faults.ts";
import { isMap, keyText, type Node, sectionsIn, type Values } from "./nodes.ts";
import { Reader } from "./reader.ts";

/** A stack's file as Pulumi reads it. A secret is a map with its encrypted text: `{ secure: … }`. */
export interface StackFile {
  /** As in `Pulumi.dev.yaml`. */
  readonly name: string;
  readonly text: string;
  /** null: the file has no data. */
  readonly root: Node | null;
  /** All data of the file. */
  readonly content: Values;
  /** The data below `config`, by full keys as in `unityplan-nats:pods`. */
  readonly config: Values;
  /** Values that Pulumi reads in another way than a person. */
  readonly misreadings: readonly PlacedFault[];
}

/** The namespace of a key without a namespace. */
export const project = "unityplan-nats";

/**
 * Reads a stack's file. The reader refuses what Pulumi refuses, and also what Pulumi reads only in part.
 * @param name as in `Pulumi.dev.yaml`
 * @throws StackFileError with the place of every fault
 */
export function readStackFile(text: string, name: string): StackFile {
  const strange = strangeCharacter(text);
  if (strange !== undefined) throw new StackFileError(name, [strange]);
  const root = parsed(text, name);
  const reader = new Reader(text, root);
  const content = reader.valueOf(root) ?? {};
  if (!isValues(content)) reader.refuse(root, "the file must be a map with the key `config`");
  const config = isValues(content) ? configOf(content, root, reader) : {};
  const faults = [...tabFaults(text, root), ...reader.faults];
  if (faults.length > 0) throw new StackFileError(name, faults);
  return { name, text, root, content: content as Values, config, misreadings: reader.misreadings };
}

/** The name of a section of the project. A key of another namespace stays as it is. */
export function ownName(key: string): string {
  return key.startsWith(`${project}:`) ? key.slice(project.length + 1) : key;
}

/**
 * The encrypted text of a secret. undefined: the value is not a secret.
 * https://www.pulumi.com/docs/iac/concepts/secrets/#configuration-and-secrets
 */
export function encryptedText(value: object): string | undefined {
  const entries = Object.entries(value);
  const [only] = entries;
  return entries.length === 1 && only?.[0] === "secure" && typeof only[1] === "string" ? only[1] : undefined;
}

/** The full key of a key below `config`: https://www.pulumi.com/docs/iac/concepts/config/ */
export function fullKey(key: string): string {
  const parts = key.split(":");
  if (parts.length === 1) return `${project}:${key}`;
  return parts.length === 3 && parts[1] === "config" ? `${parts[0]}:${parts[2]}` : key;
}

function parsed(text: string, name: string): Node | null {
  const at = (offset: number, message: string) => ({ ...placeOf(text, offset), message });
  // Every scalar stays a string here: `plainScalar` reads scalars as Pulumi does.
  const options = { schema: "failsafe", uniqueKeys: false, keepSourceTokens: true } as const;
  const documents = parseAllDocuments<Node, false>(text, {
    ...options,
    prettyErrors: false,
    logLevel: "silent",
  });
  const [first, second] = Array.isArray(documents) ? documents : [];
  const [error] = first?.errors ?? [];
  if (error !== undefined)
    throw new StackFileError(name, [at(error.pos[0], error.message.replace(/\.$/, ""))]);
  if (second === undefined) return (first?.contents ?? null) as Node | null;
  const offset = second.contents?.range?.[0] ?? second.range?.[0] ?? 0;
  const message =
    "a second YAML document starts here, and Pulumi reads only the first document; delete one of the two";
  throw new StackFileError(name, [at(offset, message)]);
}

function configOf({ config }: Values, root: Node | null, reader: Reader): Values {
  if (config === undefined || config === null) return {};
  const sections = sectionsIn(root);
  if (!isValues(config)) {
    reader.refuse(sections, "`config` must be a map with keys such as `unityplan-nats:pods`");
    return {};
  }
  const pairs = isMap(sections) ? sections.items : [];
  const values = new Map<string, unknown>();
  for (const [key, value] of Object.entries(config)) {
    const full = fullKey(key);
    const node = pairs.find((pair) => keyText(pair) === key)?.key ?? sections;
    if (full.split(":").length !== 2)
      reader.refuse(node, `the key "${key}" has too many colons; allowed is NAMESPACE:NAME`);
    if (values.has(full))
      reader.refuse(
        node,
        `the key "${key}" is the same as another key with the full name ${full}; delete one of the two`,
      );
    values.set(full, value);
  }
  return Object.fromEntries(values);
}
