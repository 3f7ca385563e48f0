import { type ConsumerSpec, consumerDefaults } from "../model/jetstream/consumer.ts";
import { type StreamSpec, streamDefaults } from "../model/jetstream/stream.ts";
import { crossTopics, globalTopics, territoryTopics } from "../model/jetstream/subjects.ts";
import { podTag } from "./pod-tag.ts";

/** UnityPlan's streams and consumers: what every stack has, before its configuration adds or changes any. */

const day = 86_400;
const territoryPrefix = "TERRITORY_";

/** A stream with the consumers on it. */
export interface StreamWithConsumers {
  readonly stream: StreamSpec;
  readonly consumers: readonly ConsumerSpec[];
}

/**
 * `TERRITORY_{ID}`: the pod's id in upper case, dashes kept. Ids have no upper case, so two pods never share one.
 */
export function territoryStreamName(podId: string): string {
  return territoryPrefix + podId.toUpperCase();
}

/** The pod id in the name of a territory stream. undefined: it is another name. */
export function territoryOf(streamName: string): string | undefined {
  return streamName.startsWith(territoryPrefix)
    ? streamName.slice(territoryPrefix.length).toLowerCase()
    : undefined;
}

/** The catalogue of a cluster with these pods: each brings its own territory stream and consumer. */
export function catalogue(podIds: readonly string[]): readonly StreamWithConsumers[] {
  return [
    entry({ name: "GLOBAL_EVENTS", subject: globalTopics, replicas: 3, maxAgeDays: 7 }, "global-processor"),
    entry({ name: "CROSS_TERRITORY", subject: crossTopics, replicas: 3, maxAgeDays: 14 }),
    ...podIds.map((id) =>
      entry(
        {
          name: territoryStreamName(id),
          subject: territoryTopics(id),
          replicas: 1,
          maxAgeDays: 30,
          // One copy alone does not keep a stream on its pod; only placement does.
          placementTags: [podTag(id)],
        },
        `${id}-local-processor`,
      ),
    ),
  ];
}

interface Entry {
  readonly name: string;
  readonly subject: string;
  readonly replicas: number;
  readonly maxAgeDays: number;
  readonly placementTags?: readonly string[];
}

function entry({ subject, maxAgeDays, ...stream }: Entry, consumerName?: string): StreamWithConsumers {
  const consumer = { ...consumerDefaults, stream: stream.name, filterSubjects: [subject] };
  return {
    stream: { ...streamDefaults, ...stream, subjects: [subject], maxAgeSeconds: maxAgeDays * day },
    consumers: consumerName === undefined ? [] : [{ ...consumer, name: consumerName }],
  };
}
