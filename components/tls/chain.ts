import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentTypes } from "../../model/resource-types.ts";
import { joinPem } from "../../model/tls/pem.ts";
import { fingerprintOf } from "../../plan/digest.ts";
import { leafNames, resourceNames } from "../../plan/resource-names.ts";
import type { TlsPlan } from "../../plan/tls-plan.ts";
import { mayBeServed } from "../../plan/transitions/authorities.ts";
import type { DeployedState } from "../../plan/transitions/deployed-state.ts";
import { type Authority, authority, ecdsaP256 } from "./authority.ts";
import { givenLeaf, type Leaf, signed, withChain } from "./leaf.ts";

export interface CertificateChainArgs {
  /** The cluster's name, which the subjects of the CAs have. */
  readonly clusterName: string;
  readonly plan: TlsPlan;
  readonly deployed: DeployedState;
}

export type ClientLeaf = Pick<Leaf, "certificatePem" | "privateKeyPem" | "fingerprint">;

/** The CAs of a cluster, and which of them servers and clients trust. */
export class CertificateChain extends pulumi.ComponentResource {
  /** By generation. */
  readonly authorities: readonly Authority[];
  /** The CA that issues. */
  readonly issuer: Authority;
  /** PEM of the CAs that servers trust. A CA's root is not in it, because the root may have signed other CAs too. */
  readonly serverBundle: pulumi.Output<string>;
  /** PEM of the CAs that clients must trust, with their roots. */
  readonly clientBundle: pulumi.Output<string>;
  /** PEM of the CAs that may have issued the certificates that servers serve now. */
  readonly servingBundle: pulumi.Output<string>;
  /** The client certificate of this program itself. */
  readonly operator: ClientLeaf;

  constructor(name: string, args: CertificateChainArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.chain, name, {}, options);
    const { plan, deployed, clusterName } = args;
    this.authorities = plan.authorities.map((one) =>
      authority(one, clusterName, plan.authorityLifetimeHours, this),
    );
    const operators = new Map(this.authorities.map((one) => [one.generation, this.operatorOf(one)]));
    this.issuer = theUsed(this.authorities);
    this.operator = operators.get(this.issuer.generation) ?? someGivenLeaf(plan);
    this.serverBundle = bundle(this.authorities.map((one) => one.certificatePem));
    this.clientBundle = bundle(this.authorities.flatMap((one) => [one.certificatePem, one.chainPem]));
    const served = new Set(
      plan.authorities.filter((one) => mayBeServed(deployed, one)).map((one) => one.generation),
    );
    const serving = this.authorities.filter(({ generation }) => served.has(generation));
    this.servingBundle = bundle(serving.flatMap((one) => [one.certificatePem, one.chainPem]));
    this.registerOutputs({});
  }

  /**
   * Made together with its CA, and lasts as long. When the CA starts to issue, the state already has this certificate, so
   * a preview knows the provider that logs in with it.
   */
  private operatorOf(issuer: Authority): ClientLeaf | undefined {
    if (issuer.privateKeyPem === undefined) return undefined;
    const name = leafNames.operator.of(issuer.generation);
    const key = new tls.PrivateKey(resourceNames.operatorKey.of(issuer.generation), ecdsaP256, {
      parent: this,
    });
    const certificate = signed(
      name,
      { commonName: "operator", dnsNames: [], ipAddresses: [], use: "client" },
      {
        key,
        issuer,
        privateKeyPem: issuer.privateKeyPem,
        validityPeriodHours: issuer.endsAt.apply(hoursUntil),
      },
      { parent: this, ignoreChanges: ["validityPeriodHours"] },
    );
    return {
      certificatePem: withChain(certificate.certPem, issuer),
      privateKeyPem: key.privateKeyPem,
      fingerprint: certificate.certPem.apply(fingerprintOf),
    };
  }
}

function theUsed(authorities: readonly Authority[]): Authority {
  const active = authorities.find(({ phase }) => phase === "active");
  if (active === undefined) throw new Error("no CA is active");
  return active;
}

/** A pod's certificate is also a client certificate. Its CA signs nothing in this program. */
function someGivenLeaf(plan: TlsPlan): Leaf {
  const [given] = Object.values(plan.givenLeaves);
  if (given === undefined)
    throw new Error("the active CA can't issue certificates, and no certificate is given");
  return givenLeaf(given);
}

function bundle(texts: readonly pulumi.Input<string>[]): pulumi.Output<string> {
  return pulumi.all([...texts]).apply(joinPem);
}

/** Whole hours, so that no certificate ends after its CA. */
function hoursUntil(end: string): number {
  return Math.max(1, Math.floor((Date.parse(end) - Date.now()) / 3_600_000) - 1);
}
