import { askHeld, silentOf } from "../../client/jetstream/held.ts";
import { poll } from "../../client/poll.ts";
import type { PreflightInputs } from "../../model/contract/preflight.ts";
import { healthFaults, type SeenCurrent, withCopiesOn } from "../../model/jetstream/copies.ts";
import { type HeldStream, shownName } from "../../model/jetstream/held.ts";
import { wordsToLose } from "../../model/jetstream/loss/consent.ts";
import { placesOf } from "../../model/jetstream/loss/emptied.ts";
import type { Context } from "../resource.ts";

/** What was seen over the looks of one wait. */
interface Seen {
  readonly current: SeenCurrent;
  /** By stream, the last sequence of its leader at the first look: a copy that has come so far counts. */
  readonly ends: Map<string, number>;
}

/**
 * Before a server stops: waits until the other copies of what it keeps in memory are current, also those of foreign
 * streams. A server that restarted just before starts with an empty memory, and a large stream takes long to come back,
 * so this waits until the deadline of the request. The leader's report is not enough: for seconds it calls a copy current
 * that a restart has just emptied. So the server of each copy must report it too.
 * @throws Error naming each stream, and the option that does not wait for it
 */
export async function memoryCopiesCurrent(
  { serverName, known, lose }: PreflightInputs,
  context: Context,
): Promise<void> {
  const connection = await context.cluster.system(context.deadline, context.progress);
  const others = known.filter((name) => name !== serverName);
  const seen: Seen = { current: new Set(), ends: new Map() };
  await poll(
    context.deadline,
    async () => {
      const held = await askHeld(connection);
      const silent = silentOf(others, held);
      if (silent.length > 0) return { waitingFor: `${silent.join(", ")} did not report all streams` };
      const faults = held.streams
        .filter((stream) => !lose.includes(stream.name) && hasSharedCopyOn(serverName, stream))
        .flatMap((stream) => faultOf(serverName, stream, seen));
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    },
    context.progress,
  );
}

/** A stream with one copy was a matter of the look. */
function hasSharedCopyOn(serverName: string, stream: HeldStream): boolean {
  return stream.storage === "memory" && stream.copies > 1 && placesOf(stream).includes(serverName);
}

function faultOf(serverName: string, stream: HeldStream, seen: Seen): string[] {
  const end = endOf(stream, seen);
  // The server's own copy goes, so it does not count as missing.
  const others = withCopiesOn(stream, (name) => name !== serverName);
  const replicas = others.replicas.map((replica) => {
    const lag = end - (stream.lastSequences[replica.name] ?? 0);
    return lag > 0 ? { ...replica, current: false, lag } : replica;
  });
  const faults = healthFaults(shownName(stream), { ...others, replicas }, seen.current);
  return faults.length === 0
    ? []
    : [
        `${faults.join("; ")}, and this server has a copy in memory, which the restart deletes. Wait until the other copies are current. With \`${wordsToLose([stream])}\` the update does not wait`,
      ];
}

/** Of a stream that was purged or recreated meanwhile, the present last sequence. */
function endOf(stream: HeldStream, { ends }: Seen): number {
  const key = shownName(stream);
  const now = stream.lastSequences[stream.leader] ?? 0;
  const end = Math.min(ends.get(key) ?? now, now);
  ends.set(key, end);
  return end;
}
