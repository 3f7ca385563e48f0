import type { X509Certificate } from "node:crypto";
import type { Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type Destination, dial } from "./dial.ts";
import { readInfo } from "./info.ts";

/** The certificate that a port really serves, which is not always the one that the server says it has loaded. */
export interface ServedCertificate {
  /** SHA-256 of the certificate, as upper-case pairs joined by colons. */
  readonly fingerprint: string;
  readonly expires: Date;
  readonly certificate: X509Certificate;
  /** The certificates that the server sent with it, which link it to a CA. */
  readonly links: readonly X509Certificate[];
}

export interface Port extends Destination {
  /** A cluster port speaks TLS from the first byte, a client port after its INFO line. */
  readonly kind: "client" | "cluster";
}

/** A certificate to show, with its key, both PEM. */
export interface ShownCertificate {
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}

/**
 * Does a TLS handshake and says what was served. Nothing is trusted or sent on this connection: the certificate is
 * looked at, and compared by the caller.
 * https://docs.nats.io/reference/reference-protocols/nats-protocol#info
 * @throws Error with the address when there is no answer within the limit, or no TLS
 */
export function servedCertificate(address: Port, timeoutMs = 5_000): Promise<ServedCertificate> {
  return dial(address, timeoutMs, "a TLS handshake with", async (tcp) => {
    if (address.kind === "client") await refusePlain(tcp);
    return servedBy(await handshake(tcp));
  });
}

/**
 * Dials a cluster port as another server would, up to the point where the server has looked at the certificate. Under
 * TLS 1.3 a refused peer sees its handshake succeed first, so what counts is that the server goes on speaking.
 * @throws Error with the address when the server refuses the certificate or does not answer within the limit
 */
export function dialAsPeer(
  address: Destination,
  { certificatePem: cert, privateKeyPem: key }: ShownCertificate,
  timeoutMs = 5_000,
): Promise<void> {
  return dial(address, timeoutMs, "a handshake as a peer with", async (tcp) => {
    await readInfo(await handshake(tcp, { cert, key }));
  });
}

/** What the other end of a connection has shown. */
export function servedBy(secure: TLSSocket): ServedCertificate {
  const certificate = secure.getPeerX509Certificate();
  if (certificate === undefined) throw new Error("the server showed no certificate");
  const { fingerprint256: fingerprint, validTo } = certificate;
  return { fingerprint, expires: new Date(validTo), certificate, links: linksOf(certificate) };
}

/** Whether the CA signed what is served, directly or by links between the two; whatever the dates. */
export function signedBy(
  authority: X509Certificate,
  { certificate, links }: Pick<ServedCertificate, "certificate" | "links">,
): boolean {
  if (certificate.verify(authority.publicKey)) return true;
  const [link, ...further] = links;
  // A server that only sends the CA's certificate next to its own is not signed by the CA.
  if (link?.ca !== true || !certificate.verify(link.publicKey)) return false;
  return signedBy(authority, { certificate: link, links: further });
}

function linksOf(certificate: X509Certificate): X509Certificate[] {
  const links: X509Certificate[] = [];
  for (let next = certificate.issuerCertificate; next !== undefined; next = next.issuerCertificate) {
    if (links.some((link) => link.fingerprint256 === next?.fingerprint256)) break;
    links.push(next);
  }
  return links;
}

async function refusePlain(tcp: Socket): Promise<void> {
  const { speaks } = await readInfo(tcp);
  if (speaks === "off") throw new Error("the server speaks no TLS");
}

/** Goes on with TLS, whatever certificate is served: that is for the caller to judge. */
export function handshake(
  socket: Socket,
  shown: { cert?: string | undefined; key?: string | undefined } = {},
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const { cert, key } = shown;
    const own = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
    const options = { ...own, socket, rejectUnauthorized: false };
    const secure: TLSSocket = connectTls(options, () => resolve(secure));
    socket.once("error", reject);
    // More than one may come: the server closes as soon as it misses our certificate, and by then we have seen its own.
    secure.on("error", reject);
  });
}
