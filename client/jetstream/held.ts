import type { NatsConnection } from "nats";
import { type HeldStream, heldStreams, type JszAccount } from "../../model/jetstream/held.ts";
import type { Progress } from "../connection.ts";
import { poll } from "../poll.ts";
import { askServer, servers } from "../system.ts";

/** Streams of all accounts, and who told of them. */
export interface Held {
  /** server_name of every server that answered to the end. */
  readonly servers: readonly string[];
  readonly streams: readonly HeldStream[];
}

/** How many accounts a server tells of at once; its own limit is 1024. */
export const accountsPerPage = 256;

/**
 * Asks every server that answers for the streams that it holds, also foreign streams. A server that fails half-way counts
 * as not answering.
 * @param connection of the system account, which alone sees the streams of others
 */
export async function askHeld(connection: NatsConnection, perPage = accountsPerPage): Promise<Held> {
  const found = await servers(connection).catch(() => []);
  const answers = await Promise.allSettled(
    found.map(async ({ id, name }) => ({
      server: name,
      accounts: await allAccounts((page) => accountsOf(connection, id, page), perPage),
    })),
  );
  const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  return { servers: told.map(({ server }) => server), streams: heldStreams(told) };
}

/** Which accounts a server is asked for: https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
export interface AccountsPage {
  readonly offset: number;
  readonly limit: number;
}

/** Page by page, until a server has told of the last account. */
export async function allAccounts(
  ask: (page: AccountsPage) => Promise<readonly JszAccount[]>,
  perPage: number,
): Promise<JszAccount[]> {
  const accounts: JszAccount[] = [];
  for (;;) {
    const found = await ask({ offset: accounts.length, limit: perPage });
    accounts.push(...found);
    if (found.length < perPage) return accounts;
  }
}

async function accountsOf(
  connection: NatsConnection,
  id: string,
  page: AccountsPage,
): Promise<readonly JszAccount[]> {
  const options = { accounts: true, streams: true, config: true, ...page };
  return (await askServer(connection, id, "JSZ", options)).account_details ?? [];
}

/**
 * Asks again until nothing is missing, for as long as the deadline lets. A busy server misses a question now and then.
 * @param missing what is missing of an answer, in words; undefined: nothing
 * @returns the answer in which the most servers told
 */
export async function askFullest(
  connection: NatsConnection,
  deadline: number,
  missing: (held: Held) => string | undefined,
  progress?: Progress,
): Promise<Held> {
  let fullest: Held = { servers: [], streams: [] };
  const polled = poll<Held>(
    deadline,
    async () => {
      const held = await askHeld(connection);
      if (held.servers.length >= fullest.servers.length) fullest = held;
      const waitingFor = missing(fullest);
      return waitingFor === undefined ? { done: fullest } : { waitingFor };
    },
    progress,
  );
  return polled.catch(() => fullest);
}

/** @param names server_name of those that should tell */
export function silentOf(names: readonly string[], { servers: told }: Held): string[] {
  return names.filter((name) => !told.includes(name));
}
