import { diffStream } from "../../model/jetstream/stream-diff.ts";
import type { Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";
import { giversOf, ringsOf, type Taking, takingsOf } from "./moved-subjects.ts";

const refused = "the servers would refuse the subject (error 10065)";

/** Subjects that can't go from one stream to another in this update, whatever waits for what. */
export function movedSubjectFaults(deployed: DeployedState, topology: Topology): string[] {
  const takings = takingsOf(deployed, topology);
  return [
    ...takings.flatMap((taking) => faultOf(taking, deployed, topology)),
    ...ringsOf(giversOf(deployed, topology)).map((ring) => ringFault(ring, takings)),
  ];
}

function faultOf(taking: Taking, deployed: DeployedState, topology: Topology): string[] {
  const { taker, giver, fate } = taking;
  const then = deployed.streams.has(taker)
    ? ` and leave ${taker} as it is, then make this one`
    : `, then add ${taker}`;
  const takes = `streams.${taker}: it takes ${shown(taking.subjects)} from ${giver}, which this update`;
  switch (fate) {
    case "deleted":
      return [
        `${takes} deletes. Pulumi deletes after it creates, so ${refused}. Make two updates: first take ${giver} out` +
          `${then}. In between nobody stores ${shown(taking.subjects)}, and a publisher gets no ` +
          `acknowledgement. Or keep ${giver} in this update with a subject that nobody uses, such as "unused.${giver}", ` +
          "and take it out in a later one: so its messages can still be read",
      ];
    case "replaced":
      return [
        `${takes} deletes and makes anew (${immutables(giver, deployed, topology)}). Only a stream that stays gives a subject ` +
          `up before another one takes it. Make two updates: first this one with ${giver} changed in its subjects alone, ` +
          "and then the rest",
      ];
    case "left":
      return [
        `${takes} leaves as it is, because of the pods that it skips (rollout.skip: ` +
          `${topology.rollout.skip.join(", ")}), so ${refused}. Leave the subjects of ${taker} as they are until an ` +
          "update has those pods again",
      ];
    case "narrowed":
      return [];
  }
}

/** What of a stream can't be changed in place. */
function immutables(name: string, { streams }: DeployedState, topology: Topology): string {
  const [before, after] = [streams.get(name), topology.streams.find((stream) => stream.name === name)];
  if (before === undefined || after === undefined) return "";
  return diffStream({ ...after, ...before }, after)
    .changes.filter(({ replaces }) => replaces)
    .map(
      ({ path }) => `${path}: ${before[path as keyof typeof before]} → ${after[path as keyof typeof after]}`,
    )
    .join(", ");
}

/** @param ring names of streams that take from each other */
function ringFault(ring: readonly string[], takings: readonly Taking[]): string {
  const inside = takings.filter(({ taker, giver }) => ring.includes(taker) && ring.includes(giver));
  const moves = inside.map(({ taker, giver, subjects }) => `${taker} takes ${shown(subjects)} from ${giver}`);
  const [first = ""] = ring;
  const givenUp = shown(inside.filter(({ giver }) => giver === first).flatMap(({ subjects }) => subjects));
  return (
    `${ring.map((name) => `streams.${name}`).join(", ")}: they take subjects from each other: ${moves.join(", ")}. ` +
    `Whichever is changed first, ${refused}. Make two updates. In the first one let ${first} give up ${givenUp}, for a ` +
    `subject that nobody uses, such as "unused.${first}", and leave the others as they are. Then make this one. In ` +
    `between nobody stores ${givenUp}, and a publisher gets no acknowledgement`
  );
}

function shown(subjects: readonly string[]): string {
  return subjects.map((subject) => JSON.stringify(subject)).join(", ");
}
