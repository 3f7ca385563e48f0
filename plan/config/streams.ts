import { type ConsumerInputs, givenConsents } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import { type ConsumerSpec, consumerDefaults } from "../../model/jetstream/consumer.ts";
import { type StreamSpec, streamDefaults } from "../../model/jetstream/stream.ts";
import { catalogue } from "../catalogue.ts";
import { podTag } from "../pod-tag.ts";
import type { Draft, DraftStream, Salvaged } from "./draft.ts";
import type { consumerShape, streamShape } from "./stream-schema.ts";

/** A stream as the catalogue and the configuration together want it. */
export interface ResolvedStream {
  readonly spec: StreamInputs;
  /** The pod that alone holds it; undefined: the cluster chooses. */
  readonly pod: string | undefined;
  readonly inCatalogue: boolean;
  /** The keys that the configuration gives, and the faulty keys among them. For a faulty key, `spec` has the default. */
  readonly given: ReadonlySet<StreamKey>;
  readonly faulty: ReadonlySet<StreamKey>;
  /** The subjects without a fault. undefined stands in the place of a faulty subject. */
  readonly subjects: readonly (string | undefined)[];
  readonly consumers: readonly ResolvedConsumer[];
}

export interface ResolvedConsumer {
  readonly spec: ConsumerInputs;
  readonly faulty: ReadonlySet<keyof typeof consumerShape>;
}

export type StreamKey = keyof typeof streamShape;

/** The catalogue of these pods with what the configuration changes, then the configuration's own streams. */
export function resolveStreams(draft: Draft, podIds: readonly string[]): readonly ResolvedStream[] {
  const known = catalogue(podIds);
  const names = new Set(known.map(({ stream }) => stream.name));
  const own = [...draft.streams].filter(([name]) => !names.has(name));
  const mostBytes = draft.cluster.values.maxPayload ?? streamDefaults.maxMessageSizeBytes;
  return [
    ...known.map(({ stream, consumers }) => ({
      ...resolve(stream, consumers, draft.streams.get(stream.name) ?? unchanged, mostBytes),
      inCatalogue: true,
    })),
    ...own.map(([name, wanted]) => ({
      ...resolve({ ...streamDefaults, name, subjects: [] }, [], wanted, mostBytes),
      inCatalogue: false,
    })),
  ];
}

const unchanged: DraftStream = {
  values: {},
  given: new Set(),
  faulty: new Set(),
  subjects: [],
  consumers: new Map(),
};

function resolve(
  base: StreamSpec,
  consumers: readonly ConsumerSpec[],
  wanted: DraftStream,
  mostBytes: number,
): Omit<ResolvedStream, "inCatalogue"> {
  const { values, given, faulty } = wanted;
  const {
    pod,
    maxAge,
    maxMessageSize,
    duplicateWindow,
    allowDataLoss = false,
    consumers: _,
    ...same
  } = values;
  const spec: StreamInputs = {
    ...base,
    // A message can't be larger than what the servers let in.
    maxMessageSizeBytes: Math.min(base.maxMessageSizeBytes, mostBytes),
    ...defined({ ...same, maxAgeSeconds: maxAge, maxMessageSizeBytes: maxMessageSize }),
    ...defined({
      duplicateWindowSeconds: duplicateWindow,
      placementTags: pod === undefined ? undefined : [podTag(pod)],
    }),
    allowDataLoss,
  };
  return {
    spec,
    pod: podOf(spec.placementTags),
    given,
    faulty,
    subjects: faulty.has("subjects") ? wanted.subjects : spec.subjects,
    consumers: resolveConsumers(spec, consumers, wanted.consumers),
  };
}

function resolveConsumers(
  stream: StreamInputs,
  known: readonly ConsumerSpec[],
  wanted: DraftStream["consumers"],
): readonly ResolvedConsumer[] {
  const names = new Set(known.map(({ name }) => name));
  const own = [...wanted.keys()].filter((name) => !names.has(name));
  const added = own.map((name) => ({ ...consumerDefaults, stream: stream.name, name }));
  return [...known, ...added].map((base) => resolveConsumer(stream, base, wanted.get(base.name)));
}

function resolveConsumer(
  { retention, allowDataLoss }: StreamInputs,
  base: ConsumerSpec,
  wanted: Salvaged<typeof consumerShape> | undefined,
): ResolvedConsumer {
  const { filters, ackWait, allowPositionLoss = false, ...same } = wanted?.values ?? {};
  return {
    spec: {
      ...base,
      ...defined({ ...same, filterSubjects: filters, ackWaitSeconds: ackWait }),
      // An interest stream loses messages with its consumers, so its consent counts for them.
      ...givenConsents({ allowPositionLoss, allowDataLoss: retention === "interest" && allowDataLoss }),
    },
    faulty: wanted?.faulty ?? new Set(),
  };
}

function podOf(tags: readonly string[]): string | undefined {
  return tags[0]?.slice(podTag("").length);
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

/** Removes undefined values, so that they do not hide a default. */
function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
