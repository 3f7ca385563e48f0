import type { Known } from "../jetstream/ownership.ts";
import { type StreamSpec, streamDefaults } from "../jetstream/stream.ts";
import {
  assetName,
  checkFields,
  type Fields,
  flag,
  integer,
  limit,
  list,
  lowerCase,
  oneOf,
  seconds,
  shortestSeconds,
  subjects,
  text,
} from "./fields.ts";
import type { CheckFailure, Properties } from "./properties.ts";

/** Inputs of `nats:jetstream:Stream`. */
export interface StreamInputs extends StreamSpec {
  /** Consent to whatever deletes stored messages. */
  readonly allowDataLoss: boolean;
}

/** State of `nats:jetstream:Stream`. */
export interface ManagedStreamState extends StreamInputs, Known {}

export const mostReplicas = 5;
/** nats-server keeps the size of a message in 32 bits. */
const largestMessageBytes = 2 ** 31 - 1;
/** JSMaxDescriptionLen */
export const longestDescription = 4096;

export const streamFields: Fields<keyof StreamInputs> = {
  name: assetName(),
  description: text(longestDescription, streamDefaults.description),
  subjects: subjects(1),
  storage: oneOf(["file", "memory"], streamDefaults.storage),
  retention: oneOf(["limits", "interest", "workqueue"], streamDefaults.retention),
  discard: oneOf(["old", "new"], streamDefaults.discard),
  replicas: integer(1, mostReplicas, streamDefaults.replicas),
  maxAgeSeconds: seconds(streamDefaults.maxAgeSeconds, "unlimited"),
  maxBytes: limit("bytes", streamDefaults.maxBytes),
  maxMessages: limit("messages", streamDefaults.maxMessages),
  maxMessagesPerSubject: limit("messages", streamDefaults.maxMessagesPerSubject),
  maxMessageSizeBytes: limit("bytes", streamDefaults.maxMessageSizeBytes, largestMessageBytes),
  maxConsumers: limit("consumers", streamDefaults.maxConsumers),
  duplicateWindowSeconds: seconds(streamDefaults.duplicateWindowSeconds),
  compression: oneOf(["none", "s2"], streamDefaults.compression),
  placementTags: list(
    { of: 'server tags such as "pod:dk"', fault: tagFault, clash: tagClash },
    streamDefaults.placementTags,
  ),
  allowDataLoss: flag(false),
};

function tagFault(tag: string): string | undefined {
  return /^\S+$/.test(tag) ? undefined : 'is not a server tag; give one without spaces such as "pod:dk"';
}

function tagClash(tag: string, earlier: string): string | undefined {
  if (lowerCase(tag) !== lowerCase(earlier)) return undefined;
  return `is the same tag as ${JSON.stringify(earlier)}, because servers ignore the case of tags; remove one`;
}

export function checkStream(news: Properties): { inputs: Properties; failures: CheckFailure[] } {
  const { inputs, failures } = checkFields(withWindow(news), streamFields);
  const { duplicateWindowSeconds: window, maxAgeSeconds: age } = inputs;
  if (failures.length > 0 || typeof window !== "number" || typeof age !== "number")
    return { inputs, failures };
  if (age > 0 && window > age) {
    const reason = `${window} is longer than maxAgeSeconds, ${age}; give at most ${age}, or remove duplicateWindowSeconds`;
    failures.push({ property: "duplicateWindowSeconds", reason });
  }
  return { inputs, failures };
}

/** A server refuses a window that is longer than messages live, so the default is no longer than that. */
function withWindow(news: Properties): Properties {
  const { duplicateWindowSeconds: window, maxAgeSeconds: age } = news;
  const given = window !== undefined && window !== null;
  if (given || typeof age !== "number" || !(age >= shortestSeconds)) return news;
  return { ...news, duplicateWindowSeconds: Math.min(streamDefaults.duplicateWindowSeconds, age) };
}
