import { hiddenSecret } from "../../../plan/config/reading.ts";
import { digestOf, fingerprintOf } from "../../../plan/digest.ts";
import type { AuthorityPhase, AuthorityPlan, TlsPlan } from "../../../plan/tls-plan.ts";
import { byText } from "./sorted.ts";

export interface TlsDocument {
  readonly authorityLifetimeHours: number;
  readonly leafLifetimeHours: number;
  readonly renewBeforeHours: number;
  /** By generation. */
  readonly authorities: readonly AuthorityDocument[];
  /** By pod id: leaves that were signed elsewhere. */
  readonly givenLeaves: Readonly<Record<string, GivenLeafDocument>>;
  /** Names of applications, sorted. */
  readonly clientCertificates: readonly string[];
}

export interface AuthorityDocument {
  readonly generation: number;
  readonly phase: AuthorityPhase;
  /** `made here`, its SHA-256 fingerprint, or what tells one secret from another. */
  readonly certificate: string;
  /** Digest of what links it to its root; empty: nothing does. */
  readonly chain: string;
  readonly issues: boolean;
}

export interface GivenLeafDocument {
  readonly fingerprint: string;
  /** Of the certificate with what links it to its CA. */
  readonly digest: string;
}

export const madeHere = "made here";

/** @param secrets what tells one encrypted text from another, by path */
export function tlsDocument(tls: TlsPlan, secrets: Readonly<Record<string, string>>): TlsDocument {
  const leaves = Object.entries(tls.givenLeaves).map(
    ([id, { certificatePem }]): [string, GivenLeafDocument] => {
      const secret = secrets[`tls.leaves.${id}.certificate`];
      return [
        id,
        { fingerprint: named(certificatePem, secret), digest: shortDigest(certificatePem, secret) },
      ];
    },
  );
  return {
    authorityLifetimeHours: tls.authorityLifetimeHours,
    leafLifetimeHours: tls.leafLifetimeHours,
    renewBeforeHours: tls.renewBeforeHours,
    authorities: tls.authorities.map((one) => authorityDocument(one, secrets)),
    givenLeaves: Object.fromEntries(byText(leaves, ([id]) => id)),
    clientCertificates: tls.clientCertificates,
  };
}

function authorityDocument(
  { generation, phase, given }: AuthorityPlan,
  secrets: Readonly<Record<string, string>>,
): AuthorityDocument {
  if (given === undefined) return { generation, phase, certificate: madeHere, chain: "", issues: true };
  const path = `tls.authorities.${generation}`;
  return {
    generation,
    phase,
    certificate: named(given.certificatePem, secrets[`${path}.certificate`]),
    chain: given.chainPem === "" ? "" : shortDigest(given.chainPem, secrets[`${path}.chain`]),
    issues: given.privateKeyPem !== undefined,
  };
}

function named(certificatePem: string, secret = ""): string {
  return certificatePem === hiddenSecret ? `secret ${secret}` : fingerprintOf(certificatePem);
}

function shortDigest(pem: string, secret = ""): string {
  return pem === hiddenSecret ? `secret ${secret}` : digestOf([pem]).slice(0, 16);
}
