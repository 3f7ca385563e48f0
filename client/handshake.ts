import { connect as connectTcp } from "node:net";
import { connect as connectTls, type PeerCertificate, type TLSSocket } from "node:tls";

/** The certificate that a port really serves, which is not always the one that the server says it has loaded. */
export interface ServedCertificate {
  /** SHA-256 of the certificate, as upper-case pairs joined by colons. */
  readonly fingerprint: string;
  readonly expires: Date;
}

/**
 * Does a TLS handshake with a cluster port, which speaks TLS from the first byte, and says what was served.
 * Nothing is trusted or sent on this connection: the certificate is looked at, and compared by the caller.
 * @throws Error when there is no answer within the limit, or no TLS
 */
export async function servedCertificate(
  address: { readonly host: string; readonly port: number },
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
      tcp.once("connect", begin);
    });
  } finally {
    tcp.destroy();
  }
}

function describe(certificate: PeerCertificate): ServedCertificate {
  return { fingerprint: certificate.fingerprint256, expires: new Date(certificate.valid_to) };
}
