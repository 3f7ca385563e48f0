import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { endOf } from "../../model/tls/pem.ts";
import { fingerprintOf } from "../../plan/digest.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { AuthorityPhase, AuthorityPlan, GivenAuthority } from "../../plan/tls-plan.ts";

/** One CA. The program makes it, or the configuration gives it. */
export interface Authority {
  readonly generation: number;
  readonly phase: AuthorityPhase;
  readonly certificatePem: pulumi.Output<string>;
  /** SHA-256, upper-case hex pairs joined by colons. */
  readonly fingerprint: pulumi.Output<string>;
  /** PEM of what links it to its root, the root last; often empty. */
  readonly chainPem: string;
  /** Secret; undefined: it issues nothing here. */
  readonly privateKeyPem: pulumi.Output<string> | undefined;
  /** RFC 3339. */
  readonly endsAt: pulumi.Output<string>;
}

export const ecdsaP256 = { algorithm: "ECDSA", ecdsaCurve: "P256" };
const authorityUses = ["cert_signing", "crl_signing", "digital_signature"];

export function authority(
  plan: AuthorityPlan,
  clusterName: string,
  lifetimeHours: number,
  parent: pulumi.Resource,
): Authority {
  return plan.given === undefined
    ? madeAuthority(plan, clusterName, lifetimeHours, parent)
    : givenAuthority(plan, plan.given);
}

/**
 * A CA keeps the lifetime and the name that it was made with. Other values are for the next generation.
 * OpenSSL confuses CAs with the same subject in a bundle, so each generation has its own subject (openssl#16304).
 * The active CA is protected: without it no server could get a certificate that the other servers accept.
 */
function madeAuthority(
  { generation, phase }: AuthorityPlan,
  clusterName: string,
  lifetimeHours: number,
  parent: pulumi.Resource,
): Authority {
  const options = { parent, protect: phase === "active" };
  const key = new tls.PrivateKey(resourceNames.authorityKey.of(generation), ecdsaP256, options);
  const certificate = new tls.SelfSignedCert(
    resourceNames.authority.of(generation),
    {
      privateKeyPem: key.privateKeyPem,
      subject: { commonName: `${clusterName} authority ${generation}`, organization: "UnityPlan" },
      isCaCertificate: true,
      setSubjectKeyId: true,
      allowedUses: authorityUses,
      validityPeriodHours: lifetimeHours,
    },
    { ...options, ignoreChanges: ["subject", "validityPeriodHours"] },
  );
  return {
    generation,
    phase,
    certificatePem: certificate.certPem,
    fingerprint: certificate.certPem.apply(fingerprintOf),
    chainPem: "",
    privateKeyPem: key.privateKeyPem,
    endsAt: certificate.validityEndTime,
  };
}

function givenAuthority({ generation, phase }: AuthorityPlan, given: GivenAuthority): Authority {
  const { certificatePem, chainPem, privateKeyPem } = given;
  return {
    generation,
    phase,
    certificatePem: pulumi.output(certificatePem),
    fingerprint: pulumi.output(fingerprintOf(certificatePem)),
    chainPem,
    privateKeyPem: privateKeyPem === undefined ? undefined : pulumi.secret(privateKeyPem),
    endsAt: pulumi.output(endOf(certificatePem).toISOString()),
  };
}
