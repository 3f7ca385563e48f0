import { randomBytes } from "node:crypto";
import type { Change } from "../contract/properties.ts";
import { providerTypes } from "../resource-types.ts";
import { parseUrn, renderUrn } from "../urn.ts";
import { consumerName, natsProviderName } from "./names.ts";

/**
 * The owner of a stream or consumer, as written into its metadata. A name alone proves nothing: someone may have made it
 * by hand, another stack may have the same name, or a renamed resource may have taken it over.
 *
 * An imported object has no owner tag until the next `up`, so that an import changes nothing. Until then its creation time
 * tells it from another object of its name.
 */
export interface Owner {
  readonly project: string;
  readonly stack: string;
  /** The logical name of the resource. */
  readonly name: string;
}

export interface Mark extends Owner {
  /** Of one `create`: tells two lives of the same resource apart. Also in the state. */
  readonly generation: string;
}

/** What a server has under a name: with an owner tag, or known only by its creation time. */
export interface Found {
  readonly mark: Mark | undefined;
  /** RFC 3339, as the server says it; stays for as long as the object lives. */
  readonly created: string;
}

/** What the state remembers of the object. */
export interface Known {
  /** Empty: imported, and without an owner tag yet. */
  readonly generation: string;
  readonly created: string;
  /** What the last refresh found wrong with the owner tag. undefined: nothing. The next update writes the tag again. */
  readonly ownerTag?: TagFault;
}

/**
 * - `missing`: a program updated the object without its metadata, as an application does that sets its stream up at start.
 * - `outdated`: the tag names the stack or the resource as they were before a rename.
 */
export type TagFault = "missing" | "outdated";

export type Metadata = Readonly<Record<string, string>>;

const keys = {
  project: "unityplan.project",
  stack: "unityplan.stack",
  name: "unityplan.resource",
  generation: "unityplan.generation",
} as const;

export function newGeneration(): string {
  return randomBytes(8).toString("hex");
}

export function markIn(metadata: Metadata = {}): Mark | undefined {
  const {
    [keys.project]: project,
    [keys.stack]: stack,
    [keys.name]: name,
    [keys.generation]: generation,
  } = metadata;
  if (project === undefined || stack === undefined || name === undefined || generation === undefined)
    return undefined;
  return { project, stack, name, generation };
}

/** Foreign keys stay. The server's own `_nats.*` are left to the server, which writes them again. */
export function marked(metadata: Metadata | undefined, mark: Mark): Metadata {
  const others = Object.entries(metadata ?? {}).filter(([key]) => !key.startsWith("_nats."));
  return {
    ...Object.fromEntries(others),
    [keys.project]: mark.project,
    [keys.stack]: mark.stack,
    [keys.name]: mark.name,
    [keys.generation]: mark.generation,
  };
}

/** Whether a `create` may take over what is there: only what this very stack made. */
export function isOfStack(mark: Mark | undefined, owner: Owner): boolean {
  return mark !== undefined && mark.project === owner.project && mark.stack === owner.stack;
}

/**
 * What a resource's object is to it now:
 * - `same`: the one in the state.
 * - `ours`: this resource's, from another life: the state is older or newer than the servers.
 * - `sibling`: another resource of this stack took it over.
 * - `foreign`: another stack has it.
 * - `remade`: no owner tag, and another creation time: deleted and recreated by hand.
 */
export type Standing = "same" | "ours" | "sibling" | "foreign" | "remade";

export function standing(found: Found, known: Known, owner: Owner): Standing {
  const { mark } = found;
  if (mark === undefined) return found.created === known.created ? "same" : "remade";
  if (mark.generation === known.generation) return "same";
  if (!isOfStack(mark, owner)) return "foreign";
  return mark.name === owner.name ? "ours" : "sibling";
}

/**
 * What is wrong with the owner tag of the object in the state. undefined: nothing, or the object is another one.
 * @param known undefined: an import
 */
