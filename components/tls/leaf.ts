import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentTypes } from "../../model/resource-types.ts";
import { endOf, joinPem } from "../../model/tls/pem.ts";
import { fingerprintOf } from "../../plan/digest.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { GivenCertificate, TlsPlan } from "../../plan/tls-plan.ts";
import type { Provider } from "../nats/provider.ts";
import { type Authority, ecdsaP256 } from "./authority.ts";
import { Renewal } from "./resources.ts";

/** Whom a certificate is for. */
export interface LeafRequest {
  readonly commonName: string;
  /** Every name and address by which a server is dialled. Empty for a client. */
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly use: "peer" | "client";
}

/** A certificate with its key. */
export interface Leaf {
  /** PEM, the leaf first, then what links it to its CA. */
  readonly certificatePem: pulumi.Output<string>;
  /** Secret. */
  readonly privateKeyPem: pulumi.Output<string>;
  /** SHA-256, upper-case hex pairs joined by colons. */
  readonly fingerprint: pulumi.Output<string>;
  /** RFC 3339. */
  readonly expires: pulumi.Output<string>;
}

export interface IssuedLeafArgs {
  readonly request: LeafRequest;
  readonly issuer: Authority;
  readonly lifetimes: Pick<TlsPlan, "leafLifetimeHours" | "renewBeforeHours">;
  /** Another CA is incoming. */
  readonly successorIncoming: boolean;
  readonly nats: Provider;
}

/** Routes use one certificate as server and as client, so it must be allowed to be both. */
const usesOf = {
  peer: ["digital_signature", "server_auth", "client_auth"],
  client: ["digital_signature", "client_auth"],
} as const;

/**
 * A leaf of a CA of this stack, ECDSA P-256. Every update that runs in the last `renewBeforeHours` of the leaf renews it.
 * `pulumi up --replace` of its renewal does the same. Each time the key is new.
 */
export class IssuedLeaf extends pulumi.ComponentResource implements Leaf {
  readonly certificatePem: pulumi.Output<string>;
  readonly privateKeyPem: pulumi.Output<string>;
  readonly fingerprint: pulumi.Output<string>;
  readonly expires: pulumi.Output<string>;

  /** @param name identity of the leaf's resources: the pod's id, or the application's name */
  constructor(name: string, args: IssuedLeafArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.leaf, name, {}, options);
    const { request, issuer, lifetimes } = args;
    if (issuer.privateKeyPem === undefined)
      throw new Error(
        `CA ${issuer.generation} has no private key in this stack, so it can't issue a certificate for ${name}`,
      );
    const parent = { parent: this };
    const renewal = new Renewal(
      resourceNames.leafRenewal.of(name),
      {
        commonName: request.commonName,
        names: [...new Set([...request.dnsNames, ...request.ipAddresses])],
        issuer: issuer.fingerprint,
        issuerEndsAt: issuer.endsAt,
        successorIncoming: args.successorIncoming,
        lifetimeHours: lifetimes.leafLifetimeHours,
        renewBeforeHours: lifetimes.renewBeforeHours,
      },
      { ...parent, provider: args.nats },
    );
    const key = new tls.PrivateKey(resourceNames.leafKey.of(name), ecdsaP256, {
      ...parent,
      replaceWith: [renewal],
    });
    const certificate = signed(
      name,
      request,
      { key, issuer, privateKeyPem: issuer.privateKeyPem, validityPeriodHours: lifetimes.leafLifetimeHours },
      parent,
    );
    this.certificatePem = withChain(certificate.certPem, issuer);
    this.privateKeyPem = key.privateKeyPem;
    this.fingerprint = certificate.certPem.apply(fingerprintOf);
    this.expires = certificate.validityEndTime;
    this.registerOutputs({});
  }
}

interface Signing {
  readonly key: tls.PrivateKey;
  readonly issuer: Authority;
  readonly privateKeyPem: pulumi.Output<string>;
  readonly validityPeriodHours: pulumi.Input<number>;
}

/** A certificate of `issuer` for `key`. */
export function signed(
  name: string,
  request: LeafRequest,
  { key, issuer, privateKeyPem, validityPeriodHours }: Signing,
  options: pulumi.CustomResourceOptions & { readonly parent: pulumi.Resource },
): tls.LocallySignedCert {
  const signing = new tls.CertRequest(
    resourceNames.leafRequest.of(name),
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: request.commonName, organization: "UnityPlan" },
      dnsNames: [...request.dnsNames],
      ipAddresses: [...request.ipAddresses],
    },
    { parent: options.parent },
  );
  return new tls.LocallySignedCert(
    resourceNames.leafCertificate.of(name),
    {
      certRequestPem: signing.certRequestPem,
      caPrivateKeyPem: privateKeyPem,
      caCertPem: issuer.certificatePem,
      allowedUses: [...usesOf[request.use]],
      validityPeriodHours,
    },
    options,
  );
}

/** A client that trusts only the root needs the certificates between. A CA that the program makes is its own root. */
export function withChain(certificatePem: pulumi.Output<string>, issuer: Authority): pulumi.Output<string> {
  if (issuer.chainPem === "") return certificatePem;
  return pulumi.all([certificatePem, issuer.certificatePem]).apply(joinPem);
}

/** A certificate that was signed elsewhere. */
export function givenLeaf(given: GivenCertificate): Leaf {
  return {
    certificatePem: pulumi.output(given.certificatePem),
    privateKeyPem: pulumi.secret(given.privateKeyPem),
    fingerprint: pulumi.output(fingerprintOf(given.certificatePem)),
    expires: pulumi.output(endOf(given.certificatePem).toISOString()),
  };
}
