import type { NatsConnection } from "nats";
import { askServer, servers } from "./system.ts";

/** What a server's clock says, next to this machine's clock. */
export interface SeenClock {
  readonly server: string;
  /** By the server's clock, and by ours when the answer came. */
  readonly there: Date;
  readonly here: Date;
  /**
   * By how much it is ahead of this machine's, negative where it is behind: no more than what the time of the question
   * and that of the answer prove.
   */
  readonly aheadMs: number;
}

/**
 * The clocks of all servers that answer.
 * @param connection of the system account
 */
export async function lookAtClocks(connection: NatsConnection): Promise<SeenClock[]> {
  const found = await servers(connection).catch(() => []);
  const seen = await Promise.allSettled(
    found.map(async ({ id, name }) => {
      const asked = Date.now();
      const { now } = await askServer(connection, id, "VARZ");
      return { server: name, ...between(asked, new Date(now), Date.now()) };
    }),
  );
  return seen.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}

/** The server looked at its clock at some time between the question and the answer. */
function between(asked: number, there: Date, answered: number): Omit<SeenClock, "server"> {
  const ahead = Math.max(0, there.getTime() - answered);
  const behind = Math.max(0, asked - there.getTime());
  return { there, here: new Date(answered), aheadMs: ahead - behind };
}
