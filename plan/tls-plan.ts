import type { ClientTls } from "../model/tls/client-tls.ts";

/** What a stack's certificates are to be, as plain data. */
export interface TlsPlan {
  /** Of an authority that is made here. */
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
 * An authority is first trusted by every server, then issues, then is only trusted, then goes; one update for each
 * step. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/tls
 */
export type AuthorityPhase = "incoming" | "active" | "outgoing";

export interface AuthorityPlan {
  /** What the authority is known by, for good. */
  readonly generation: number;
  readonly phase: AuthorityPhase;
  /** undefined: made here. */
  readonly given: GivenAuthority | undefined;
}

/** An authority that was made elsewhere, often an intermediate one. */
export interface GivenAuthority {
  readonly certificatePem: string;
  /** What links it to its root, the root last, for clients that trust only that; may be empty. */
  readonly chainPem: string;
  /** Secret. undefined: it issues nothing here, and every leaf is given. */
  readonly privateKeyPem: string | undefined;
}

/** A certificate that was signed elsewhere. */
export interface GivenCertificate {
  /** PEM, the leaf first, then what links it to its authority. */
  readonly certificatePem: string;
  /** Secret. */
  readonly privateKeyPem: string;
}
