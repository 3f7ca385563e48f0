import { type Fields, flag, integer } from "./fields.ts";
import { fingerprint, instant, present, texts } from "./server-fields.ts";

/** Inputs of `nats:tls:Renewal`. */
export interface RenewalInputs {
  readonly commonName: string;
  /** Every name and address in the certificate. */
  readonly names: readonly string[];
  /** Fingerprint of the CA that issues. */
  readonly issuer: string;
  /** When that CA ends, RFC 3339: no certificate may outlive it. */
  readonly issuerEndsAt: string;
  /** Another CA is incoming. */
  readonly successorIncoming: boolean;
  readonly lifetimeHours: number;
  /** How long before its end the certificate is due. */
  readonly renewBeforeHours: number;
}

/** State of `nats:tls:Renewal`. */
export interface RenewalState extends RenewalInputs {
  /** RFC 3339. */
  readonly issuedAt: string;
  /** RFC 3339. */
  readonly dueAt: string;
}

const hours = integer(1, 1_000_000, 1);

export const renewalFields: Fields<keyof RenewalInputs> = {
  commonName: present,
  names: texts("names and addresses", 0),
  issuer: fingerprint,
  issuerEndsAt: instant,
  successorIncoming: flag(false),
  lifetimeHours: hours,
  renewBeforeHours: integer(0, 1_000_000, 0),
};
