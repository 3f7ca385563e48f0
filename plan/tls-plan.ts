import type { ClientTls } from "../model/tls/client-tls.ts";

/** What a stack's certificates are to be, as plain data. */
export interface TlsPlan {
  /** Of a CA that the program makes. */
  readonly authorityLifetimeHours: number;
  readonly leafLifetimeHours: number;
  readonly renewBeforeHours: number;
  readonly clientPort: ClientTls;
  /** By generation, ascending. Exactly one is active. */
  readonly authorities: readonly AuthorityPlan[];
  /** By pod id: leaves that were signed elsewhere. */
  readonly givenLeaves: Readonly<Record<string, GivenCertificate>>;
  /** Names of the applications that get a client certificate, sorted. */
  readonly clientCertificates: readonly string[];
}

/**
 * First every server trusts a CA, then the CA issues, then it is only trusted, then it is removed. Each change is an
 * update of its own. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/tls
 */
export type AuthorityPhase = "incoming" | "active" | "outgoing";

export interface AuthorityPlan {
  /** The number of the CA. It never changes. */
  readonly generation: number;
  readonly phase: AuthorityPhase;
  /** undefined: made here. */
  readonly given: GivenAuthority | undefined;
}

/** A CA that was made elsewhere, often an intermediate CA. */
export interface GivenAuthority {
  readonly certificatePem: string;
  /** What links the CA to its root, the root last, for clients that trust only the root. May be empty. */
  readonly chainPem: string;
  /** Secret. undefined: it issues nothing here, and every leaf is given. */
  readonly privateKeyPem: string | undefined;
}

/** A certificate that was signed elsewhere. */
export interface GivenCertificate {
  /** PEM, the leaf first, then what links it to its CA. */
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}
