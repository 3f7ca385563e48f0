import { lowerCase, sameSet } from "../contract/fields.ts";
import { toNanoseconds, toSeconds } from "./nanoseconds.ts";
import { type Mark, marked } from "./ownership.ts";
import type { StreamSpec } from "./stream.ts";
import type { StreamConfig } from "./stream-info.ts";

/** A server leaves out what is empty, and says -1 or 0 for "unlimited" depending on the field. */
export function fromServer(config: StreamConfig): StreamSpec {
  return {
    name: config.name,
    description: config.description ?? "",
    subjects: config.subjects ?? [],
    storage: config.storage,
    retention: config.retention,
    discard: config.discard,
    replicas: config.num_replicas,
    maxAgeSeconds: toSeconds(config.max_age),
    maxBytes: config.max_bytes,
    maxMessages: config.max_msgs,
    maxMessagesPerSubject: config.max_msgs_per_subject,
    maxMessageSizeBytes: config.max_msg_size ?? -1,
    maxConsumers: config.max_consumers,
    duplicateWindowSeconds: toSeconds(config.duplicate_window ?? 0),
    compression: config.compression ?? "none",
    placementTags: config.placement?.tags ?? [],
  };
}

/**
 * What to ask a server for.
 * @param live what is there now; its fields that this project knows nothing of stay as they are
 */
export function toServer(spec: StreamSpec, mark: Mark, live?: StreamConfig): StreamConfig {
  const { placement, ...others } = live ?? {};
  const { tags: _, ...otherPlacement } = placement ?? {};
  const wantedPlacement = {
    ...otherPlacement,
    ...(spec.placementTags.length === 0 ? {} : { tags: spec.placementTags }),
  };
  return {
    ...others,
    name: spec.name,
    description: spec.description,
    subjects: spec.subjects,
    storage: spec.storage,
    retention: spec.retention,
    discard: spec.discard,
    num_replicas: spec.replicas,
    max_age: toNanoseconds(spec.maxAgeSeconds),
    max_bytes: spec.maxBytes,
    max_msgs: spec.maxMessages,
    max_msgs_per_subject: spec.maxMessagesPerSubject,
    max_msg_size: spec.maxMessageSizeBytes,
    max_consumers: spec.maxConsumers,
    duplicate_window: toNanoseconds(spec.duplicateWindowSeconds),
    compression: spec.compression,
    ...(Object.keys(wantedPlacement).length === 0 ? {} : { placement: wantedPlacement }),
    metadata: marked(live?.metadata, mark),
  };
}

/** Whether two values of a property mean the same to a server: it knows no order, and folds the case of tags. */
export function sameValue(path: string, left: unknown, right: unknown): boolean {
  if (path === "subjects") return sameSet(left, right);
  if (path === "placementTags") return sameSet(left, right, lowerCase);
  return left === right && typeof left !== "symbol";
}

/** The live form in the words of the known one where both mean the same, so that no difference shows. */
export function inWordsOf(known: Partial<StreamSpec> | undefined, live: StreamSpec): StreamSpec {
  if (known === undefined) return live;
  return {
    ...live,
    subjects: sameValue("subjects", known.subjects, live.subjects) ? (known.subjects ?? []) : live.subjects,
    placementTags: sameValue("placementTags", known.placementTags, live.placementTags)
      ? (known.placementTags ?? [])
      : live.placementTags,
  };
}
