import type { NatsConnection } from "nats";
import type { SeenServer } from "./cluster-health.ts";
import { askServer, servers } from "./system.ts";

/**
 * Asks every server that answers what it sees of itself and of the others. One that fails half-way counts as not
 * answering.
 * @param connection of the system account
 */
export async function lookAtServers(connection: NatsConnection): Promise<SeenServer[]> {
  const found = await servers(connection).catch(() => []);
  const seen = await Promise.allSettled(
    found.map(async ({ id, name, ver }) => {
      const [{ routes = [] }, jetStream, { start }] = await Promise.all([
        askServer(connection, id, "ROUTEZ"),
        askServer(connection, id, "JSZ"),
        askServer(connection, id, "VARZ"),
      ]);
      const meta = jetStream.meta_cluster;
      return {
        name,
        version: ver,
        started: start,
        // The system account has routes of its own beside the pool.
        routes: routes.filter(({ account }) => !account).map((route) => route.remote_name ?? ""),
        jetStream: jetStream.disabled !== true,
        metaLeader: meta?.leader ?? "",
        metaPeers: meta?.replicas ?? [],
      };
    }),
  );
  return seen.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
}
