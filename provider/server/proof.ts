import { X509Certificate } from "node:crypto";
import type { NatsConnection } from "nats";
import type { ClusterClient } from "../../client/cluster-client.ts";
import type { TlsAccess } from "../../client/connection.ts";
import { ApiError } from "../../client/errors.ts";
import { dialAsPeer, type Port, servedCertificate, signedBy } from "../../client/handshake.ts";
import { lookAtInfo } from "../../client/info.ts";
import { askServer, reload } from "../../client/system.ts";
import type { NodeInputs } from "../../model/contract/node.ts";
import { certificatesOf } from "../../model/tls/pem.ts";
import { idOf } from "./own-server.ts";

/** What a server has to serve after it has loaded its files. */
export type Served = Pick<NodeInputs, "serverName" | "url" | "clusterAddress" | "certificate" | "clientTls">;

/** Reloads, and does not trust the answer alone: a real reload moves the time of loading. */
export async function reloadWithProof(connection: NatsConnection, serverName: string): Promise<void> {
  const before = await askServer(connection, idOf(connection), "VARZ");
  try {
    await reload(connection, idOf(connection));
  } catch (error) {
    if (error instanceof ApiError) throw refusal(serverName, error);
    throw new Error(`${serverName} did not answer the reload: ${(error as Error).message}`);
  }
  const after = await askServer(connection, idOf(connection), "VARZ");
  if (after.config_load_time === before.config_load_time) {
    throw new Error(
      `${serverName} answered the reload and did not load anything (it still has the files of ${before.config_load_time}); ` +
        "look at its log with `docker logs` and run `pulumi up` again",
    );
  }
}

/** @param error the server's own message */
export function refusal(serverName: string, error: ApiError): Error {
  return new Error(
    `${serverName} refused the new files and goes on with the old ones: ${inOneLine(error.message)}. ` +
      "Fix what the server names and run `pulumi up` again. Do not restart the server before that",
  );
}

/** Whether everyone refuses the certificate now, by the clock of this machine. */
export function isOutdated({ validFrom, validTo }: X509Certificate): boolean {
  const now = Date.now();
  return now < Date.parse(validFrom) || now > Date.parse(validTo);
}

function inOneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, "; ");
}

/**
 * A server does not always serve what it reports as loaded, so this does a handshake with every port that speaks TLS. A
 * server accepts a certificate that is not valid now, or that none of its CAs signed. That shows only when its next
 * session is refused.
 * @param cluster with a certificate of the active CA: a server that does not trust the active CA refuses it
 * @throws Error naming the first port that does not serve what it was given
 */
export async function proveServed(server: Served, cluster: ClusterClient): Promise<void> {
  const { tls } = cluster.access;
  const clusterPort = cluster.port("cluster", server.clusterAddress);
  const clientPort = cluster.port("client", server.url);
  for (const port of [clusterPort, ...(server.clientTls === "off" ? [] : [clientPort])]) {
    await proveCertificate(server, port, tls);
  }
  const { speaks } = await lookAtInfo(clientPort);
  if (speaks !== server.clientTls) {
    throw new Error(
      `${server.serverName} has clientTls "${speaks}" on its client port ${server.url} instead of ` +
        `"${server.clientTls}"; run \`pulumi up\` again`,
    );
  }
  await proveTrust(server.serverName, clusterPort, tls);
}

async function proveCertificate(
  { serverName, certificate: given }: Served,
  port: Port,
  tls: TlsAccess | undefined,
): Promise<void> {
  const where = `${serverName} serves on its ${port.kind} port ${port.host}:${port.port}`;
  const served = await servedCertificate(port);
  const { fingerprint, certificate } = served;
  const [from, to] = [new Date(certificate.validFrom), new Date(certificate.validTo)];
  const dates = `valid from ${from.toISOString()} to ${to.toISOString()}`;
  if (fingerprint !== given) {
    throw new Error(
      `${where} not the certificate that it was given (${fingerprint}, ${dates}, instead of ${given}); ` +
        "run `pulumi up` again",
    );
  }
  if (isOutdated(certificate)) {
    const now = new Date();
    throw new Error(
      `${where} a certificate that is ${now < from ? "not valid yet" : "expired"} (${dates}; this machine's ` +
        `clock says ${now.toISOString()}). Open sessions go on, but every new session is refused. Before any server ` +
        "restarts, correct this machine's clock, or replace the certificate (`npm run rotate -- leaves`)",
    );
  }
  const authorities = certificatesOf(tls?.caPem ?? "").map((pem) => new X509Certificate(pem));
  if (authorities.length === 0 || authorities.some((authority) => signedBy(authority, served))) return;
  throw new Error(
    `${where} a certificate that no trusted CA has signed (it names ${inOneLine(certificate.issuer)}). Open sessions go ` +
      "on, but every new session is refused. Before any server restarts, add that CA to the trusted CAs, or give the " +
      "server a certificate of a trusted CA",
  );
}

/** Every server accepts a bundle without the active CA. Its next connection to another server then fails. */
async function proveTrust(serverName: string, port: Port, tls: TlsAccess | undefined): Promise<void> {
  const { certificatePem, privateKeyPem } = tls ?? {};
  if (certificatePem === undefined || privateKeyPem === undefined) return;
  try {
    await dialAsPeer(port, { certificatePem, privateKeyPem });
  } catch (error) {
    throw new Error(
      `${serverName} refuses certificates of the active CA, and so it will refuse the other servers when they next ` +
        `connect to it (${(error as Error).message}). Its trust bundle lacks the active CA: give that CA its phase back, ` +
        "before any server restarts",
    );
  }
}
