import type { NatsConnection } from "nats";
import { type ListedStream, listStreams } from "../../client/jetstream/streams.ts";
import { poll } from "../../client/poll.ts";
import { askServer } from "../../client/system.ts";
import { healthFaults, type SeenCurrent, type SeenStream } from "../../model/jetstream/copies.ts";
import { isOfStack, markIn } from "../../model/jetstream/ownership.ts";
import type { Context } from "../resource.ts";
import { idOf } from "./own-server.ts";

/** A server that is too busy to answer is not healthy yet. */
export async function healthy(
  connection: NatsConnection,
  serverName: string,
  context: Context,
  part: "js-enabled-only" | "js-meta-only",
): Promise<void> {
  const otherwise = part === "js-meta-only" ? "has not caught up" : "is not healthy";
  await poll(
    context.deadline,
    async () => {
      const health = await askServer(connection, idOf(connection), "HEALTHZ", { [part]: true }).catch(
        (error: Error) => ({ status: "unavailable", error: error.message }),
      );
      return health.status === "ok"
        ? { done: true }
        : { waitingFor: `${serverName} ${otherwise}: ${health.error ?? health.status}` };
    },
    context.progress,
  );
}

/**
 * Waits after a restart until the server is current in the meta group, and every copy of this stack's streams on disk is
 * current, so that the next server may restart. A server without others does not wait.
 */
export async function caughtUp(
  connection: NatsConnection,
  serverName: string,
  context: Context,
): Promise<void> {
  const routes = await askServer(connection, idOf(connection), "ROUTEZ").catch(() => ({ routes: undefined }));
  if (routes.routes?.length === 0) return;
  await healthy(connection, serverName, context, "js-meta-only");
  const seenCurrent: SeenCurrent = new Set();
  await poll(
    context.deadline,
    async () => {
      const faults = await faultsOfOwnStreams(context, seenCurrent, (stream) => stream);
      return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
    },
    context.progress,
  );
}

/**
 * What keeps this stack's streams on disk from being healthy. Streams that this stack does not manage don't count, or one
 * bad client would block every update. A stream in memory is gone when its last copy is: {@link ./memory-copies.ts}.
 * @param view what of each stream counts
 */
export async function faultsOfOwnStreams(
  context: Context,
  seenCurrent: SeenCurrent,
  view: (stream: SeenStream) => SeenStream | undefined,
): Promise<string[]> {
  const options = { deadline: Math.min(context.deadline, Date.now() + 2_000) };
  try {
    const all = await listStreams(context.cluster, options);
    return all
      .filter((one) => isOwnOnDisk(one, context))
      .flatMap(({ name, stream }) => {
        const counted = view(stream);
        return counted === undefined ? [] : healthFaults(name, counted, seenCurrent);
      });
  } catch (error) {
    return [(error as Error).message];
  }
}

function isOwnOnDisk({ metadata, storage }: ListedStream, context: Context): boolean {
  const mark = markIn(metadata);
  return storage === "file" && mark !== undefined && isOfStack(mark, context);
}
