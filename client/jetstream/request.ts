import type { NatsConnection } from "nats";
import type { Progress } from "../connection.ts";
import { ApiError, jetStreamErrors, NoAnswer } from "../errors.ts";
import { pause } from "../poll.ts";

export interface RequestOptions {
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly progress?: Progress;
}

interface ApiAnswer {
  readonly error?: { code: number; err_code?: number; description: string };
}

/** Answers that mean "not now": a cluster without a leader says one of these, or nothing at all. */
const passing: ReadonlySet<number> = new Set([
  jetStreamErrors.clusterNotAvailable,
  jetStreamErrors.clusterNotLeader,
  jetStreamErrors.jetStreamNotEnabledForAccount,
]);

/**
 * One request to the JetStream API. A request sent before there is a leader is dropped and not queued, so each try
 * has a short limit, which grows, and is sent again until the deadline.
 * https://docs.nats.io/reference/reference-protocols/nats_api_reference
 * @param subject without the prefix: `STREAM.INFO.GLOBAL_EVENTS`
 * @throws ApiError when the server refused, NoAnswer when the deadline passed
 */
export async function request<T>(
  connection: NatsConnection,
  subject: string,
  body: unknown,
  options: RequestOptions,
): Promise<T> {
  const payload = body === undefined ? "" : JSON.stringify(body);
  for (let limit = 250; ; limit = Math.min(limit * 2, 5_000)) {
    const seen = await tryOnce<T>(connection, `$JS.API.${subject}`, payload, limit);
    if ("answer" in seen) return seen.answer;
    if (Date.now() >= options.deadline)
      throw new NoAnswer(`JetStream did not answer ${subject}: ${seen.missing}`);
    options.progress?.(`waiting for JetStream (${subject}: ${seen.missing})`);
    await pause(Math.min(limit, 250), options.deadline);
  }
}

async function tryOnce<T>(connection: NatsConnection, subject: string, payload: string, timeout: number) {
  let answer: T & ApiAnswer;
  try {
    answer = (await connection.request(subject, payload, { timeout })).json<T & ApiAnswer>();
  } catch (error) {
    if (connection.isClosed()) throw error;
    return { missing: describe(error) };
  }
  if (answer.error === undefined) return { answer };
  const { code, err_code: errorCode = 0, description } = answer.error;
  if (passing.has(errorCode)) return { missing: `${description} (${errorCode})` };
  throw new ApiError(description, code, errorCode);
}

function describe(error: unknown): string {
  const code = (error as { code?: string }).code;
  if (code === "503") return "no responders, JetStream is not up yet";
  if (code === "TIMEOUT") return "no answer in time, there may be no leader yet";
  return error instanceof Error ? error.message : String(error);
}
