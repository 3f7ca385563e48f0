import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { fromServer as consumerFrom } from "../../model/jetstream/consumer-canonical.ts";
import type { ConsumerInfo } from "../../model/jetstream/consumer-info.ts";
import { consumerName } from "../../model/jetstream/names.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { fromServer } from "../../model/jetstream/stream-canonical.ts";
import type { Topology } from "../../plan/topology.ts";
import { compareConsumer, compareStream, type Difference, keptSubjects } from "./compare.ts";
import { consumerEntryOf, wholeConsumerEntryOf, whyLeft } from "./consumer-entry.ts";
import { type LiveStream, ownerOf } from "./live.ts";
import { type Entry, entryOf, unspoken, wholeEntryOf } from "./stream-entry.ts";

/** What happens to one stream or consumer. */
export interface Fate {
  /** As in `GLOBAL_EVENTS` or `GLOBAL_EVENTS/global-processor`. */
  readonly name: string;
  /**
   * - `known`: it is in the configuration. - `written`: it is written into the configuration. - `left`: it stays as it is,
   * outside of the stack. - `made`: the first `up` creates it.
   */
  readonly kind: "known" | "written" | "left" | "made";
  readonly differences: readonly ToldDifference[];
  /** Why it stays outside of the stack; else undefined. */
  readonly reason: string | undefined;
}

export interface ToldDifference {
  /** As in `maxAgeSeconds`. */
  readonly property: string;
  readonly live: unknown;
  readonly wanted: unknown;
  readonly kept: string | undefined;
}

export interface StreamsPlan {
  readonly fates: readonly Fate[];
  /** What the section `streams` says more than now, by stream. */
  readonly entries: Readonly<Record<string, Entry>>;
  readonly faults: readonly string[];
}

type Planned = Pick<Topology, "streams" | "consumers">;

/** What happens to every stream and consumer, so that no message is lost. */
export function planStreams(
  live: readonly LiveStream[],
  planned: Planned,
  maxPayloadBytes: number,
): StreamsPlan {
  const parts = [
    ...planned.streams.map((stream) => {
      const consumers = planned.consumers.filter(({ stream: of }) => of === stream.name);
      const there = live.find(({ info }) => info.config.name === stream.name);
      return there === undefined ? made(stream, consumers) : known(there, stream, consumers, maxPayloadBytes);
    }),
    ...live.filter(({ info }) => !planned.streams.some(({ name }) => name === info.config.name)).map(unknown),
  ];
  return {
    fates: parts.flatMap(({ fates }) => fates),
    entries: Object.assign({}, ...parts.map(({ entries }) => entries)),
    faults: parts.flatMap(({ faults }) => faults),
  };
}

function made(stream: StreamSpec, consumers: readonly ConsumerSpec[]): StreamsPlan {
  const names = [stream.name, ...consumers.map(consumerName.of)];
  return {
    fates: names.map((name) => ({ name, kind: "made", differences: [], reason: undefined })),
    entries: {},
    faults: [],
  };
}

function known(
  { info, consumers }: LiveStream,
  wanted: StreamSpec,
  planned: readonly ConsumerSpec[],
  maxPayloadBytes: number,
): StreamsPlan {
  const live = fromServer(info.config);
  const differences = compareStream(live, wanted, maxPayloadBytes);
  const subjects = isKept(differences, "subjects")
    ? keptSubjects(live.subjects, wanted.subjects)
    : wanted.subjects;
  const own = entryOf(
    { ...live, subjects },
    differences.flatMap(({ property, kept }) => (kept === undefined ? [] : [property])),
  );
  const parts = consumersPlan(info.config.name, consumers, planned, subjects);
  const entry = { ...own, ...(Object.keys(parts.entries).length === 0 ? {} : { consumers: parts.entries }) };
  const owner = ownerOf(info);
  return {
    fates: [
      { name: wanted.name, kind: "known", differences: told(differences, live, wanted), reason: undefined },
      ...parts.fates,
    ],
    entries: Object.keys(entry).length === 0 ? {} : { [wanted.name]: entry },
    faults: [
      ...(owner === undefined
        ? []
        : [`the stream ${wanted.name} belongs to the stack ${owner}, and was not made by hand`]),
      ...parts.faults,
    ],
  };
}

function consumersPlan(
  stream: string,
  live: readonly ConsumerInfo[],
  planned: readonly ConsumerSpec[],
  subjects: readonly string[],
): StreamsPlan {
  const fates: Fate[] = planned
    .filter(({ name }) => !live.some((one) => one.name === name))
    .map(({ name }) => ({
      name: consumerName.of({ stream, name }),
      kind: "made",
      differences: [],
      reason: undefined,
    }));
  const entries: Record<string, Entry> = {};
  const faults: string[] = [];
  for (const one of live) {
    const name = consumerName.of({ stream, name: one.name });
    const wanted = planned.find((candidate) => candidate.name === one.name);
    const reason =
      one.config.deliver_subject === undefined || wanted === undefined
        ? whyLeft(one)
        : "it is a push consumer";
    if (wanted !== undefined && one.config.deliver_subject !== undefined) {
      faults.push(
        `the consumer ${name} is a push consumer, and the configuration has a pull consumer of that name`,
      );
    } else if (wanted !== undefined) {
      const spec = consumerFrom(one);
      const differences = compareConsumer(spec, wanted, subjects);
      const kept = differences.filter((difference) => difference.kept !== undefined);
      if (kept.length > 0)
        entries[one.name] = consumerEntryOf(
          spec,
          kept.map(({ property }) => property),
        );
      fates.push({ name, kind: "known", differences: told(differences, spec, wanted), reason: undefined });
    } else if (reason === undefined) {
      entries[one.name] = wholeConsumerEntryOf(consumerFrom(one));
      fates.push({ name, kind: "written", differences: [], reason: undefined });
    } else fates.push({ name, kind: "left", differences: [], reason });
  }
  return { fates, entries, faults };
}

/** A stream that the configuration does not know: written into the configuration as it is, if there are settings for it. */
function unknown({ info, consumers }: LiveStream): StreamsPlan {
  const { name } = info.config;
  const spec = fromServer(info.config);
  const reason = whyStreamLeft(info);
  if (reason !== undefined) {
    return { fates: [{ name, kind: "left", differences: [], reason }], entries: {}, faults: [] };
  }
  const parts = consumersPlan(name, consumers, [], spec.subjects);
  const entry = {
    ...wholeEntryOf(spec),
    ...(Object.keys(parts.entries).length === 0 ? {} : { consumers: parts.entries }),
  };
  return {
    fates: [{ name, kind: "written", differences: [], reason: undefined }, ...parts.fates],
    entries: { [name]: entry },
    faults: parts.faults,
  };
}

function whyStreamLeft(info: LiveStream["info"]): string | undefined {
  const owner = ownerOf(info);
  if (owner !== undefined) return `it belongs to the stack ${owner}`;
  const fields = unspoken(info.config);
  if (info.config.max_consumers >= 0) fields.push("max_consumers");
  if (Object.keys(info.config.placement ?? {}).length > 0) fields.push("placement");
  return fields.length === 0 ? undefined : `the configuration has no settings for ${fields.join(", ")}`;
}

function isKept<Key>(differences: readonly Difference<Key>[], property: Key): boolean {
  return differences.some((one) => one.property === property && one.kept !== undefined);
}

function told<Spec extends object>(
  differences: readonly Difference<keyof Spec>[],
  live: Spec,
  wanted: Spec,
): ToldDifference[] {
  return differences.map(({ property, kept }) => ({
    property: String(property),
    live: live[property],
    wanted: wanted[property],
    kept,
  }));
}
