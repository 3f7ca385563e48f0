import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import { parseUrn } from "../../model/urn.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { Change, Detail, Verb } from "./changes.ts";
import { byWhatAndId } from "./order.ts";
import { type ResourceKind, resourceKindOf } from "./resource-kinds.ts";
import type { Step } from "./step.ts";
import { detailsOf } from "./values.ts";

/** What the engine calls a step, in the report's words; its other words are no changes, or the second half of one. */
const verbs: Readonly<Record<string, Verb>> = {
  create: "created",
  import: "created",
  update: "changed",
  replace: "replaced",
  "create-replacement": "replaced",
  delete: "deleted",
};

/** The text of nats.conf before and after the update, by pod id. */
export type ConfDetails = ReadonlyMap<string, readonly Detail[]>;

/** The steps of one preview as changes, whatever the order in which the engine came to them. */
export function changesOf(steps: readonly Step[], confs: ConfDetails = new Map()): Change[] {
  const groups = new Map<string, { resource: ResourceKind; parts: Part[] }>();
  for (const step of steps) {
    const { op, urn, newState, oldState } = step;
    const [verb, resource] = [verbs[op], resourceKindOf(urn, newState?.inputs, oldState?.inputs)];
    if (verb === undefined || resource === undefined) continue;
    const kind = resource.what === "part" ? resource.kind : "";
    const key = `${resource.what} ${kind} ${resource.id}`;
    const group = groups.get(key) ?? { resource, parts: [] };
    group.parts.push({ resource, verb, step });
    groups.set(key, group);
  }
  const created = new Set(steps.filter(({ op }) => op === "create").map(({ urn }) => parseUrn(urn).name));
  return [...groups.values()]
    .map(({ resource, parts }) => changeOf(resource, parts.sort(byUrn), { confs, created }))
    .sort(byWhatAndId);
}

interface Part {
  readonly resource: ResourceKind;
  readonly verb: Verb;
  readonly step: Step;
}

/** What else is known of all steps. */
interface Surroundings {
  readonly confs: ConfDetails;
  /** Names of resources that are new. */
  readonly created: ReadonlySet<string>;
}

function byUrn(left: Part, right: Part): number {
  return left.step.urn < right.step.urn ? -1 : 1;
}

function changeOf(resource: ResourceKind, parts: readonly Part[], all: Surroundings): Change {
  const { id } = resource;
  if (resource.what === "server") return serverChange(id, parts, all);
  const details = parts.flatMap(({ step }) => detailsOf(step));
  if (resource.what === "part")
    return { what: "part", kind: resource.kind, id, verb: together(parts), details: sorted(details) };
  const [{ verb, step }] = parts as [Part, ...Part[]];
  const { before, after } = specs(verb, step);
  return resource.what === "stream"
    ? {
        what: "stream",
        id,
        verb,
        before: before as StreamInputs | undefined,
        after: after as StreamInputs | undefined,
        details,
      }
    : {
        what: "consumer",
        id,
        verb,
        before: before as ConsumerInputs | undefined,
        after: after as ConsumerInputs | undefined,
        details,
      };
}

/** A loader carries the files, so that a server whose loader alone changes is reloaded. */
function serverChange(id: string, parts: readonly Part[], { confs, created }: Surroundings): Change {
  const what = "server";
  const conf = confs.get(id) ?? [];
  const loaders = parts.filter(({ resource }) => resource.what === what && resource.role === "loader");
  const own = parts.find((part) => !loaders.includes(part));
  const carried = [...loaders.flatMap(({ step }) => detailsOf(step).filter(isNoFile)), ...conf];
  if (own === undefined) return { what, id, verb: "reloaded", details: carried };
  const details = [...detailsOf(own.step), ...carried];
  switch (own.verb) {
    case "created":
      // A pod whose data volume is there already has only lost its container.
      return created.has(resourceNames.dataVolume.of(id))
        ? { what, id, verb: "created", details: [] }
        : { what, id, verb: "restarted", details: [lostContainer, ...carried] };
    case "deleted":
      return { what, id, verb: "deleted", details: [] };
    case "replaced":
      return { what, id, verb: "restarted", details };
    case "changed":
      return { what, id, verb: loaders.length > 0 ? "reloaded" : "changed", details };
    default:
      return own.verb satisfies never;
  }
}

/** The files are secret as a whole; nats.conf is compared by itself. */
function isNoFile({ path }: Detail): boolean {
  return !path.startsWith("uploads");
}

const lostContainer: Detail = { path: "container", before: "gone", after: "recreated" };

function specs(verb: Verb, { oldState, newState }: Step) {
  return {
    before: verb === "created" ? undefined : oldState?.inputs,
    after: verb === "deleted" ? undefined : newState?.inputs,
  };
}

/** What became of a thing that is made of several resources. */
function together(parts: readonly Part[]): Verb {
  const seen = new Set(parts.map(({ verb }) => verb));
  if (seen.size === 1) return parts[0]?.verb ?? "changed";
  return seen.has("replaced") ? "replaced" : "changed";
}

function sorted(details: readonly Detail[]): Detail[] {
  return [...details].sort((left, right) => (left.path < right.path ? -1 : left.path > right.path ? 1 : 0));
}
