import type { NatsConnection } from "nats";
import type { SeenServer } from "./cluster-health.ts";
import type { Progress } from "./connection.ts";
import { lookAtServers } from "./look.ts";
import { poll } from "./poll.ts";

/**
 * Every leader hears the request, so after a second request too soon the new leader steps down. A transfer takes a
 * fraction of this, and an election without one up to 9 s: electionTimeout in nats-server's server/raft.go.
 */
const transferMs = 2_000;

/**
 * Moves the leadership of the meta group to another server, so that the restart interrupts no request. Does nothing if
 * another server leads.
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
  const refusals = new Map<string, string>();
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = async (seen: readonly SeenServer[]) => {
    if (Date.now() - askedAt < transferMs) return;
    askedAt = Date.now();
    const heir = heirAmong(seen, candidates, refusals);
    const refusal = await askToStepDown(connection, heir);
    if (refusal === undefined) return;
    refusals.set(heir ?? "", refusal);
    askedAt = Number.NEGATIVE_INFINITY;
  };
  await poll(
    deadline,
    async () => {
      const seen = await lookAtServers(connection);
      const leaders = new Set(seen.map(({ metaLeader }) => metaLeader).filter((name) => name !== ""));
      if (leaders.size === 1 && !leaders.has(server)) return { done: true };
      if (leaders.size === 0) return { waitingFor: "the meta group has no leader" };
      await ask(seen);
      const words = [...new Set(refusals.values())].map((refusal) => `; it answers: ${refusal}`).join("");
      return { waitingFor: `the meta group's leadership is still on ${server}${words}` };
    },
    progress,
  );
}

/** undefined: the server chooses. */
function heirAmong(
  seen: readonly SeenServer[],
  candidates: readonly string[],
  refusals: ReadonlyMap<string, string>,
): string | undefined {
  if (!seen.every(({ version }) => atLeast(version, 2, 11))) return undefined;
  const able = seen.filter(({ jetStream }) => jetStream).map(({ name }) => name);
  return candidates.find((name) => able.includes(name) && !refusals.has(name));
}

/** @returns the server's words where it refused; whether an answer came at all, the next look tells */
async function askToStepDown(
  connection: NatsConnection,
  heir: string | undefined,
): Promise<string | undefined> {
  const body = heir === undefined ? "" : JSON.stringify({ placement: { preferred: heir } });
  try {
    const answer = await connection.request("$JS.API.META.LEADER.STEPDOWN", body, { timeout: 2_000 });
    return answer.json<{ error?: { description: string } }>().error?.description;
  } catch (error) {
    if (["TIMEOUT", "503"].includes((error as { code?: string }).code ?? "")) return undefined;
    throw error;
  }
}

function atLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
