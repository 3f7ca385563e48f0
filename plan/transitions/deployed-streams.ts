import { textsOf } from "../../model/contract/server-fields.ts";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { type StreamSpec, streamDefaults } from "../../model/jetstream/stream.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { DeployedResource } from "./deployed-resource.ts";

/** The part of a stream that decides whether another stream can take its subjects. */
export type DeployedStream = Pick<StreamSpec, "name" | "subjects" | "storage" | "retention">;

/** The part of a consumer that decides whether another consumer can take its messages. */
export type DeployedConsumer = Pick<ConsumerSpec, "stream" | "name" | "filterSubjects">;

/** By name. */
export function deployedStreams(resources: Iterable<DeployedResource>): Map<string, DeployedStream> {
  const streams = [...resources]
    .filter(({ type }) => type === natsTypes.stream)
    .map(({ outputs }) => deployedStream(outputs));
  return new Map(streams.map((stream) => [stream.name, stream]));
}

export function deployedConsumers(resources: Iterable<DeployedResource>): DeployedConsumer[] {
  return [...resources]
    .filter(({ type }) => type === natsTypes.consumer)
    .map(({ outputs: { stream, name, filterSubjects } }) => ({
      stream: String(stream),
      name: String(name),
      filterSubjects: textsOf(filterSubjects),
    }));
}

function deployedStream({ name, subjects, storage, retention }: DeployedResource["outputs"]): DeployedStream {
  return {
    name: String(name),
    subjects: textsOf(subjects),
    storage: storage === "memory" ? storage : streamDefaults.storage,
    retention: retention === "workqueue" || retention === "interest" ? retention : streamDefaults.retention,
  };
}
