import { textsOf } from "../../model/contract/server-fields.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { type StreamSpec, streamDefaults } from "../../model/jetstream/stream.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { PastResource } from "./past-resource.ts";

/** Of a stream, what decides whether another one can take its subjects. */
export type PastStream = Pick<StreamSpec, "name" | "subjects" | "storage" | "retention">;

/** Of a consumer, what decides whether another one can take its messages. */
export type PastConsumer = Pick<ConsumerSpec, "stream" | "name" | "filterSubjects">;

/** By name. */
export function pastStreams(resources: Iterable<PastResource>): Map<string, PastStream> {
  const streams = [...resources]
    .filter(({ type }) => type === natsTypes.stream)
    .map(({ outputs }) => pastStream(outputs));
  return new Map(streams.map((stream) => [stream.name, stream]));
}

export function pastConsumers(resources: Iterable<PastResource>): PastConsumer[] {
  return [...resources]
    .filter(({ type }) => type === natsTypes.consumer)
    .map(({ outputs: { stream, name, filterSubjects } }) => ({
      stream: String(stream),
      name: String(name),
      filterSubjects: textsOf(filterSubjects),
    }));
}

function pastStream({ name, subjects, storage, retention }: PastResource["outputs"]): PastStream {
  return {
    name: String(name),
    subjects: textsOf(subjects),
    storage: storage === "memory" ? storage : streamDefaults.storage,
    retention: retention === "workqueue" || retention === "interest" ? retention : streamDefaults.retention,
  };
}
