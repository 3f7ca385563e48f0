import { X509Certificate } from "node:crypto";
import { ApiError } from "../../client/errors.ts";
import { servedCertificate, signedBy } from "../../client/handshake.ts";
import { reloadOutdated } from "../../client/outdated.ts";
import { certificatesOf } from "../../model/tls/pem.ts";
import type { Context } from "../resource.ts";
import type { ServerAddress } from "./own-server.ts";
import { isOutdated, refusal } from "./proof.ts";

/**
 * A client port whose certificate is expired, or not valid yet, locks out everyone who could load a new certificate.
 * Then, and only then, the server loads its files before the first login. It still has to show a certificate of a CA
 * that is trusted here.
 * @throws Error with the server's own message when it refuses the files
 */
export async function loadOverOutdated(
  { serverName, url }: ServerAddress,
  { cluster, progress }: Context,
): Promise<void> {
  const { systemSeed: seed, tls } = cluster.access;
  const port = cluster.port("client", url);
  const served = await servedCertificate(port, lookTimeoutMs).catch(() => undefined);
  if (served === undefined || seed === undefined || tls === undefined) return;
  if (!isOutdated(served.certificate)) return;
  progress(
    `${serverName} serves a certificate that is not valid now; it loads its files before the first login`,
  );
  const authorities = certificatesOf(tls.caPem).map((pem) => new X509Certificate(pem));
  const { certificatePem, privateKeyPem } = tls;
  const shown =
    certificatePem === undefined || privateKeyPem === undefined
      ? undefined
      : { certificatePem, privateKeyPem };
  try {
    await reloadOutdated(port, {
      seed,
      shown,
      isExpected: (seen) =>
        isServer(seen.certificate, serverName) && authorities.some((authority) => signedBy(authority, seen)),
    });
  } catch (error) {
    const { cause } = error as Error;
    throw cause instanceof ApiError ? refusal(serverName, cause) : error;
  }
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
const serverAuth = "1.3.6.1.5.5.7.3.1";

/** An application has a certificate of the same CA, and must not pass for a server. */
function isServer(certificate: X509Certificate, serverName: string): boolean {
  return (
    certificate.keyUsage?.includes(serverAuth) === true && certificate.checkHost(serverName) !== undefined
  );
}

/** A server that is down is not to cost more than this here. */
const lookTimeoutMs = 2_000;
