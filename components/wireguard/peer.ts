import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentTypes } from "../../model/resource-types.ts";
import type { SshHost } from "../../model/ssh.ts";
import { appliedInterface, applyScript, removeScript } from "../../plan/render/wireguard/apply.ts";
import { renderConf } from "../../plan/render/wireguard/conf.ts";
import { privateKeyOf, publicKeyOf } from "../../plan/render/wireguard/keys.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { PeerPlan, VpnPlan } from "../../plan/vpn-plan.ts";
import { remoteCommand } from "../host/command.ts";
import { leftAsIs } from "../left-as-is.ts";

export interface WireGuardPeerArgs {
  readonly plan: VpnPlan;
  readonly ssh: SshHost;
  /** This update leaves the host as it is. */
  readonly skip: boolean;
}

/** What a peer knows of another host. */
export interface Neighbour {
  readonly peer: PeerPlan;
  readonly publicKey: pulumi.Output<string>;
  /** Secret. */
  readonly presharedKey: pulumi.Output<string>;
}

/** One host's place in the VPN: its key, and its interface, which is made when all keys are there. */
export class WireGuardPeer extends pulumi.ComponentResource {
  readonly plan: PeerPlan;
  readonly publicKey: pulumi.Output<string>;
  private readonly hostId: string;
  private readonly args: WireGuardPeerArgs;
  private readonly privateKey: pulumi.Output<string>;

  constructor(hostId: string, args: WireGuardPeerArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.peer, hostId, {}, options);
    const plan = args.plan.peers.find((peer) => peer.hostId === hostId);
    if (plan === undefined) throw new Error(`the host ${hostId} is not in the VPN`);
    this.hostId = hostId;
    this.args = args;
    this.plan = plan;
    const name = resourceNames.hostKey.of({ hostId, generation: plan.keyGeneration });
    const key = new tls.PrivateKey(name, { algorithm: "ED25519" }, { parent: this });
    this.privateKey = pulumi.secret(key.privateKeyPemPkcs8.apply(privateKeyOf));
    this.publicKey = pulumi.unsecret(key.privateKeyPemPkcs8.apply(publicKeyOf));
    this.registerOutputs({ publicKey: this.publicKey });
  }

  /**
   * Brings the interface up on the host.
   * @param neighbours every other host of the VPN
   * @param after what has to be done before
   */
  join(neighbours: readonly Neighbour[], after: readonly pulumi.Resource[]): command.local.Command {
    const { plan, ssh, skip } = this.args;
    return remoteCommand(
      resourceNames.wireguard.of(this.hostId),
      {
        ssh,
        script: applyScript(appliedInterface(plan, this.hostId)),
        onDelete: removeScript(plan.interfaceName),
        stdin: this.conf(neighbours),
        because: { interface: plan.interfaceName },
      },
      {
        parent: this,
        dependsOn: [...after],
        // Another name makes another interface. The old interface has the address and the port until it is removed.
        replaceOnChanges: ["environment"],
        deleteBeforeReplace: true,
        ...leftAsIs(skip),
      },
    );
  }

  private conf(neighbours: readonly Neighbour[]): pulumi.Output<string> {
    const others = neighbours.map(({ peer, publicKey, presharedKey }) =>
      pulumi.all([publicKey, presharedKey]).apply(([key, shared]) => ({
        peer,
        publicKey: key,
        presharedKey: shared,
      })),
    );
    const text = pulumi
      .all([this.privateKey, pulumi.all(others)])
      .apply(([privateKey, known]) =>
        renderConf({ own: this.plan, mtu: this.args.plan.mtu, privateKey, others: known }),
      );
    return pulumi.secret(text);
  }
}
