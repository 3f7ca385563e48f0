import { diffStream } from "../../model/jetstream/stream-diff.ts";
import type { Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";
import { giversOf, ringsOf, type Taking, takingsOf } from "./moved-subjects.ts";

const refused = "the servers would refuse the subject (error 10065)";

/** Subjects that can't go from one stream to another in this update, in any order of changes. */
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
    ? ` and keep ${taker} as it is, then make this update`
    : `, then add ${taker}`;
  const takes = `streams.${taker}: it takes ${shown(taking.subjects)} from ${giver}. This update`;
  switch (fate) {
    case "deleted":
      return [
        `${takes} deletes ${giver}. Pulumi deletes after it creates, so ${refused}. Make two updates: first remove ` +
          `${giver}${then}. Between the two updates no stream stores ${shown(taking.subjects)}, and a publisher gets no ` +
          `acknowledgement. Or keep ${giver} in this update with a subject that no publisher uses, such as "unused.${giver}", ` +
          `and remove ${giver} in a later update: until then its messages can be read`,
      ];
    case "replaced":
      return [
        `${takes} recreates ${giver} (${immutables(giver, deployed, topology)}). A stream that is deleted and created again ` +
          `keeps its subjects until the other stream takes them, so ${refused}. Make two updates: change only the subjects of ` +
          `${giver} in the first update, and make all other changes in the second update`,
      ];
    case "left":
      return [
        `${takes} skips the pods of ${giver} (rollout.skip: ` +
          `${topology.rollout.skip.join(", ")}), so ${refused}. Keep the subjects of ${taker} as they are until an ` +
          "update does not skip those pods",
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
  const released = shown(inside.filter(({ giver }) => giver === first).flatMap(({ subjects }) => subjects));
  return (
    `${ring.map((name) => `streams.${name}`).join(", ")}: they take subjects from each other: ${moves.join(", ")}. ` +
    `Whichever stream changes first, ${refused}. Make two updates. In the first one, replace ${released} of ${first} by a subject that ` +
    `no publisher uses, such as "unused.${first}", and keep the other streams as they are. Then make this update. Between ` +
    `the two updates no stream stores ${released}, and a publisher gets no acknowledgement`
  );
}

function shown(subjects: readonly string[]): string {
  return subjects.map((subject) => JSON.stringify(subject)).join(", ");
}
