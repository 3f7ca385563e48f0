import type { StreamInputs } from "../../model/contract/stream.ts";
import type { Verdict } from "../../model/jetstream/loss/first-look.ts";
import type { RolloutPlan } from "../../plan/topology.ts";
import type { Change, StreamChange } from "./changes.ts";
import type { ConsumerFacts } from "./meaning/consumer-facts.ts";
import { consumerMeaning, type StreamsOfConsumers } from "./meaning/consumers.ts";
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

/** What the servers report. */
export interface Answered {
  /** Of streams that are to change, by name; empty: no server was asked. */
  readonly facts: ReadonlyMap<string, StreamFacts>;
  /** The same of consumers, by id. */
  readonly consumerFacts: ReadonlyMap<string, ConsumerFacts>;
  /** undefined: no server was asked, or no server answers. */
  readonly look: Pick<Verdict, "lost"> | undefined;
}

/** No server was asked. */
export const nothingSaid: Answered = { facts: new Map(), consumerFacts: new Map(), look: undefined };

/**
 * What an update means for the running cluster, in sentences. Refusals come first.
 * @param streams of the configuration
 */
export function meaningOf(
  changes: readonly Change[],
  { rollout, streams: planned }: Planned,
  { facts, consumerFacts, look }: Answered = nothingSaid,
): Sentence[] {
  const of = <What extends Change["what"]>(what: What) =>
    changes.filter((change): change is Extract<Change, { what: What }> => change.what === what);
  const streams = of("stream");
  const sentences = [
    ...serverMeaning(of("server"), rollout),
    ...memoryMeaning(of("server"), rollout, look),
    ...streams.flatMap((change) => streamMeaning(change, facts.get(change.id))),
    ...propertyMeaning(streams),
    ...consumerMeaning(of("consumer"), streamsOfConsumers(planned, streams), consumerFacts),
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

/** A stream that is deleted loses its consumers before it changes. A stream that stays is changed before its consumers. */
function streamsOfConsumers(
  planned: readonly StreamInputs[],
  changes: readonly StreamChange[],
): StreamsOfConsumers {
  const gone = changes.filter(({ verb }) => verb === "deleted" || verb === "replaced");
  const before = gone.flatMap((change) => (change.before === undefined ? [] : [change.before]));
  return {
    gone: new Set(gone.map(({ id }) => id)),
    retentions: new Map([...planned, ...before].map(({ name, retention }) => [name, retention])),
  };
}
