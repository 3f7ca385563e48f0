import { askHeld } from "../../client/jetstream/held.ts";
import { until } from "../../client/until.ts";
import type { PreflightInputs } from "../../model/contract/preflight.ts";
import { healthFaults, type SeenCurrent } from "../../model/jetstream/copies.ts";
import { type HeldStream, shownName } from "../../model/jetstream/held.ts";
import { wordsToLose } from "../../model/jetstream/loss/consent.ts";
import { placesOf } from "../../model/jetstream/loss/emptied.ts";
import type { Context } from "../resource.ts";

/**
 * Before a server stops: waits until the other copies of what it keeps in memory are current, whoever made the stream. A
 * server that had its turn just before starts with an empty memory, and a large stream takes its time to come back, so
 * the whole patience of the request is given.
 * @throws Error naming each stream and how to go on without it
 */
export async function memoryCopiesCurrent(
  { serverName, lose }: PreflightInputs,
  context: Context,
): Promise<void> {
  const connection = await context.cluster.system(context.deadline, context.progress);
  const seenCurrent: SeenCurrent = new Set();
  await until(
    context.deadline,
    async () => {
      const { streams } = await askHeld(connection);
      const faults = streams
        .filter((stream) => !lose.includes(stream.name) && hasSharedCopyOn(serverName, stream))
        .flatMap((stream) => faultOf(serverName, stream, seenCurrent));
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    },
    context.progress,
  );
}

/** A stream with one copy was a matter of the look. */
function hasSharedCopyOn(serverName: string, stream: HeldStream): boolean {
  return stream.storage === "memory" && stream.copies > 1 && placesOf(stream).includes(serverName);
}

function faultOf(serverName: string, stream: HeldStream, seenCurrent: SeenCurrent): string[] {
  const replicas = stream.replicas.filter(({ name }) => name !== serverName);
  // The server's own copy goes, so it does not count as missing.
  const counted = { ...stream, replicas, copies: stream.copies - (stream.replicas.length - replicas.length) };
  const faults = healthFaults(shownName(stream), counted, seenCurrent);
  return faults.length === 0
    ? []
    : [
        `${faults.join("; ")}, and this server has a copy in memory; \`${wordsToLose([stream])}\` does not wait for it`,
      ];
}
