import type { NatsConnection } from "nats";
import { type HeldStream, heldStreams, type JszAccount } from "../../model/jetstream/held.ts";
import { askServer, servers } from "../system.ts";

/** Streams of all accounts, and who told of them. */
export interface Held {
  /** server_name of every server that answered to the end. */
  readonly servers: readonly string[];
  readonly streams: readonly HeldStream[];
}

/** How many accounts a server tells of at once; its own limit is 1024. */
const accountsPerPage = 256;

/**
 * Asks every server that answers for the streams that it holds, whoever made them. A server that fails half-way counts
 * as not answering.
 * @param connection of the system account, which alone sees the streams of others
 */
export async function askHeld(connection: NatsConnection, perPage = accountsPerPage): Promise<Held> {
  const found = await servers(connection).catch(() => []);
  const answers = await Promise.allSettled(
    found.map(async ({ id, name }) => ({
      server: name,
      accounts: await accountsOf(connection, id, perPage),
    })),
  );
  const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  return { servers: told.map(({ server }) => server), streams: heldStreams(told) };
}

async function accountsOf(connection: NatsConnection, id: string, perPage: number): Promise<JszAccount[]> {
  const accounts: JszAccount[] = [];
  for (;;) {
    const page = { accounts: true, streams: true, config: true, offset: accounts.length, limit: perPage };
    const { account_details } = await askServer(connection, id, "JSZ", page);
    accounts.push(...(account_details ?? []));
    if ((account_details ?? []).length < perPage) return accounts;
  }
}
