import * as pulumi from "@pulumi/pulumi";
import type { ProviderInputs } from "../../model/contract/provider.ts";
import type { Inputs } from "../inputs.ts";

/** Inputs of the plugin, with the credentials. The addresses that are reached through a host are plain values. */
export type ProviderArgs = Required<Inputs<Omit<ProviderInputs, "via">>> &
  Required<Pick<ProviderInputs, "via">>;

/**
 * Where the cluster is reached, and with which credentials. They are configuration of the provider, so a rotated key
 * updates this one resource and not every stream. The plugin in `provider/` serves it.
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
