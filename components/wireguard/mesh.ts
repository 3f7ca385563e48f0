import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { componentTypes } from "../../model/resource-types.ts";
import type { SshHost } from "../../model/ssh.ts";
import { digestOf } from "../../plan/digest.ts";
import { appliedInterface, applyScript } from "../../plan/render/wireguard/apply.ts";
import { presharedKeyOf } from "../../plan/render/wireguard/keys.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { VpnPlan } from "../../plan/vpn-plan.ts";
import type { Provider } from "../nats/provider.ts";
import { WireGuardPeer } from "./peer.ts";
import { MeshGate } from "./resources.ts";

export interface WireGuardMeshArgs {
  readonly plan: VpnPlan;
  /** By host id. */
  readonly ssh: ReadonlyMap<string, SshHost>;
  /** By host id: what makes the host ready. */
  readonly after: ReadonlyMap<string, readonly pulumi.Resource[]>;
  /** The host whose private key changes in this update: `rotationOf` of `plan/transitions/vpn-keys.ts` says which. */
  readonly rotated: string | undefined;
  /** Ids of the hosts that this update skips. */
  readonly skip: readonly string[];
  readonly nats: Provider;
}

/** The VPN between the hosts: a key and an interface for each host, a preshared key for each two hosts, and the gate. */
export class WireGuardMesh extends pulumi.ComponentResource {
  /** Exists when every host reaches every other host. */
  readonly gate: pulumi.Resource;

  constructor(name: string, args: WireGuardMeshArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.mesh, name, {}, options);
    const { plan, skip, nats } = args;
    const peers = plan.peers.map(
      ({ hostId }) =>
        new WireGuardPeer(
          hostId,
          { plan, ssh: sshOf(args, hostId), skip: skip.includes(hostId) },
          { parent: this },
        ),
    );
    const applied = this.join(peers, args);
    this.gate = new MeshGate(
      name,
      {
        interfaceName: plan.interfaceName,
        peers: peers.map(({ plan: { hostId, address, endpoint }, publicKey }) => ({
          hostId,
          ssh: sshOf(args, hostId),
          address,
          endpoint,
          publicKey,
        })),
        revision: [...revisionOf(plan), ...applied.map(({ id }) => id)],
        without: [...skip].sort(),
      },
      { parent: this, provider: nats, dependsOn: applied },
    );
    this.registerOutputs({});
  }

  /** A host with a new private key takes it before the other hosts use it. Otherwise no host waits for another host. */
  private join(
    peers: readonly WireGuardPeer[],
    { plan, after, rotated }: WireGuardMeshArgs,
  ): command.local.Command[] {
    const shared = this.presharedKeys(plan);
    const applied = new Map<string, command.local.Command>();
    for (const peer of [...peers].sort((left, right) => first(right, rotated) - first(left, rotated))) {
      const { hostId } = peer.plan;
      const neighbours = peers.flatMap((other) => {
        const presharedKey = shared.get(sharedKeyName(hostId, other.plan.hostId, plan));
        return other === peer || presharedKey === undefined
          ? []
          : [{ peer: other.plan, publicKey: other.publicKey, presharedKey }];
      });
      const before = applied.get(rotated ?? "");
      const done = [...(after.get(hostId) ?? []), ...(before === undefined ? [] : [before])];
      applied.set(hostId, peer.join(neighbours, done));
    }
    // The order in which the hosts took their keys is no change for the gate.
    return peers.flatMap(({ plan: { hostId } }) => applied.get(hostId) ?? []);
  }

  /** By name. The key of two hosts stays when other hosts are added or removed. */
  private presharedKeys(plan: VpnPlan): Map<string, pulumi.Output<string>> {
    const ids = plan.peers.map(({ hostId }) => hostId).sort();
    const names = ids.flatMap((id, index) =>
      ids.slice(index + 1).map((other) => sharedKeyName(id, other, plan)),
    );
    return new Map(
      names.map((name) => {
        const key = new tls.PrivateKey(name, { algorithm: "ED25519" }, { parent: this });
        return [name, pulumi.secret(key.privateKeyPemPkcs8.apply(presharedKeyOf))];
      }),
    );
  }
}

function sharedKeyName(hostId: string, otherId: string, plan: VpnPlan): string {
  const generation = plan.presharedKeyGeneration;
  return resourceNames.sharedKey.of({ hostIds: [hostId, otherId], generation });
}

function first({ plan }: WireGuardPeer, rotated: string | undefined): number {
  return plan.hostId === rotated ? 1 : 0;
}

function sshOf({ ssh }: WireGuardMeshArgs, hostId: string): SshHost {
  const host = ssh.get(hostId);
  if (host === undefined) throw new Error(`the host ${hostId} is in the VPN, but it is not reached by SSH`);
  return host;
}

/** What each host gets, with the generations of its keys in place of the keys. */
function revisionOf(plan: VpnPlan): string[] {
  return plan.peers.map(({ hostId, endpoint, listenPort, keyGeneration }) => {
    const script = applyScript(appliedInterface(plan, hostId));
    const numbers = [listenPort, keyGeneration, plan.presharedKeyGeneration].join();
    return `${hostId} ${digestOf([script, endpoint, numbers]).slice(0, 16)}`;
  });
}
