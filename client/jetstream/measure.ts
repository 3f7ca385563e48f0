import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import { fromServer as consumerFromServer } from "../../model/jetstream/consumer-canonical.ts";
import type { LiveConsumer } from "../../model/jetstream/consumer-info.ts";
import { helperName } from "../../model/jetstream/consumer-start.ts";
import {
  droppedBySubject,
  dropsSubjects,
  dropsUnneeded,
  type Loss,
  lossByAge,
  lossByBytes,
  lossByConsumer,
  lossByCount,
  lossByInterest,
  lossPerSubject,
  lowersPerSubject,
  shortensAge,
} from "../../model/jetstream/loss/changes.ts";
import { acknowledgedLater } from "../../model/jetstream/loss/consumer-place.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import { fromServer } from "../../model/jetstream/stream-canonical.ts";
import type { StreamInfo, StreamState } from "../../model/jetstream/stream-info.ts";
import { jetStreamErrors } from "../errors.ts";
import { isApiError, type Limits } from "./asset-request.ts";
import { findStream } from "./stream-api.ts";

/** Asks the servers what a change would delete. Messages that come in meanwhile are not counted. */
export async function losses(info: StreamInfo, wanted: StreamSpec, context: Limits): Promise<Loss[]> {
  const { name } = info.config;
  if (info.state.messages === 0) return [];
  const live = fromServer(info.config);
  return [
    ...lossByCount(wanted, info.state),
    ...lossByBytes(wanted, info.state),
    ...(shortensAge(live, wanted) ? await measureAge(info, wanted, context) : []),
    ...(lowersPerSubject(live, wanted)
      ? lossPerSubject(
          wanted,
          (await countsBySubject(name, context)).map(([, messages]) => messages),
        )
      : []),
    ...(dropsUnneeded(live, wanted)
      ? lossByInterest(info.state, await neededByConsumers(name, context))
      : []),
  ];
}

async function measureAge(info: StreamInfo, wanted: StreamSpec, context: Limits): Promise<Loss[]> {
  const { name } = info.config;
  const stored = await withGaps(name, info.state, context);
  // By the server's clock, not this machine's.
  const oldest = new Date(Date.parse(info.ts) - wanted.maxAgeSeconds * 1000);
  try {
    const { message } = await context.cluster.jetStream<{ message: { seq: number } }>(
      `STREAM.MSG.GET.${name}`,
      { start_time: oldest.toISOString() },
      context,
    );
    return lossByAge(wanted, stored, message.seq);
  } catch (error) {
    if (isApiError(error, jetStreamErrors.noMessageFound)) return lossByAge(wanted, stored, undefined);
    throw error;
  }
}

async function withGaps(name: string, stored: StreamState, context: Limits): Promise<StreamState> {
  if ((stored.num_deleted ?? 0) === 0) return stored;
  return (await findStream(name, context, { deleted_details: true }))?.state ?? stored;
}

/** A server tells at most 100,000 subjects at once. */
async function countsBySubject(
  name: string,
  context: Limits,
): Promise<[subject: string, messages: number][]> {
  const counts: [string, number][] = [];
  for (;;) {
    const page = await findStream(name, context, { subjects_filter: ">", offset: counts.length });
    const found = Object.entries(page?.state.subjects ?? {});
    if (found.length === 0) return counts;
    counts.push(...found);
  }
}

interface ConsumerPage {
  readonly total: number;
  readonly consumers?: readonly Waiting[];
}

interface Waiting {
  readonly name: string;
  readonly num_pending: number;
  readonly num_ack_pending: number;
}

async function neededByConsumers(name: string, context: Limits): Promise<number[]> {
  return (await consumersOf(name, context)).map(neededBy);
}

async function consumersOf(stream: string, context: Limits): Promise<Waiting[]> {
  const all: Waiting[] = [];
  for (;;) {
    const request = { offset: all.length };
    const page = await context.cluster.jetStream<ConsumerPage>(`CONSUMER.LIST.${stream}`, request, context);
    const found = page.consumers ?? [];
    all.push(...found);
    if (found.length === 0 || all.length >= page.total) return all;
  }
}

function neededBy({ num_pending, num_ack_pending }: Omit<Waiting, "name">): number {
  return num_pending + num_ack_pending;
}

/**
 * A message that was delivered as often as it may be (`maxDeliver`) is not pending any more, and an interest stream keeps
 * it all the same. The server does not tell such messages from acknowledged messages behind the floor.
 */
function atMostNeededBy(live: LiveConsumer): number {
  return neededBy(live) + acknowledgedLater(live);
}

/**
 * Asks the servers how many messages the deletion of a consumer would delete, at most.
 * @param name of the consumer; its helper goes with it
 * @param live the consumer, or its helper where that alone is left
 * @returns 0 where its stream is gone, or keeps messages although no consumer waits for them
 */
export async function lossByDeletion(name: string, live: LiveConsumer, context: Limits): Promise<number> {
  const stream = await findStream(live.stream_name, context);
  return stream === undefined ? 0 : lossOfInterest(stream, name, live, atMostNeededBy(live), context);
}

/**
 * Asks the servers how many messages would go where a consumer changes its filters in place, at most: an interest stream
 * deletes at once what no consumer waits for.
 */
export async function lossByFilters(
  live: LiveConsumer,
  { filterSubjects: after }: Pick<ConsumerSpec, "filterSubjects">,
  context: Limits,
): Promise<number> {
  const { filterSubjects: before } = consumerFromServer(live);
  if (!dropsSubjects(before, after)) return 0;
  const stream = await findStream(live.stream_name, context);
  if (stream?.config.retention !== "interest" || stream.state.messages === 0) return 0;
  const dropped = droppedBySubject(before, after, await countsBySubject(live.stream_name, context));
  return lossOfInterest(stream, live.name, live, Math.min(dropped, atMostNeededBy(live)), context);
}

async function lossOfInterest(
  { config, state }: StreamInfo,
  name: string,
  live: LiveConsumer,
  needed: number,
  context: Limits,
): Promise<number> {
  if (config.retention !== "interest" || state.messages === 0 || needed === 0) return 0;
  const all = await consumersOf(live.stream_name, context);
  const others = all.filter((one) => one.name !== name && one.name !== helperName(name));
  return lossByConsumer(state, needed, others.map(neededBy));
}
