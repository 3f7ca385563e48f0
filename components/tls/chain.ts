import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import type { TlsPlan } from "../topology.ts";

export interface CertificateChainArgs {
  /** Names the authority in its subject. */
  readonly clusterName: string;
  readonly lifetimes: TlsPlan;
  readonly leaves: readonly LeafRequest[];
}

/** Whom a leaf is for, and every name and address by which that server is dialled. */
export interface LeafRequest {
  /** Identity of the leaf's resources: the pod's id. */
  readonly id: string;
  readonly commonName: string;
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
}

export interface Leaf {
  readonly certificatePem: pulumi.Output<string>;
  /** Secret. */
  readonly privateKeyPem: pulumi.Output<string>;
  /** RFC 3339. */
  readonly expires: pulumi.Output<string>;
}

interface Authority {
  readonly certificatePem: pulumi.Output<string>;
  readonly privateKeyPem: pulumi.Output<string>;
}

/** Routes use one certificate as server and as client, so it must be allowed to be both. */
const leafUses = ["digital_signature", "server_auth", "client_auth"];
const authorityUses = ["cert_signing", "crl_signing", "digital_signature"];
const ecdsaP256 = { algorithm: "ECDSA", ecdsaCurve: "P256" };

/**
 * An authority and a leaf per pod, ECDSA P-256. A leaf is renewed by any update that comes later than
 * `renewBeforeHours` before its end. The authority is protected and never renewed by time: replacing it at once would
 * cut the pods off from each other.
 */
export class CertificateChain extends pulumi.ComponentResource {
  /** PEM of every authority that servers and clients have to trust. */
  readonly bundle: pulumi.Output<string>;
  /** By the id of the request. */
  readonly leaves: ReadonlyMap<string, Leaf>;

  constructor(name: string, args: CertificateChainArgs, options: pulumi.ComponentResourceOptions) {
    super("unityplan:tls:CertificateChain", name, {}, options);
    const issuer = this.authority(args, 1);
    this.bundle = issuer.certificatePem;
    this.leaves = new Map(
      args.leaves.map((request) => [request.id, this.leaf(request, issuer, args.lifetimes)]),
    );
    this.registerOutputs({ bundle: this.bundle });
  }

  /**
   * What was made stays as it was made: another lifetime or name is for the next generation.
   * OpenSSL mixes up authorities of one subject in a bundle, so each generation has its own (openssl#16304).
   */
  private authority(args: CertificateChainArgs, generation: number): Authority {
    const options = { parent: this, protect: true };
    const key = new tls.PrivateKey(`authority-${generation}-key`, ecdsaP256, options);
    const certificate = new tls.SelfSignedCert(
      `authority-${generation}`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: `${args.clusterName} authority ${generation}`, organization: "UnityPlan" },
        isCaCertificate: true,
        setSubjectKeyId: true,
        allowedUses: authorityUses,
        validityPeriodHours: args.lifetimes.authorityLifetimeHours,
      },
      { ...options, ignoreChanges: ["subject", "validityPeriodHours"] },
    );
    return { certificatePem: certificate.certPem, privateKeyPem: key.privateKeyPem };
  }

  private leaf(request: LeafRequest, issuer: Authority, lifetimes: TlsPlan): Leaf {
    const options = { parent: this };
    const key = new tls.PrivateKey(`${request.id}-leaf-key`, ecdsaP256, options);
    const signing = new tls.CertRequest(
      `${request.id}-leaf-request`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: request.commonName, organization: "UnityPlan" },
        dnsNames: [...request.dnsNames],
        ipAddresses: [...request.ipAddresses],
      },
      options,
    );
    const certificate = new tls.LocallySignedCert(
      `${request.id}-leaf`,
      {
        certRequestPem: signing.certRequestPem,
        caPrivateKeyPem: issuer.privateKeyPem,
        caCertPem: issuer.certificatePem,
        allowedUses: leafUses,
        validityPeriodHours: lifetimes.leafLifetimeHours,
        earlyRenewalHours: lifetimes.renewBeforeHours,
      },
      options,
    );
    return {
      certificatePem: certificate.certPem,
      privateKeyPem: key.privateKeyPem,
      expires: certificate.validityEndTime,
    };
  }
}
