import type { PlannedStream } from "../../components/topology.ts";
import type { ConsumerSpec } from "../../model/consumer.ts";
import type { Change, Detail, Verb } from "./changes.ts";
import { byWhatAndId } from "./order.ts";
import { type Thing, thingOf } from "./things.ts";
import { detailsOf } from "./values.ts";

/** One step of `pulumi preview --json`: https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/ */
export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly oldState?: StepState;
  readonly newState?: StepState;
  readonly detailedDiff?: Readonly<Record<string, unknown>> | null;
}

export interface StepState {
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What the engine calls a step, in the report's words; its other words are no changes, or the second half of one. */
const verbs: Readonly<Record<string, Verb>> = {
  create: "created",
  import: "created",
  update: "changed",
  replace: "replaced",
  "create-replacement": "replaced",
  delete: "deleted",
};

/** What was said before and is said from now on in nats.conf, by pod id. */
export type ConfDetails = ReadonlyMap<string, readonly Detail[]>;

/** The steps of one preview as changes, whatever the order in which the engine came to them. */
export function changesOf(steps: readonly Step[], confs: ConfDetails = new Map()): Change[] {
  const groups = new Map<string, { thing: Thing; parts: Part[] }>();
  for (const step of steps) {
    const [verb, thing] = [verbs[step.op], thingOf(step.urn)];
    if (verb === undefined || thing === undefined) continue;
    const kind = thing.what === "part" ? thing.kind : "";
    const key = `${thing.what} ${kind} ${thing.id}`;
    const group = groups.get(key) ?? { thing, parts: [] };
    group.parts.push({ thing, verb, step });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ thing, parts }) => changeOf(thing, parts, confs)).sort(byWhatAndId);
}

interface Part {
  readonly thing: Thing;
  readonly verb: Verb;
  readonly step: Step;
}

function changeOf(thing: Thing, parts: readonly Part[], confs: ConfDetails): Change {
  const { id } = thing;
  if (thing.what === "server") return serverChange(id, parts, confs.get(id) ?? []);
  const details = parts.flatMap(({ step }) => detailsOf(step));
  if (thing.what === "part")
    return { what: "part", kind: thing.kind, id, verb: together(parts), details: sorted(details) };
  const [{ verb, step }] = parts as [Part, ...Part[]];
  const { before, after } = specs(verb, step);
  return thing.what === "stream"
    ? {
        what: "stream",
        id,
        verb,
        before: before as PlannedStream | undefined,
        after: after as PlannedStream | undefined,
        details,
      }
    : {
        what: "consumer",
        id,
        verb,
        before: before as ConsumerSpec | undefined,
        after: after as ConsumerSpec | undefined,
        details,
      };
}

/** A loader carries the files, so that a server whose loader alone changes is reloaded. */
function serverChange(id: string, parts: readonly Part[], conf: readonly Detail[]): Change {
  const own = parts.find(({ thing }) => thing.what === "server" && thing.role === "server");
  if (own === undefined) return { what: "server", id, verb: "reloaded", details: conf };
  const { verb, step } = own;
  const details = [...detailsOf(step), ...conf];
  switch (verb) {
    case "created":
      // A new pod's loader is new too; where it is there already, the container was lost.
      return parts.length > 1
        ? { what: "server", id, verb, details: [] }
        : { what: "server", id, verb: "restarted", details: [lostContainer, ...conf] };
    case "deleted":
      return { what: "server", id, verb, details: [] };
    case "replaced":
      return { what: "server", id, verb: "restarted", details };
    case "changed":
      return { what: "server", id, verb: "reloaded", details };
    default:
      return verb satisfies never;
  }
}

const lostContainer: Detail = { path: "container", before: "gone", after: "made again" };

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
