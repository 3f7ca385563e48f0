import * as pulumi from "@pulumi/pulumi";
import type { SshHost } from "../../model/ssh.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";

export interface ProviderArgs {
  /** Client URLs of the cluster's servers, any of which will do. */
  readonly servers: pulumi.Input<readonly string[]>;
  /** Seed of the system account's NKey user. */
  readonly systemSeed: pulumi.Input<string>;
  readonly clientTls: ClientTls;
  /** PEM of the authorities whose servers are believed. */
  readonly authorities: pulumi.Input<string>;
  /** PEM of the client certificate that is shown to servers that ask for one. */
  readonly certificate: pulumi.Input<string>;
  readonly privateKey: pulumi.Input<string>;
  /** The host through which a server's address is reached; the others are dialled as they are. */
  readonly via: Readonly<Record<string, SshHost>>;
}

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
