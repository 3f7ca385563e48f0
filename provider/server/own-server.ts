import type { NatsConnection } from "nats";
import { open } from "../../client/connection.ts";
import { NoAnswer } from "../../client/errors.ts";
import { lookAtInfo, type ServerInfoLine } from "../../client/info.ts";
import { poll } from "../../client/poll.ts";
import type { Context } from "../resource.ts";

/** Where one server is. */
export interface ServerAddress {
  /** server_name, which must be what answers at `url`. */
  readonly serverName: string;
  /** Its client URL. */
  readonly url: string;
}

/**
 * Works on a connection of the system account to this server, and to no other server of its cluster. Its client port may
 * still have the TLS of an earlier configuration, so the connection follows the server's own INFO line.
 * @param deadline until when the server has to answer, in milliseconds since the epoch
 * @throws NoAnswer when it does not
 */
export async function withServer<T>(
  address: ServerAddress,
  context: Context,
  deadline: number,
  work: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const { access, dialer } = context.cluster;
  const { systemSeed: seed, tls } = access;
  if (seed === undefined)
    throw new Error("the system account's seed is missing: give `systemSeed` to the provider");
  const { speaks } = await infoOf(address, context, deadline);
  const login = { servers: [address.url], seed, tls: speaks === "off" ? undefined : tls, dialer };
  const connection = await open(login, deadline, context.progress).catch((error: Error) =>
    refuseLockedOut(address, error, context),
  );
  try {
    refuseOtherServer(address, connection.info?.server_name ?? "");
    return await work(connection);
  } finally {
    await connection.close();
  }
}

async function infoOf(address: ServerAddress, context: Context, deadline: number): Promise<ServerInfoLine> {
  const info = await poll(
    deadline,
    async () => {
      try {
        return { done: await lookAtInfo(context.cluster.port("client", address.url)) };
      } catch (error) {
        return { waitingFor: `${address.serverName} does not answer: ${(error as Error).message}` };
      }
    },
    context.progress,
  ).catch((error: Error) => {
    throw new NoAnswer(error.message);
  });
  refuseOtherServer(address, info.serverName);
  return info;
}

/** A server that answers and refuses every login is not down. */
async function refuseLockedOut(
  { serverName, url }: ServerAddress,
  error: Error,
  { cluster }: Context,
): Promise<never> {
  await lookAtInfo(cluster.port("client", url)).catch(() => {
    throw error;
  });
  throw new Error(`${serverName} answers, but refuses the login of this program: ${error.message}`);
}

function refuseOtherServer({ serverName, url }: ServerAddress, name: string): void {
  if (name === serverName) return;
  throw new Error(
    `${url} is answered by the server "${name}" instead of "${serverName}": ` +
      "another program uses the port. Stop that program, or give the pod another clientPort",
  );
}

/** A server that restarts has another id, so the present connection says the id. */
export function idOf(connection: NatsConnection): string {
  return connection.info?.server_id ?? "";
}
