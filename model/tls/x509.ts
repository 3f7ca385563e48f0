import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

/** Every certificate of a PEM text in its order; undefined when one can't be read, or there is none. */
export function readCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const begun = pem.split("-----BEGIN ").length - 1;
  if (blocks.length === 0 || blocks.length !== begun) return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** A private key of a PEM text; undefined when it can't be read. */
export function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

/** The certificates between a leaf and the CA; undefined when they don't reach the CA. */
export function pathTo(
  authority: X509Certificate,
  from: X509Certificate,
  links: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  if (issuedBy(from, authority)) return [];
  for (const link of links.filter((other) => issuedBy(from, other))) {
    const rest = pathTo(
      authority,
      link,
      links.filter((other) => other !== link),
    );
    if (rest !== undefined) return [link, ...rest];
  }
  return undefined;
}

/** Whether a certificate names the CA as its issuer, and the CA's key has signed it. The dates don't matter. */
export function issuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}
