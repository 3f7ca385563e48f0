import {
  addressFaults,
  endpointFaults,
  endpointInsideFaults,
  keyFaults,
  mtuFaults,
  networkFaults,
  portFaults,
} from "../../config/vpn-faults.ts";
import type { PeerPlan } from "../../vpn-plan.ts";

/** One host's place in the VPN, with its keys. */
export interface HostConf {
  readonly own: PeerPlan;
  /** Secret. */
  readonly privateKey: string;
  /** Of the VPN's interface, in bytes. */
  readonly mtu: number;
  /** Every other host, in whatever order. */
  readonly others: readonly OtherPeer[];
}

/** Another host, as this one has to know it. */
export interface OtherPeer {
  readonly peer: PeerPlan;
  readonly publicKey: string;
  /** Only these two hosts have this key; secret. */
  readonly presharedKey: string;
}

/** The last line: a file without it did not arrive whole. */
export const lastLine = "# end";

/** Keeps the ways through firewalls and NAT open, as WireGuard's authors recommend: https://www.wireguard.com/quickstart/ */
const keepaliveSeconds = 25;

/**
 * A host's configuration for `wg-quick`; holds secrets. The interface has the host's whole network, so that what is sent
 * to an address there that nobody has goes nowhere; of every other host it takes that one's own network and no more.
 * https://man7.org/linux/man-pages/man8/wg-quick.8.html
 * @throws if a value would be misread; the message shows no secret
 */
export function renderConf(conf: HostConf): string {
  refuseFaults(conf);
  const { own, privateKey, mtu, others } = conf;
  return [
    `# ${own.hostId}: made by unityplan-nats, which overwrites changes by hand.`,
    "[Interface]",
    `Address = ${interfaceAddress(own)}`,
    `ListenPort = ${own.listenPort}`,
    `PrivateKey = ${privateKey}`,
    `MTU = ${mtu}`,
    "",
    ...sorted(others).flatMap(({ peer, publicKey, presharedKey }) => [
      `# ${peer.hostId}`,
      "[Peer]",
      `PublicKey = ${publicKey}`,
      `PresharedKey = ${presharedKey}`,
      `Endpoint = ${peer.endpoint}`,
      `AllowedIPs = ${peer.network}`,
      `PersistentKeepalive = ${keepaliveSeconds}`,
      "",
    ]),
    `${lastLine}\n`,
  ].join("\n");
}

/** The host's address with the length of its network: `10.0.1.1/24`. */
export function interfaceAddress({ address, network }: PeerPlan): string {
  return address + network.slice(network.indexOf("/"));
}

function sorted(others: readonly OtherPeer[]): OtherPeer[] {
  return [...others].sort((left, right) => (left.peer.hostId < right.peer.hostId ? -1 : 1));
}

/** The configuration was checked long before; what comes here wrong is a fault of the program. */
function refuseFaults({ own, privateKey, mtu, others }: HostConf): void {
  const networks = others.map(({ peer }) => ({ name: `the host ${peer.hostId}`, network: peer.network }));
  const faults = [
    ...at("the private key", keyFaults(privateKey)),
    ...at("the MTU", mtuFaults(mtu)),
    ...at("the port", portFaults(own.listenPort)),
    ...at("the address", addressFaults(own.address, own.network)),
    ...at("the network", networkFaults(own.network, networks)),
    ...others.flatMap(({ peer, publicKey, presharedKey }, index) => [
      ...at(`${peer.hostId}'s public key`, keyFaults(publicKey)),
      ...at(`${peer.hostId}'s preshared key`, keyFaults(presharedKey)),
      ...at(`${peer.hostId}'s endpoint`, endpointFaults(peer.endpoint)),
      ...at(`${peer.hostId}'s endpoint`, endpointInsideFaults(peer.endpoint, networks)),
      ...at(`${peer.hostId}'s network`, networkFaults(peer.network, networks.slice(0, index))),
    ]),
  ];
  if (faults.length > 0)
    throw new Error(`the WireGuard configuration of ${own.hostId} is faulty: ${faults.join("; ")}`);
}

function at(place: string, faults: readonly string[]): string[] {
  return faults.map((fault) => `${place} ${fault}`);
}
