import { type Found, markIn } from "../../model/jetstream/ownership.ts";
import type { StreamConfig, StreamInfo } from "../../model/jetstream/stream-info.ts";
import { ApiError, jetStreamErrors } from "../errors.ts";
import { pause } from "../poll.ts";
import { servers } from "../system.ts";
import { about, ask, isApiError, isNotFound, type Limits, order } from "./asset-request.ts";

/**
 * Refusals that pass by themselves: no server fits, for one that has just started is not yet known to the one that
 * chooses; the copies are still being moved; the files of a deleted stream of that name are still being removed.
 */
const passing: ReadonlySet<number> = new Set([
  jetStreamErrors.clusterNoPeers,
  jetStreamErrors.streamReconfigureInProgress,
  jetStreamErrors.streamCreate,
]);

/** How long they may take for it. A move takes as long as it takes. */
const patienceMilliseconds = 10_000;

/** undefined: there is no such stream. */
export function findStream(name: string, limits: Limits, body?: unknown): Promise<StreamInfo | undefined> {
  return ask(whatIs(name), `STREAM.INFO.${name}`, body, limits);
}

export function createStream(config: StreamConfig, limits: Limits): Promise<StreamInfo> {
  return whenServersAreKnown(config, limits, `STREAM.CREATE.${config.name}`);
}

export function updateStream(config: StreamConfig, limits: Limits): Promise<StreamInfo> {
  return whenServersAreKnown(config, limits, `STREAM.UPDATE.${config.name}`);
}

/** @throws ApiError with the stream's name and what else helps to fix the fault */
async function whenServersAreKnown(
  config: StreamConfig,
  limits: Limits,
  subject: string,
): Promise<StreamInfo> {
  const patience = Math.min(limits.deadline, Date.now() + patienceMilliseconds);
  for (;;) {
    try {
      return await limits.cluster.jetStream<StreamInfo>(subject, config, limits);
    } catch (error) {
      const moving = isApiError(error, jetStreamErrors.streamReconfigureInProgress);
      const deadline = moving ? limits.deadline : patience;
      if (!(error instanceof ApiError && passing.has(error.errorCode)) || Date.now() >= deadline) {
        throw about(whatIs(config.name), error, await explanation(error, config, limits));
      }
      limits.progress(`waiting to place the stream ${config.name}: ${error.message}`);
      await pause(100, deadline);
    }
  }
}

async function explanation(error: unknown, config: StreamConfig, limits: Limits): Promise<string> {
  if (isApiError(error, jetStreamErrors.clusterNoPeers)) return `${asked(config)}${await answering(limits)}`;
  if (!isApiError(error, jetStreamErrors.streamSubjectOverlap)) return "";
  const names = await streamsOn(config.subjects ?? [], limits);
  return `: ${names.filter((name) => name !== config.name).join(", ")}`;
}

function asked(config: StreamConfig): string {
  const copies = `${config.num_replicas} ${config.num_replicas === 1 ? "copy" : "copies"}`;
  const tags = config.placement?.tags ?? [];
  const where = tags.length === 0 ? "" : ` with all of the tags ${tags.join(", ")}`;
  return `; the stream needs ${copies} on as many servers${where}`;
}

/** The servers that answer and their tags, as far as the system account may be asked. */
async function answering({ cluster }: Limits): Promise<string> {
  if (cluster.access.systemSeed === undefined) return "";
  try {
    const found = await servers(await cluster.system(Date.now()));
    const told = found.map(({ name, tags = [] }) => `${name} (${tags.join(", ") || "no tags"})`);
    return `; the servers are ${told.sort().join(", ")}`;
  } catch {
    return "";
  }
}

/** Names of the streams that listen on any of the subjects. */
async function streamsOn(subjects: readonly string[], limits: Limits): Promise<string[]> {
  const pages = await Promise.all(
    subjects.map((subject) =>
      limits.cluster.jetStream<{ streams?: string[] | null }>("STREAM.NAMES", { subject }, limits),
    ),
  );
  return [...new Set(pages.flatMap((page) => page.streams ?? []))].sort();
}

/**
 * Deletes a stream with what it holds. It is emptied first: where a stream of the same name is made right afterwards,
 * as a replacement does, nats-server 2.15.1 without a cluster often gives it the deleted messages back.
 */
export async function deleteStream(name: string, limits: Limits): Promise<void> {
  try {
    // A stream that forbids it is deleted all the same.
    await order(whatIs(name), `STREAM.PURGE.${name}`, undefined, limits).catch(unlessApiError);
    await order(whatIs(name), `STREAM.DELETE.${name}`, undefined, limits);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

function unlessApiError(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
}

export function foundIn(info: StreamInfo): Found {
  return { mark: markIn(info.config.metadata), created: info.created };
}

export function whatIs(name: string): string {
  return `stream ${name}`;
}
