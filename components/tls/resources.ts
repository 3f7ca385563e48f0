import * as pulumi from "@pulumi/pulumi";
import type { RenewalInputs, RenewalState } from "../../model/contract/renewal.ts";
import type { TrustInputs } from "../../model/contract/trust.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs, StateOnly } from "../inputs.ts";

/** Replaced when a certificate is due: see `provider/tls/renewal.ts`. */
export class Renewal extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<RenewalInputs>, options: pulumi.CustomResourceOptions) {
    const known: StateOnly<RenewalState, RenewalInputs> = { issuedAt: undefined, dueAt: undefined };
    super(natsTypes.renewal, name, { ...args, ...known }, options);
  }
}

/** Refuses to drop a CA that something depends on: see `provider/tls/trust.ts`. */
export class Trust extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<TrustInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.trust, name, { ...args }, options);
  }
}
