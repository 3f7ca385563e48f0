import * as pulumi from "@pulumi/pulumi";
import type { SshHost } from "../../model/ssh.ts";

export interface HostSurveyArgs {
  readonly hosts: readonly {
    readonly id: string;
    readonly ssh: SshHost;
    /** On which its servers will listen, on the address in the VPN. */
    readonly tcpPorts: readonly number[];
    /** On which WireGuard will; undefined: the host is in no VPN. */
    readonly udpPort: number | undefined;
    /** IPv4 address in the VPN. */
    readonly vpnAddress: string | undefined;
  }[];
  /** In CIDR, of all hosts. */
  readonly vpnNetworks: readonly string[];
  /** Of the VPN, as in `wg0`; undefined: not asked whether somebody else has one of that name. */
  readonly interfaceName?: string | undefined;
  /** What the streams of one host may fill. */
  readonly dataBytes: number;
  /** Ids of hosts that this update leaves alone. */
  readonly without: readonly string[];
}

/** Whether the hosts can be made ready, all faults of all of them at once: see `provider/host/survey.ts`. */
export class HostSurvey extends pulumi.CustomResource {
  constructor(name: string, args: HostSurveyArgs, options: pulumi.CustomResourceOptions) {
    const { hosts, vpnNetworks, interfaceName, dataBytes, without } = args;
    const inputs = { hosts, vpnNetworks, interfaceName: interfaceName ?? "", dataBytes, without };
    super("nats:host:Survey", name, { ...inputs, checked: undefined }, options);
  }
}
