import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { userPublicKey, userSeed } from "../../model/nkey.ts";
import { resourceNames } from "../../plan/resource-names.ts";

/** The only user of the system account. It reloads servers and asks for their health. */
export interface SystemUser {
  /** NKey public key, `U…`. */
  readonly publicKey: pulumi.Output<string>;
  /** NKey seed, `SU…`; secret. */
  readonly seed: pulumi.Output<string>;
}

/** The key lives in the state as a secret; the NKey is another way of writing it. */
export function systemUser(options: pulumi.CustomResourceOptions): SystemUser {
  const key = new tls.PrivateKey(resourceNames.systemUser.of(), { algorithm: "ED25519" }, options);
  return {
    publicKey: pulumi.unsecret(key.privateKeyPemPkcs8.apply(userPublicKey)),
    seed: pulumi.secret(key.privateKeyPemPkcs8.apply(userSeed)),
  };
}
