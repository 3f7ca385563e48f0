import type { NatsConnection } from "nats";
import type { Progress } from "./connection.ts";
import { ApiError, NoAnswer } from "./errors.ts";
import { lookAtServers } from "./look.ts";
import { until } from "./until.ts";

/**
 * Moves the leadership of the meta group off a server, so that its restart interrupts no request. Does nothing where
 * another one leads.
 * https://docs.nats.io/reference/reference-protocols/nats_api_reference#jetstream-api
 * @param connection of the system account
 * @param candidates who should lead instead, the best first; servers before 2.11 choose by themselves
 * @throws Error when the leadership has not moved by the deadline
 */
export async function stepDownFrom(
  connection: NatsConnection,
  server: string,
  candidates: readonly string[],
  deadline: number,
  progress: Progress,
): Promise<void> {
  await until(
    deadline,
    async () => {
      const seen = await lookAtServers(connection);
      const leaders = new Set(seen.map(({ metaLeader }) => metaLeader).filter((name) => name !== ""));
      if (leaders.size === 1 && !leaders.has(server)) return { done: true };
      if (leaders.has(server)) {
        const preferred = candidates.find((name) => seen.some((other) => other.name === name));
        const choosesByName = seen.every(({ version }) => atLeast(version, 2, 11));
        await askToStepDown(connection, choosesByName ? preferred : undefined);
      }
      return { waitingFor: `the meta group's leadership is still on ${server}` };
    },
    progress,
  );
}

async function askToStepDown(connection: NatsConnection, preferred: string | undefined): Promise<void> {
  const body = preferred === undefined ? "" : JSON.stringify({ placement: { preferred } });
  try {
    const answer = await connection.request("$JS.API.META.LEADER.STEPDOWN", body, { timeout: 2_000 });
    const { error } = answer.json<{ error?: { code: number; err_code?: number; description: string } }>();
    if (error !== undefined) throw new ApiError(error.description, error.code, error.err_code);
  } catch (error) {
    // What counts is who leads then, and the next look tells.
    if (!(error instanceof ApiError) && !isSilence(error)) throw error;
  }
}

function isSilence(error: unknown): boolean {
  return error instanceof NoAnswer || ["TIMEOUT", "503"].includes((error as { code?: string }).code ?? "");
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
