import { createHash } from "node:crypto";
import type { SshHost } from "../../../model/ssh.ts";
import { digestOf } from "../../../plan/digest.ts";
import type { RemotePlan } from "../../../plan/host-plan.ts";
import { carryCommand } from "../../../plan/render/host/carry.ts";
import { dockerScript } from "../../../plan/render/host/docker-order.ts";
import { dockerUserCommand } from "../../../plan/render/host/docker-user.ts";
import { firewallCommand } from "../../../plan/render/host/firewall.ts";
import { renderFirewall } from "../../../plan/render/host/firewall-rules.ts";
import { packagesScript } from "../../../plan/render/host/packages.ts";
import { appliedInterface, applyScript } from "../../../plan/render/wireguard/apply.ts";
import { renderConf } from "../../../plan/render/wireguard/conf.ts";
import { resourceNames } from "../../../plan/resource-names.ts";
import type { HostPlan, Topology } from "../../../plan/topology.ts";
import type { VpnPlan } from "../../../plan/vpn-plan.ts";
import type { StandIn } from "../stand-ins.ts";

/** One host, and everything that is done on it before there is a server. */
export interface HostDocument {
  readonly id: string;
  /** Of its Docker engine; empty: this machine's usual one. */
  readonly dockerUrl: string;
  /** Empty: its servers are in its own network. */
  readonly meshNetwork: string;
  readonly image: string;
  /** undefined: it is not reached by SSH. */
  readonly ssh?: Readonly<Record<keyof SshHost, string | number | undefined>> | undefined;
  /** By the name of what runs it: a digest of the script, and what it brings about, where that can be read. */
  readonly scripts: Readonly<Record<string, ScriptDocument>>;
  /** undefined: it is in no VPN. */
  readonly vpn?: HostVpnDocument | undefined;
  /** The next update leaves it as it is. */
  readonly leftOut: boolean;
}

export interface ScriptDocument {
  readonly digest: string;
  /** A file's name, for what it brings about; empty: nothing that can be read. */
  readonly file: string;
  readonly text: string;
}

export interface HostVpnDocument {
  readonly interfaceName: string;
  readonly address: string;
  readonly keyGeneration: number;
  readonly presharedKeyGeneration: number;
  readonly scriptDigest: string;
  /** What wg-quick is given, with words in place of its keys. */
  readonly conf: string;
}

export function hostDocument(
  host: HostPlan,
  { cluster, vpn }: Topology,
  standIns: readonly StandIn[],
): HostDocument {
  const { id, dockerUrl, meshNetwork, remote, skip } = host;
  return {
    id,
    dockerUrl: dockerUrl ?? "",
    meshNetwork: meshNetwork ?? "",
    image: cluster.image,
    ssh: remote === undefined ? undefined : { ...remote.ssh, ...wordsFor(id, standIns) },
    scripts: remote === undefined ? {} : scriptsOf(id, remote, cluster.image, vpn?.interfaceName ?? "wg0"),
    vpn: remote?.peer === undefined || vpn === undefined ? undefined : vpnDocument(vpn, id),
    leftOut: skip,
  };
}

/** A reader must not take a stand-in for the value itself. */
function wordsFor(hostId: string, standIns: readonly StandIn[]): Record<string, string> {
  const start = `hosts.${hostId}.ssh.`;
  const own = standIns.filter(({ path, isLeftOut }) => path.startsWith(start) && !isLeftOut);
  return Object.fromEntries(
    own.map(({ path, why, digest }) => [path.slice(start.length), `(${`${why} ${digest}`.trim()})`]),
  );
}

/** By the names of components/host/host.ts, which runs them. */
function scriptsOf(
  id: string,
  { ssh, firewall, image, peer }: RemotePlan,
  reference: string,
  vpnInterface: string,
): Record<string, ScriptDocument> {
  const vpn = peer !== undefined;
  const rules = {
    hostId: id,
    sshPort: ssh.port,
    udpPort: peer?.listenPort,
    interfaceName: vpn ? vpnInterface : undefined,
  };
  const script = (text: string, file = "", brought = ""): ScriptDocument => ({
    digest: digestOf([text]).slice(0, 16),
    file,
    text: brought,
  });
  return {
    [resourceNames.packages.of(id)]: script(
      packagesScript({ hostId: id, interfaceName: vpnInterface, vpn, firewall }),
    ),
    [resourceNames.dockerOrder.of(id)]: script(
      dockerScript({ hostId: id, interfaceName: vpn ? vpnInterface : undefined }),
    ),
    ...(ssh.user === "root" ? {} : { [resourceNames.dockerUser.of(id)]: script(dockerUserCommand(ssh)) }),
    ...(firewall
      ? {
          [resourceNames.firewall.of(id)]: script(
            firewallCommand(ssh, rules),
            "nftables",
            renderFirewall(rules),
          ),
        }
      : {}),
    ...(image === "carry"
      ? { [resourceNames.carriedImage.of(id)]: script(carryCommand(id, ssh, reference)) }
      : {}),
  };
}

function vpnDocument(vpn: VpnPlan, hostId: string): HostVpnDocument {
  const own = vpn.peers.find((peer) => peer.hostId === hostId);
  if (own === undefined) throw new Error(`the host ${hostId} is not in the VPN`);
  const words = new Map<string, string>();
  const standIn = (word: string) => {
    const key = createHash("sha256").update(word).digest("base64");
    words.set(key, `(${word})`);
    return key;
  };
  const others = vpn.peers
    .filter((peer) => peer !== own)
    .map((peer) => ({
      peer,
      publicKey: standIn(`public key of ${peer.hostId}, generation ${peer.keyGeneration}`),
      presharedKey: standIn(`preshared key with ${peer.hostId}, generation ${vpn.presharedKeyGeneration}`),
    }));
  const privateKey = standIn(`private key, generation ${own.keyGeneration}`);
  let conf = renderConf({ own, mtu: vpn.mtu, privateKey, others });
  for (const [key, word] of words) conf = conf.replaceAll(key, word);
  return {
    interfaceName: vpn.interfaceName,
    address: own.address,
    keyGeneration: own.keyGeneration,
    presharedKeyGeneration: vpn.presharedKeyGeneration,
    scriptDigest: digestOf([applyScript(appliedInterface(vpn, hostId))]).slice(0, 16),
    conf,
  };
}
