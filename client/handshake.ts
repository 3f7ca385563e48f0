import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";

/** The certificate that a port really serves, which is not always the one that the server says it has loaded. */
export interface ServedCertificate {
  /** SHA-256 of the certificate, as upper-case pairs joined by colons. */
  readonly fingerprint: string;
  readonly expires: Date;
}

export type Port = "cluster" | "client";

/**
 * Does a TLS handshake and says what was served. A cluster port speaks TLS from the first byte, a client port only
 * after the server's INFO line: https://docs.nats.io/reference/reference-protocols/nats-protocol#syntax-1
 * Nothing is trusted or sent on this connection: the certificate is looked at, and compared by the caller.
 * @throws Error when there is no answer within the limit, or no TLS
 */
export async function servedCertificate(
  address: { readonly host: string; readonly port: number },
  kind: Port,
  timeoutMs = 5_000,
): Promise<ServedCertificate> {
  const tcp = connectTcp(address);
  const where = `${address.host}:${address.port}`;
  try {
    return await new Promise((resolve, reject) => {
      tcp.setTimeout(timeoutMs, () =>
        reject(new Error(`${where} did not finish a TLS handshake in ${timeoutMs} ms`)),
      );
      tcp.once("error", reject);
      const begin = () => {
        const secure: TLSSocket = connectTls({ socket: tcp, rejectUnauthorized: false }, () =>
          resolve(describe(secure.getPeerCertificate())),
        );
        secure.once("error", reject);
        // The server closes as soon as it misses our certificate; by then we have seen its own.
        secure.on("error", () => {});
      };
      if (kind === "client") afterInfo(tcp, begin);
      else tcp.once("connect", begin);
    });
  } finally {
    tcp.destroy();
  }
}

function afterInfo(tcp: Socket, begin: () => void): void {
  let seen = "";
  const onData = (chunk: Buffer) => {
    seen += chunk.toString("latin1");
    if (!seen.includes("\r\n")) return;
    tcp.off("data", onData);
    begin();
  };
  tcp.on("data", onData);
}

function describe(certificate: PeerCertificate): ServedCertificate {
  return { fingerprint: certificate.fingerprint256, expires: new Date(certificate.valid_to) };
}
