import type { IssuedCertificate } from "../tls/dependence.ts";
import { anything, type Fields, flag } from "./fields.ts";
import type { TrustingServer } from "./node.ts";
import type { WithLater } from "./properties.ts";

/** Inputs of `nats:tls:Trust`. */
export interface TrustInputs {
  /** PEM by generation. */
  readonly authorities: Readonly<Record<string, string>>;
  /** Every certificate that this stack has issued and uses. The state keeps the earlier ones too. */
  readonly issued: readonly IssuedCertificate[];
  /** As the last update left them. */
  readonly servers: readonly TrustingServer[];
  /** This update restarts every server, so every session begins again. */
  readonly recycles: boolean;
}

/** State of `nats:tls:Trust`; `lastGeneration` is the highest number that any CA has had. */
export type TrustState = WithLater<TrustInputs & { readonly lastGeneration: number }, "lastGeneration">;

export const trustFields: Fields<keyof TrustInputs> = {
  authorities: anything("PEM texts by generation"),
  issued: anything("a list of certificates"),
  servers: anything("a list of servers"),
  recycles: flag(false),
};
