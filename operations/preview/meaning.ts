import type { StreamInputs } from "../../model/contract/stream.ts";
import type { Verdict } from "../../model/jetstream/first-look.ts";
import type { RolloutPlan } from "../../plan/topology.ts";
import type { Change } from "./changes.ts";
import { consumerMeaning } from "./meaning/consumers.ts";
import { memoryMeaning } from "./meaning/memory.ts";
import { partMeaning } from "./meaning/parts.ts";
import { propertyMeaning } from "./meaning/properties.ts";
import type { Sentence } from "./meaning/sentence.ts";
import { serverMeaning } from "./meaning/servers.ts";
import type { StreamFacts } from "./meaning/stream-facts.ts";
import { streamMeaning } from "./meaning/streams.ts";

/** What of a topology the words depend on. */
export interface Planned {
  readonly rollout: RolloutPlan;
  readonly streams: readonly StreamInputs[];
}

/** What the servers say. */
export interface Answered {
  /** Of streams that are to change, by name; empty: nobody was asked. */
  readonly facts: ReadonlyMap<string, StreamFacts>;
  /** undefined: nobody was asked, or nobody answers. */
  readonly look: Pick<Verdict, "lost"> | undefined;
}

/**
 * What an update means for the running cluster, in sentences, what it refuses first.
 * @param streams of the configuration
 */
export function meaningOf(
  changes: readonly Change[],
  { rollout, streams: planned }: Planned,
  { facts, look }: Answered = { facts: new Map(), look: undefined },
): Sentence[] {
  const of = <What extends Change["what"]>(what: What) =>
    changes.filter((change): change is Extract<Change, { what: What }> => change.what === what);
  const streams = of("stream");
  const replaced = new Set(streams.filter(({ verb }) => verb === "replaced").map(({ id }) => id));
  const interest = new Set(
    planned.filter(({ retention }) => retention === "interest").map(({ name }) => name),
  );
  const sentences = [
    ...serverMeaning(of("server"), rollout),
    ...memoryMeaning(of("server"), rollout, look),
    ...streams.flatMap((change) => streamMeaning(change, facts.get(change.id))),
    ...propertyMeaning(streams),
    ...consumerMeaning(of("consumer"), replaced, interest),
    ...partMeaning(of("part")),
  ];
  const weight = { refused: 0, loses: 1, unchecked: 2, says: 3 };
  return sentences
    .map((sentence, index) => ({ sentence, index }))
    .sort(
      (left, right) => weight[left.sentence.tone] - weight[right.sentence.tone] || left.index - right.index,
    )
    .map(({ sentence }) => sentence);
}
