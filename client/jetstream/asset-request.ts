import type { ClusterClient } from "../cluster-client.ts";
import type { Progress } from "../connection.ts";
import { ApiError, jetStreamErrors } from "../errors.ts";
import { pause } from "../poll.ts";

/** Whom to ask, and for how long. */
export interface Limits {
  readonly cluster: ClusterClient;
  /** When the answer has to be there, in milliseconds since the epoch. */
  readonly deadline: number;
  /** Shows what is being waited for. */
  readonly progress: Progress;
}

/** What a server says of a stream or consumer whose copies are on servers that are away, perhaps for a restart only. */
const offline: ReadonlySet<number> = new Set([
  jetStreamErrors.consumerOffline,
  jetStreamErrors.consumerOfflineReason,
  jetStreamErrors.streamOffline,
  jetStreamErrors.streamOfflineReason,
]);

/**
 * Asks about a stream or consumer, and waits while its servers are away.
 * @param what as in `stream GLOBAL_EVENTS`, for messages
 * @returns undefined when there is no such thing
 */
export async function ask<T>(
  what: string,
  subject: string,
  body: unknown,
  limits: Limits,
): Promise<T | undefined> {
  for (;;) {
    try {
      return await limits.cluster.jetStream<T>(subject, body, limits);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      if (!(error instanceof ApiError && offline.has(error.errorCode)) || Date.now() >= limits.deadline)
        throw about(what, error);
      limits.progress(`waiting for a server that has the ${what}: ${error.message}`);
      await pause(1_000, limits.deadline);
    }
  }
}

/** Asks for something to be done. @throws ApiError that names what it was about */
export async function order<T>(what: string, subject: string, body: unknown, limits: Limits): Promise<T> {
  try {
    return await limits.cluster.jetStream<T>(subject, body, limits);
  } catch (error) {
    throw about(what, error);
  }
}

/** Whether a list of names, which comes in pages, holds a name. The meta leader knows it, also of what is offline. */
export async function isListed(
  name: string,
  subject: "STREAM.NAMES" | `CONSUMER.NAMES.${string}`,
  limits: Limits,
): Promise<boolean> {
  for (let offset = 0; ; ) {
    const page = await limits.cluster.jetStream<NamesPage>(subject, { offset }, limits);
    const names = page.streams ?? page.consumers ?? [];
    if (names.includes(name)) return true;
    offset += names.length;
    if (names.length === 0 || offset >= page.total) return false;
  }
}

interface NamesPage {
  readonly total: number;
  readonly streams?: readonly string[] | null;
  readonly consumers?: readonly string[] | null;
}

export function isApiError(error: unknown, errorCode: number): error is ApiError {
  return error instanceof ApiError && error.errorCode === errorCode;
}

/** A consumer whose stream is gone is gone too. */
export function isNotFound(error: unknown): boolean {
  return (
    isApiError(error, jetStreamErrors.streamNotFound) || isApiError(error, jetStreamErrors.consumerNotFound)
  );
}

/** The same error with the name of what it is about, JetStream's number, and what else there is to say. */
export function about(what: string, error: unknown, more = ""): unknown {
  if (!(error instanceof ApiError)) return error;
  return new ApiError(
    `${what}: ${error.message} (JetStream error ${error.errorCode})${more}`,
    error.code,
    error.errorCode,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
