import { diffStream } from "../../model/jetstream/stream-diff.ts";
import { subjectsOverlap } from "../../model/jetstream/subjects.ts";
import { reachableStreams } from "../reachable.ts";
import type { Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";
import type { DeployedStream } from "./deployed-streams.ts";

/** A stream of the plan takes subjects that another stream of the state has now. */
export interface Taking {
  readonly taker: string;
  readonly giver: string;
  /** The taker's, as they are planned. */
  readonly subjects: readonly string[];
  /** What this update does to the giver. */
  readonly fate: Fate;
}

type Fate = "narrowed" | "deleted" | "replaced" | "left";

type Streams = Pick<DeployedState, "streams">;

/** Every subject that goes from one stream to another in this update. */
export function takingsOf({ streams }: Streams, topology: Topology): Taking[] {
  const left = streamsLeft({ streams }, topology);
  return topology.streams
    .filter(({ name }) => !left.includes(name))
    .flatMap((taker) =>
      [...streams.values()].flatMap((giver): Taking[] => {
        const subjects = giver.name === taker.name ? [] : sharedSubjects(taker.subjects, giver.subjects);
        if (subjects.length === 0) return [];
        return [{ taker: taker.name, giver: giver.name, subjects, fate: fateOf(giver, left, topology) }];
      }),
    );
}

/** Streams of the state that this update leaves as they are, because of the pods that it skips. */
export function streamsLeft({ streams }: Streams, topology: Topology): string[] {
  const reachable = reachableStreams(topology);
  return topology.streams
    .map(({ name }) => name)
    .filter((name) => streams.has(name) && !reachable.includes(name));
}

function sharedSubjects(planned: readonly string[], present: readonly string[]): string[] {
  return planned.filter((subject) => present.some((other) => subjectsOverlap(subject, other)));
}

function fateOf(giver: DeployedStream, left: readonly string[], { streams }: Topology): Fate {
  const planned = streams.find(({ name }) => name === giver.name);
  if (planned === undefined) return "deleted";
  if (left.includes(giver.name)) return "left";
  const { changes } = diffStream({ ...planned, ...giver }, planned);
  return changes.some(({ replaces }) => replaces) ? "replaced" : "narrowed";
}

/** By the name of each stream, the streams that must change before it: they have its new subjects until then. */
export function giversOf(deployed: Streams, topology: Topology): ReadonlyMap<string, readonly string[]> {
  const givers = new Map<string, string[]>();
  for (const { taker, giver, fate } of takingsOf(deployed, topology)) {
    if (fate === "narrowed") givers.set(taker, [...(givers.get(taker) ?? []), giver]);
  }
  return givers;
}

/**
 * Streams that take subjects from each other in a ring. A ring of two is an exchange.
 * @param givers of each stream, by name
 */
export function ringsOf(givers: ReadonlyMap<string, readonly string[]>): string[][] {
  const before = new Map([...givers.keys()].map((name) => [name, allBefore(name, givers)]));
  const rings = new Map<string, string[]>();
  for (const [name, all] of before) {
    if (!all.has(name)) continue;
    const ring = [...all].filter((other) => before.get(other)?.has(name)).sort();
    rings.set(ring.join(" "), ring);
  }
  return [...rings.values()];
}

/** The givers of a stream, theirs, and so on. */
function allBefore(name: string, givers: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const next = [...(givers.get(name) ?? [])];
  for (let one = next.pop(); one !== undefined; one = next.pop()) {
    if (found.has(one)) continue;
    found.add(one);
    next.push(...(givers.get(one) ?? []));
  }
  return found;
}

/**
 * The planned streams. Each comes after the streams that give it a subject; otherwise the plan's order stays.
 * @throws Error where some take from each other, which {@link ringsOf} tells beforehand
 */
export function givingFirst<Stream extends { readonly name: string }>(
  streams: readonly Stream[],
  givers: ReadonlyMap<string, readonly string[]>,
): Stream[] {
  const placed: Stream[] = [];
  const waiting = [...streams];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ name }) =>
      (givers.get(name) ?? []).every((giver) => placed.some((one) => one.name === giver)),
    );
    if (index < 0) throw new Error(`${waiting.map(({ name }) => name).join(", ")} take from each other`);
    placed.push(...waiting.splice(index, 1));
  }
  return placed;
}
