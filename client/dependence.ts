import { X509Certificate } from "node:crypto";
import type { NatsConnection } from "nats";
import type { TrustingServer } from "../model/contract/node.ts";
import {
  type Dependence,
  dependence,
  type IssuedCertificate,
  type ServedPort,
} from "../model/tls/dependence.ts";
import { hostAndPort } from "./address.ts";
import type { Dialer } from "./dialer.ts";
import { type Port, servedCertificate, signedBy } from "./handshake.ts";
import { lookAtSessions } from "./sessions.ts";

export interface LiveDependence extends Dependence {
  /** Servers that do not answer, so that their dependence is unknown. */
  readonly silent: readonly string[];
}

/**
 * Asks every server what it serves and which sessions it has, and returns what depends on CAs that are to go.
 * @param connection of the system account
 * @param authorities PEM of the CAs that go, and of the CAs that stay. A CA with the name and key of a CA that stays does not go
 */
export async function lookAtDependence(
  connection: NatsConnection,
  { dropped, kept }: { readonly dropped: readonly string[]; readonly kept: readonly string[] },
  issued: readonly IssuedCertificate[],
  servers: readonly TrustingServer[],
  dialer: Dialer,
): Promise<LiveDependence> {
  const stays = new Set(kept.map(identityOf));
  const authorities = dropped
    .filter((pem) => !stays.has(identityOf(pem)))
    .map((pem) => new X509Certificate(pem));
  if (authorities.length === 0) return { live: [], foreign: [], sessions: [], silent: [] };
  const names = servers.map(({ serverName }) => serverName);
  const { sessions, silent } = await lookAtSessions(connection, names);
  const answering = servers.filter(({ serverName }) => !silent.includes(serverName));
  const ports = await Promise.all(
    answering.flatMap((server) => portsOf(server, dialer).map((port) => served(server, port, authorities))),
  );
  const since = servers.flatMap(({ serverName, servedSince }): [string, Date][] =>
    servedSince === "" ? [] : [[serverName, new Date(servedSince)]],
  );
  const fingerprints = authorities.map(({ fingerprint256 }) => fingerprint256);
  return { ...dependence(fingerprints, issued, new Map(since), { ports, sessions }), silent };
}

/** What it issued is looked up by its name, and verified by its key. */
function identityOf(pem: string): string {
  const { subject, publicKey } = new X509Certificate(pem);
  return `${subject}\n${publicKey.export({ type: "spki", format: "pem" })}`;
}

function portsOf({ clientTls, clusterAddress, url }: TrustingServer, dialer: Dialer): Port[] {
  const cluster: Port = { ...hostAndPort(clusterAddress), kind: "cluster", dialer };
  return clientTls === "off" ? [cluster] : [cluster, { ...hostAndPort(url), kind: "client", dialer }];
}

async function served(
  server: TrustingServer,
  port: Port,
  authorities: readonly X509Certificate[],
): Promise<ServedPort> {
  const where = `the ${port.kind} port of ${server.serverName}`;
  try {
    const seen = await servedCertificate(port);
    return { where, signedByDropped: authorities.some((authority) => signedBy(authority, seen)) };
  } catch (error) {
    return { where: `${where} (${(error as Error).message})`, signedByDropped: undefined };
  }
}
