import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { filtersOf, subjectsOverlap } from "../../model/jetstream/subjects.ts";
import type { Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";
import type { DeployedConsumer } from "./deployed-streams.ts";
import { streamsLeft } from "./moved-subjects.ts";

/**
 * Messages of a work queue that go from one of its consumers to another in this update. Each message of a work queue has
 * one consumer, and the order in which the two consumers change is not fixed.
 */
export function movedFilterFaults(deployed: DeployedState, topology: Topology): string[] {
  const left = streamsLeft(deployed, topology);
  const before = (one: ConsumerSpec) => deployed.consumers.filter(({ stream }) => stream === one.stream);
  return topology.consumers
    .filter(({ stream }) => isQueueAllAlong(stream, deployed, topology))
    .flatMap((taker) => {
      const isLeft = left.includes(taker.stream);
      const isThere = before(taker).some(({ name }) => name === taker.name);
      const givers = before(taker).filter(({ name }) => name !== taker.name);
      return isLeft && isThere
        ? []
        : givers.flatMap((giver) => faultOf(taker, giver, { isThere, isLeft }, topology));
    });
}

/** A stream that becomes a work queue, or is recreated, has lost its consumers before. */
function isQueueAllAlong(name: string, { streams }: DeployedState, topology: Topology): boolean {
  const [before, after] = [streams.get(name), topology.streams.find((stream) => stream.name === name)];
  return (
    before?.retention === "workqueue" && after?.retention === "workqueue" && before.storage === after.storage
  );
}

function faultOf(
  taker: ConsumerSpec,
  giver: DeployedConsumer,
  { isThere, isLeft }: { readonly isThere: boolean; readonly isLeft: boolean },
  { consumers, rollout }: Topology,
): string[] {
  const taken = filtersOf(taker.filterSubjects).filter((filter) =>
    filtersOf(giver.filterSubjects).some((other) => subjectsOverlap(filter, other)),
  );
  if (taken.length === 0) return [];
  const stays = consumers.some(({ stream, name }) => stream === giver.stream && name === giver.name);
  const shown = taken.map((filter) => JSON.stringify(filter)).join(", ");
  const takes = `streams.${taker.stream}.consumers.${taker.name}: it takes ${shown} from the consumer ${giver.name}. This update`;
  const refused = "the servers would refuse the second consumer of the same messages (error 10099 or 10100)";
  if (isLeft)
    return [
      `${takes} skips the pods of that consumer (rollout.skip: ${rollout.skip.join(", ")}), ` +
        `so ${refused}. Keep the consumers of ${taker.stream} as they are until an update does not skip those pods`,
    ];
  const fate = stays
    ? "changes that consumer too. Pulumi changes the consumers of a stream in any order"
    : "deletes that consumer. Pulumi deletes after it creates";
  const first = stays ? `remove these messages from the filters of ${giver.name}` : `remove ${giver.name}`;
  const then = isThere
    ? ` and keep ${taker.name} as it is, then make this update`
    : `, then add ${taker.name}`;
  return [
    `${takes} ${fate}, so ${refused}. Make two updates: first ${first}${then}. Between the two updates these messages wait in the stream`,
  ];
}
