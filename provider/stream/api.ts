import { ApiError, jetStreamErrors } from "../../client/errors.ts";
import { servers } from "../../client/system.ts";
import { pause } from "../../client/until.ts";
import { about, ask, isApiError, isNotFound, type Limits, order } from "../asking.ts";
import { type Found, markIn } from "../ownership.ts";
import type { Context } from "../resource.ts";
import type { StreamConfig, StreamInfo } from "./server.ts";

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

/** More than a cluster has, so that all who answer in time are heard. */

/** undefined: there is no such stream. */
export function findStream(name: string, limits: Limits, body?: unknown): Promise<StreamInfo | undefined> {
  return ask(whatIs(name), `STREAM.INFO.${name}`, body, limits);
}

export function createStream(config: StreamConfig, context: Context): Promise<StreamInfo> {
  return whenServersAreKnown(config, context, `STREAM.CREATE.${config.name}`);
}

export function updateStream(config: StreamConfig, context: Context): Promise<StreamInfo> {
  return whenServersAreKnown(config, context, `STREAM.UPDATE.${config.name}`);
}

/** @throws ApiError with the stream's name and what else helps to mend it */
async function whenServersAreKnown(
  config: StreamConfig,
  context: Context,
  subject: string,
): Promise<StreamInfo> {
  const patience = Math.min(context.deadline, Date.now() + patienceMilliseconds);
  for (;;) {
    try {
      return await context.cluster.jetStream<StreamInfo>(subject, config, context);
    } catch (error) {
      const moving = isApiError(error, jetStreamErrors.streamReconfigureInProgress);
      const deadline = moving ? context.deadline : patience;
      if (!(error instanceof ApiError && passing.has(error.errorCode)) || Date.now() >= deadline) {
        throw about(whatIs(config.name), error, await explanation(error, config, context));
      }
      context.progress(`waiting to place the stream ${config.name}: ${error.message}`);
      await pause(100, deadline);
    }
  }
}

async function explanation(error: unknown, config: StreamConfig, context: Context): Promise<string> {
  if (isApiError(error, jetStreamErrors.clusterNoPeers)) return `${asked(config)}${await answering(context)}`;
  if (!isApiError(error, jetStreamErrors.streamSubjectOverlap)) return "";
  const names = await streamsOn(config.subjects ?? [], context);
  return `: ${names.filter((name) => name !== config.name).join(", ")}`;
}

function asked(config: StreamConfig): string {
  const copies = `${config.num_replicas} ${config.num_replicas === 1 ? "copy" : "copies"}`;
  const tags = config.placement?.tags ?? [];
  const where = tags.length === 0 ? "" : ` with all of the tags ${tags.join(", ")}`;
  return `; it asks for ${copies} on as many servers${where}`;
}

/** The servers that answer and their tags, as far as the system account may be asked. */
async function answering({ cluster }: Context): Promise<string> {
  if (cluster.access.systemSeed === undefined) return "";
  try {
    const found = await servers(await cluster.system(Date.now()));
    const told = found.map(({ name, tags = [] }) => `${name} (${tags.join(", ") || "no tags"})`);
    return `; there are ${told.sort().join(", ")}`;
  } catch {
    return "";
  }
}

/** Names of the streams that listen on any of the subjects. */
async function streamsOn(subjects: readonly string[], context: Context): Promise<string[]> {
  const pages = await Promise.all(
    subjects.map((subject) =>
      context.cluster.jetStream<{ streams?: string[] | null }>("STREAM.NAMES", { subject }, context),
    ),
  );
  return [...new Set(pages.flatMap((page) => page.streams ?? []))].sort();
}

/**
 * Deletes a stream with what it holds. It is emptied first: where a stream of the same name is made right afterwards,
 * as a replacement does, nats-server 2.15.1 without a cluster often gives it the deleted messages back.
 */
export async function deleteStream(name: string, context: Context): Promise<void> {
  try {
    // A stream that forbids it is deleted all the same.
    await order(whatIs(name), `STREAM.PURGE.${name}`, undefined, context).catch(unlessApiError);
    await order(whatIs(name), `STREAM.DELETE.${name}`, undefined, context);
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
