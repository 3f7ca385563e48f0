import type { NatsConnection } from "nats";
import type { SeenSession } from "../model/tls/dependence.ts";
import { poll } from "./poll.ts";
import { askServer, servers } from "./system.ts";

/** More clients than this are asked for page by page. */
const pageSize = 1_024;

/** How long a server may take to report its sessions. */
const patienceMs = 5_000;

/**
 * Every session of every server that answers. A server does not say which certificates a route was made with, only since
 * when it is there; of a client it says which certificate it showed.
 * @param connection of the system account
 * @param known server_name of those that have to answer: a busy one may miss a question, and is asked again
 * @returns also who of them did not
 */
export async function lookAtSessions(
  connection: NatsConnection,
  known: readonly string[],
): Promise<{ sessions: SeenSession[]; silent: string[] }> {
  const byServer = new Map<string, SeenSession[]>();
  const silent = () => known.filter((name) => !byServer.has(name));
  await poll(Date.now() + patienceMs, async () => {
    const found = await servers(connection).catch(() => []);
    const sessions = found.map(async ({ id, name }) => {
      const [routes, clients] = [await routesOf(connection, id, name), await clientsOf(connection, id, name)];
      byServer.set(name, [...routes, ...clients]);
    });
    await Promise.allSettled(sessions);
    return silent().length === 0 ? { done: true } : { waitingFor: silent().join(", ") };
  }).catch(() => {});
  return { sessions: [...byServer.values()].flat(), silent: silent() };
}

async function routesOf(connection: NatsConnection, id: string, server: string): Promise<SeenSession[]> {
  const { routes = [] } = await askServer(connection, id, "ROUTEZ");
  return routes.map((route) => ({
    server,
    peer: route.remote_name ?? "an unknown server",
    kind: "route" as const,
    started: new Date(route.start),
    tls: true,
    certificate: undefined,
  }));
}

async function clientsOf(connection: NatsConnection, id: string, server: string): Promise<SeenSession[]> {
  const sessions: SeenSession[] = [];
  for (let offset = 0; ; offset += pageSize) {
    const page = { auth: true, limit: pageSize, offset };
    const { connections = [], total } = await askServer(connection, id, "CONNZ", page);
    for (const client of connections) {
      sessions.push({
        server,
        peer: `${client.name ?? "a client without a name"} (${client.ip ?? "unknown address"}, cid ${client.cid})`,
        kind: "client",
        started: new Date(client.start),
        tls: client.tls_version !== undefined && client.tls_version !== "",
        certificate: client.tls_peer_certs?.[0]?.cert_sha256,
      });
    }
    if (connections.length === 0 || offset + connections.length >= total) return sessions;
  }
}
