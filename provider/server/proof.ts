import type { NatsConnection } from "nats";
import { hostAndPort } from "../../client/address.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { askServer, reload } from "../../client/system.ts";
import type { ClientTls } from "../../model/client-tls.ts";
import { idOf } from "./own-server.ts";

/** What a server has to serve after it has loaded its files. */
export interface Served {
  readonly serverName: string;
  readonly url: string;
  /** `host:port` of its cluster port. */
  readonly clusterAddress: string;
  /** Fingerprint of the certificate that every port must serve. */
  readonly certificate: string;
  readonly clientTls: ClientTls;
}

/** Reloads, and does not believe the answer alone: a reload that was taken moves the time of loading. */
export async function reloadWithProof(connection: NatsConnection, serverName: string): Promise<void> {
  const before = await askServer(connection, idOf(connection), "VARZ");
  try {
    await reload(connection, idOf(connection));
  } catch (error) {
    throw new Error(
      `${serverName} refused the new files and goes on with the old ones: ${(error as Error).message}. ` +
        "Mend what it names and run `pulumi up` again; do not restart the server before that",
    );
  }
  const after = await askServer(connection, idOf(connection), "VARZ");
  if (after.config_load_time === before.config_load_time) {
    throw new Error(
      `${serverName} answered the reload and did not load anything (still the files of ${before.config_load_time}); ` +
        "look at its log with `docker logs` and run `pulumi up` again",
    );
  }
}

/**
 * What the server says it has loaded is not always what it serves, so every port that speaks TLS is asked by a
 * handshake.
 * @throws Error naming the first port that serves another certificate
 */
export async function proveServed(server: Served): Promise<void> {
  const ports = [{ ...hostAndPort(server.clusterAddress), kind: "cluster" as const }];
  const clientPorts = [{ ...hostAndPort(server.url), kind: "client" as const }];
  for (const port of [...ports, ...(server.clientTls === "off" ? [] : clientPorts)]) {
    const served = await servedCertificate(port);
    if (served.fingerprint === server.certificate) continue;
    throw new Error(
      `${server.serverName} serves another certificate on its ${port.kind} port ${port.host}:${port.port} than it was ` +
        `given (${served.fingerprint}, until ${served.expires.toISOString()}, instead of ${server.certificate}); ` +
        "run `pulumi up` again",
    );
  }
}
