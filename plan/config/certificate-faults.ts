import type { X509Certificate } from "node:crypto";
import { issuedBy, pathTo, readCertificates, readKey } from "../../model/tls/x509.ts";
import type { AuthorityPhase } from "../tls-plan.ts";

/**
 * What is wrong with certificates and keys that were made elsewhere. Every problem is the rest of a sentence that
 * begins with the path of the text. No problem shows the text: a certificate may be a secret, and a key always is
 * one.
 */

/** What a pod's certificate must be good for. */
export interface WantedLeaf {
  /** The active CA's certificate. undefined: what needs it is not checked. */
  readonly authorityPem: string | undefined;
  /** Names by which servers and clients dial the server. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

/**
 * @param phase only for the fix; undefined: unknown
 * @param now undefined: no date is checked
 */
export function authorityProblems(
  certificatePem: string,
  phase: AuthorityPhase | undefined,
  now: Date | undefined,
): string[] {
  const certificates = readCertificates(certificatePem);
  const [certificate] = certificates ?? [];
  if (certificates === undefined || certificate === undefined) return [unreadable];
  const problems: string[] = [];
  if (certificates.length > 1) {
    problems.push(
      `holds ${certificates.length} certificates; allowed only the CA's own certificate: put the certificates that link the CA to its root into "chain"`,
    );
  }
  // False too where the key's usage is limited and keyCertSign is not in it: X509_check_ca(3).
  if (!certificate.ca) {
    problems.push(
      "is not the certificate of a CA; allowed a certificate with the basic constraint CA:TRUE, and with keyCertSign in its key usage, if it has a key usage",
    );
  }
  const fix = phase === "outgoing" ? "remove the CA from the list" : "give another CA";
  return [...problems, ...dateProblems(certificate, fix, now)];
}

/**
 * What links a CA to its root: the certificate after it must have issued each certificate.
 * @param certificatePem the CA's own; undefined: it is not checked
 */
export function chainProblems(chainPem: string, certificatePem: string | undefined): string[] {
  const chain = readCertificates(chainPem);
  if (chain === undefined) return [unreadable];
  const own = certificatePem === undefined ? undefined : readCertificates(certificatePem)?.[0];
  const broken = chain.findIndex((issuer, index) => {
    const issued = index === 0 ? own : chain[index - 1];
    return issued !== undefined && !issuedBy(issued, issuer);
  });
  if (broken === -1) return [];
  const issued = broken === 0 ? "the CA's own certificate" : "the certificate before it";
  return [
    `has a certificate number ${broken + 1} that did not issue ${issued}; allowed first the issuer of the CA, then the issuer of that issuer, and so on, the root last`,
  ];
}

/** @param certificatePem the certificate of the key; undefined: it is not compared */
export function keyProblems(privateKeyPem: string, certificatePem: string | undefined): string[] {
  const blocks = privateKeyPem.match(/-----BEGIN [A-Z0-9 ]+-----/g) ?? [];
  if (blocks.length !== 1) {
    return [
      `holds ${blocks.length} PEM blocks (its value is not shown); allowed the private key alone: "openssl pkey -in FILE" prints only the key`,
    ];
  }
  if (privateKeyPem.includes("ENCRYPTED")) {
    return [
      `has a passphrase, and an update can't ask for a passphrase (its value is not shown); "openssl pkey -in FILE" removes the passphrase. Pulumi's own encryption keeps the key secret`,
    ];
  }
  const key = readKey(privateKeyPem);
  if (key === undefined) {
    return [
      "can't be read as a private key (its value is not shown); give the whole PEM text as it was made",
    ];
  }
  const certificate = certificatePem === undefined ? undefined : readCertificates(certificatePem)?.[0];
  if (certificate === undefined || certificate.checkPrivateKey(key)) return [];
  return [
    "is not the key of the given certificate (its value is not shown); give the key for which the certificate was signed",
  ];
}

/**
 * @param certificatePem the pod's certificate first, then the certificates that link it to the CA, if there are any
 * @param now undefined: no date is checked
 */
export function leafProblems(certificatePem: string, wanted: WantedLeaf, now: Date | undefined): string[] {
  const [leaf, ...links] = readCertificates(certificatePem) ?? [];
  if (leaf === undefined) return [unreadable];
  return [
    ...issuerProblems(leaf, links, wanted.authorityPem, now),
    ...dateProblems(leaf, "have a new one signed", now),
    ...useProblems(leaf),
    ...nameProblems(leaf, wanted),
  ];
}

const unreadable =
  "can't be read as certificates (its value is not shown); give the whole PEM text as it was made";

function issuerProblems(
  leaf: X509Certificate,
  links: readonly X509Certificate[],
  authorityPem: string | undefined,
  now: Date | undefined,
): string[] {
  const authority = authorityPem === undefined ? undefined : readCertificates(authorityPem)?.[0];
  if (authority === undefined) return [];
  const path = pathTo(authority, leaf, links);
  if (path === undefined) {
    return [
      "was not issued by the active CA, and the certificates that follow it do not link it to the active CA; add the certificates that link the two, or give the CA that signed it in tls.authorities",
    ];
  }
  const ends = [...path, authority].map(({ validTo }) => new Date(validTo));
  const first = new Date(Math.min(...ends.map(Number)));
  const problems = path.flatMap((link) =>
    dateProblems(link, "have a new one signed", now).map(
      (problem) => `has an intermediate certificate that ${problem}`,
    ),
  );
  if (new Date(leaf.validTo) <= first) return problems;
  const issuer = Number(first) === Number(ends.at(-1)) ? "its CA" : "its intermediate certificate";
  const message = `ends on ${instant(leaf.validTo)}, later than ${issuer}, which ends on ${instant(first)}; have it signed for less time, or by a CA that lasts longer`;
  return [...problems, message];
}

function dateProblems({ validFrom, validTo }: X509Certificate, fix: string, now: Date | undefined): string[] {
  if (now === undefined) return [];
  if (new Date(validTo) < now) return [`expired on ${instant(validTo)}; ${fix}`];
  if (new Date(validFrom) <= now) return [];
  return [
    `is not valid before ${instant(validFrom)}, and on this machine it is ${instant(now)}; check the clock of this machine, or wait until then`,
  ];
}

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.12 */
const neededUses = { serverAuth: "1.3.6.1.5.5.7.3.1", clientAuth: "1.3.6.1.5.5.7.3.2" };

function useProblems(leaf: X509Certificate): string[] {
  const problems: string[] = [];
  if (leaf.ca) {
    problems.push(
      "is the certificate of a CA; allowed a certificate for the server alone, with the basic constraint CA:FALSE",
    );
  }
  // Node's `keyUsage` is the extended one.
  const uses: readonly string[] = leaf.keyUsage ?? [];
  const missing = Object.entries(neededUses).flatMap(([name, oid]) => (uses.includes(oid) ? [] : [name]));
  if (missing.length > 0) {
    problems.push(
      `lacks the extended key usage ${missing.join(" and ")}; have it signed with extendedKeyUsage = serverAuth,clientAuth: on a route each server is server and client`,
    );
  }
  return problems;
}

function nameProblems(leaf: X509Certificate, { dnsNames, ipAddresses }: WantedLeaf): string[] {
  // As Go's TLS does: https://pkg.go.dev/crypto/x509#Certificate.VerifyHostname
  const options = { subject: "never" } as const;
  const missing = [
    ...dnsNames.filter((name) => leaf.checkHost(name, options) === undefined).map((name) => `DNS:${name}`),
    ...ipAddresses.filter((address) => leaf.checkIP(address) === undefined).map((address) => `IP:${address}`),
  ];
  if (missing.length === 0) return [];
  const all = [...dnsNames.map((name) => `DNS:${name}`), ...ipAddresses.map((address) => `IP:${address}`)];
  return [
    `does not carry ${missing.join(", ")}, by which the server is dialled; have it signed with subjectAltName = ${all.join(",")}`,
  ];
}

function instant(date: Date | string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`;
}