export function tagFault(found: Found, known: Known | undefined, owner: Owner): TagFault | undefined {
  if (known !== undefined && standing(found, known, owner) !== "same") return undefined;
  const { mark } = found;
  // An object that was imported without a tag did not lose one.
  if (mark === undefined) return (known?.generation ?? "") === "" ? undefined : "missing";
  return isOfStack(mark, owner) && mark.name === owner.name ? undefined : "outdated";
}

/**
 * The generation for an object's owner tag. An imported object gets a new generation, so that the stack that had it before
 * takes it for foreign.
 */
export function generationFor(found: Found, known: Known, owner: Owner): string {
  const foreign = found.mark !== undefined && !isOfStack(found.mark, owner);
  return known.generation === "" || foreign ? newGeneration() : known.generation;
}

/**
 * What an update still has to do for an object that has no owner tag of this stack and is as it should be otherwise: it
 * was imported, or it lost the tag. Without the tag, a stack that was down would take the object for a foreign one.
 */
export function missingMark({ generation, ownerTag }: Partial<Known>): Change[] {
  if (generation === "") return [{ path: "generation", kind: "update", replaces: false, isOutput: true }];
  if (ownerTag === undefined) return [];
  return [{ path: "ownerTag", kind: "delete", replaces: false, isOutput: true }];
}

/** Who has an object, in words that follow its name. */
export function belongsTo(mark: Mark | undefined): string {
  if (mark === undefined) return "was made outside of Pulumi";
  return `belongs to the resource "${mark.name}" of the stack ${mark.project}/${mark.stack}`;
}

/**
 * Why an update may not touch what is there; undefined when it may.
 * @param what as in `stream GLOBAL_EVENTS`
 */
export function notOurs(what: string, found: Found, known: Known, owner: Owner): string | undefined {
  const now = standing(found, known, owner);
  if (now === "same" || now === "ours") return undefined;
  const mend =
    now === "sibling"
      ? "remove one of the two resources from the program"
      : "run `pulumi refresh`, and the state follows what is there";
  return `the ${what} is not the one in the state: it ${belongsTo(found.mark)}; ${mend}`;
}

/** What to say of an object that a deletion leaves alone. */
export function leftAlone(what: string, found: Found): string {
  return `the ${what} was not deleted, because it is not the one in the state: it ${belongsTo(found.mark)}`;
}

/**
 * Why a `create` may not take over what is there, and the command that lets it.
 * @param urn of the resource that was to be created
 */
export function refusedTakeOver(what: string, urn: string, id: string, mark: Mark | undefined): string {
  return (
    `a ${what} exists already and ${belongsTo(mark)}. To let this stack manage it, run \`${importCommand(urn, id)}\`. ` +
    "Otherwise give the new one another name"
  );
}

/**
 * A resource stands below a component of its stream's name, and belongs to the provider of the cluster:
 * components/cluster.ts and components/jetstream/stream.ts.
 */
export function importCommand(urn: string, id: string): string {
  const { types, name, ...stack } = parseUrn(urn);
  const stream = consumerName.parse(name)?.stream ?? name;
  const parent = renderUrn({ ...stack, types: types.slice(0, -1), name: stream });
  const provider = renderUrn({
    ...stack,
    types: [...types.slice(0, 1), providerTypes.nats],
    name: natsProviderName,
  });
  return (
    `npm run pulumi -- import ${types.at(-1)} ${name} ${id} --stack ${stack.stack} --parent 'parent=${parent}' ` +
    `--provider 'provider=${provider}' --generate-code=false --protect=false`
  );
}

/** What to say when one resource of a stack takes an object over from another resource, as after a rename. */
export function takenOver(what: string, from: Mark): string {
  return (
    `the ${what} was taken over from the resource "${from.name}" of this stack; ` +
    `if "${from.name}" is still in the program, remove one of the two resources`
  );
}

/** What to say of an object that an update no longer finds. */
export function gone(what: string): string {
  return `the ${what} is gone; run \`pulumi refresh\`, and the next \`pulumi up\` recreates it`;
}
