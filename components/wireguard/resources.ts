import * as pulumi from "@pulumi/pulumi";
import type { SshHost } from "../../model/ssh.ts";

export interface MeshGateArgs {
  /** As in `wg0`. */
  readonly interfaceName: string;
  readonly peers: readonly {
    readonly hostId: string;
    readonly ssh: SshHost;
    /** Inside the VPN. */
    readonly address: string;
    /** `address:port` at which the others reach it. */
    readonly endpoint: string;
    readonly publicKey: pulumi.Input<string>;
  }[];
  /** Changes when anything of the VPN does. */
  readonly revision: readonly pulumi.Input<string>[];
  /** Ids of the hosts that are not asked. */
  readonly without: readonly string[];
}

/** There when every host of the VPN reaches every other one: see `provider/host/mesh.ts`. */
export class MeshGate extends pulumi.CustomResource {
  constructor(name: string, args: MeshGateArgs, options: pulumi.CustomResourceOptions) {
    super("nats:host:Mesh", name, { ...args }, options);
  }
}
