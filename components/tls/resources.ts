import * as pulumi from "@pulumi/pulumi";

export interface RenewalArgs {
  readonly commonName: string;
  /** Every name and address in the certificate. */
  readonly names: readonly string[];
  /** Fingerprint of the authority that issues. */
  readonly issuer: pulumi.Input<string>;
  /** When that authority ends, RFC 3339. */
  readonly issuerEndsAt: pulumi.Input<string>;
  /** Another authority is on its way. */
  readonly successorIncoming: boolean;
  readonly lifetimeHours: number;
  readonly renewBeforeHours: number;
}

/** Replaced when a certificate is due: see `provider/tls/renewal.ts`. */
export class Renewal extends pulumi.CustomResource {
  constructor(name: string, args: RenewalArgs, options: pulumi.CustomResourceOptions) {
    super("nats:tls:Renewal", name, { ...args, issuedAt: undefined, dueAt: undefined }, options);
  }
}

export interface TrustArgs {
  /** PEM by generation. */
  readonly authorities: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** Every certificate that this stack issues. */
  readonly issued: pulumi.Input<
    readonly { name: string; issuer: pulumi.Input<string>; certificate: pulumi.Input<string> }[]
  >;
  /** The servers as the last update left them. */
  readonly servers: readonly {
    readonly serverName: string;
    readonly url: string;
    readonly clusterAddress: string;
    readonly clientTls: string;
    readonly servedSince: string;
  }[];
  /** This update restarts every server. */
  readonly recycles: boolean;
}

/** Refuses to drop an authority that something hangs on: see `provider/tls/trust.ts`. */
export class Trust extends pulumi.CustomResource {
  constructor(name: string, args: TrustArgs, options: pulumi.CustomResourceOptions) {
    super("nats:tls:Trust", name, { ...args }, options);
  }
}
