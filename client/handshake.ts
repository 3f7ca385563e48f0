import type { X509Certificate } from "node:crypto";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { readInfo } from "./info.ts";

/** The certificate that a port really serves, which is not always the one that the server says it has loaded. */
export interface ServedCertificate {
  /** SHA-256 of the certificate, as upper-case pairs joined by colons. */
  readonly fingerprint: string;
  readonly expires: Date;
  readonly certificate: X509Certificate;
}

export interface Port {
  readonly host: string;
  readonly port: number;
  /** A cluster port speaks TLS from the first byte, a client port after its INFO line. */
  readonly kind: "client" | "cluster";
}

/**
 * Does a TLS handshake and says what was served. Nothing is trusted or sent on this connection: the certificate is
 * looked at, and compared by the caller.
 * https://docs.nats.io/reference/reference-protocols/nats-protocol#info
 * @throws Error when there is no answer within the limit, or no TLS
 */
export async function servedCertificate(address: Port, timeoutMs = 5_000): Promise<ServedCertificate> {
  const tcp = connectTcp(address);
  const where = `${address.host}:${address.port}`;
  try {
    return await new Promise((resolve, reject) => {
      tcp.setTimeout(timeoutMs, () =>
        reject(new Error(`${where} did not finish a TLS handshake in ${timeoutMs} ms`)),
      );
      tcp.once("error", reject);
      begin(tcp, address)
        .then(() => handshake(tcp))
        .then(resolve, reject);
    });
  } finally {
    tcp.destroy();
  }
}

async function begin(tcp: Socket, { kind, host, port }: Port): Promise<void> {
  if (kind === "cluster") return;
  const info = await readInfo(tcp);
  if (!info.speaksTls) throw new Error(`${host}:${port} speaks no TLS`);
}

function handshake(socket: Socket): Promise<ServedCertificate> {
  return new Promise((resolve, reject) => {
    const secure: TLSSocket = connectTls({ socket, rejectUnauthorized: false }, () => {
      const certificate = secure.getPeerX509Certificate();
      if (certificate === undefined) reject(new Error("no certificate was served"));
      else resolve(describe(certificate));
    });
    secure.once("error", reject);
    // The server closes as soon as it misses our certificate; by then we have seen its own.
    secure.on("error", () => {});
  });
}

function describe(certificate: X509Certificate): ServedCertificate {
  return {
    fingerprint: certificate.fingerprint256,
    expires: new Date(certificate.validTo),
    certificate,
  };
}
