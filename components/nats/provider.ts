import * as pulumi from "@pulumi/pulumi";
import type { ProviderInputs } from "../../model/contract/provider.ts";
import type { Inputs } from "../inputs.ts";

/** As the plugin wants them, with all that says who asks; addresses that are reached through a host are plain. */
export type ProviderArgs = Required<Inputs<Omit<ProviderInputs, "via">>> &
  Required<Pick<ProviderInputs, "via">>;

/**
 * Where the cluster is reached and as whom: configuration, so that a rotated key is an update of this one resource
 * and not of every stream. Served by the plugin in `provider/`.
 */
export class Provider extends pulumi.ProviderResource {
  constructor(name: string, args: ProviderArgs, options?: pulumi.ResourceOptions) {
    const inputs = {
      servers: pulumi.output(args.servers).apply((servers) => JSON.stringify(servers)),
      systemSeed: pulumi.secret(args.systemSeed),
      clientTls: args.clientTls,
      authorities: args.authorities,
      certificate: args.certificate,
      privateKey: pulumi.secret(args.privateKey),
      ...(Object.keys(args.via).length === 0 ? {} : { via: JSON.stringify(args.via) }),
    };
    super("nats", name, inputs, options);
  }
}
