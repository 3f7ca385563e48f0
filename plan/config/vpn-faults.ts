import { isIPv4 } from "../../model/ipv4.ts";
import { contains, numberOf, overlap, parseNetwork } from "../../model/prefix.ts";

/**
 * What is wrong with the values of a VPN: messages that read on from the value's path. WireGuard's tools take most of
 * it without a word: https://git.zx2c4.com/wireguard-tools/tree/src/config.c
 */

/** @param key private, public or preshared; the message does not show it */
export function keyFaults(key: string): string[] {
  const isKey = /^[A-Za-z0-9+/]{43}=$/.test(key) && Buffer.from(key, "base64").toString("base64") === key;
  return isKey
    ? []
    : ["is not a key of WireGuard (its value is not shown); allowed are 32 bytes in base64: 44 characters"];
}

/** `wg` takes 70000 and listens on 4464. */
export function portFaults(port: number): string[] {
  return isWhole(port, 1, 65_535) ? [] : [`${port} is not a port; allowed 1 to 65535, for example 51820`];
}

/** Linux takes no more than 15 characters, wg-quick no others than these. */
export function interfaceNameFaults(name: string): string[] {
  return /^[A-Za-z0-9_=+.-]{1,15}$/.test(name) && name !== "." && name !== ".."
    ? []
    : [
        `${JSON.stringify(name)} is not an interface's name; allowed 1 to 15 letters, digits and _ = + . -, for example wg0`,
      ];
}

/** @param mtu of the VPN's interface, in bytes */
export function mtuFaults(mtu: number): string[] {
  return isWhole(mtu, 1280, 1500)
    ? []
    : [
        `${mtu} is not an MTU; allowed 1280 to 1500: 1420 goes through every link of 1500 bytes, 1440 where only IPv4 is used`,
      ];
}

/** @param endpoint as in `45.123.45.67:51820`; a name would block `wg` until it is resolved */
export function endpointFaults(endpoint: string): string[] {
  const [, address = "", port = ""] = /^(.+):(\d{1,5})$/.exec(endpoint) ?? [];
  if (isIPv4(address) && !address.startsWith("0.") && isWhole(Number(port), 1, 65_535)) return [];
  return [
    `${JSON.stringify(endpoint)} is not an endpoint; allowed an IPv4 address with a port, for example 45.123.45.67:51820`,
  ];
}

/**
 * @param address the host's own inside the VPN
 * @param network the prefix that is this host's own
 */
export function addressFaults(address: string, network: string): string[] {
  const prefix = parseNetwork(network);
  if (prefix === undefined) return [`${JSON.stringify(network)} is not a network; ${networkForm}`];
  if (!isIPv4(address))
    return [`${JSON.stringify(address)} is not an IPv4 address; allowed an address such as 10.0.1.1`];
  if (!contains(prefix, address))
    return [
      `${address} is outside of ${network}, the host's own network; allowed an address inside of ${network}`,
    ];
  const isEdge = [prefix.first, prefix.last].includes(numberOf(address)) && prefix.last - prefix.first > 1;
  return isEdge
    ? [
        `${address} is the network address or the broadcast address of ${network}; allowed an address between them`,
      ]
    : [];
}

const networkForm =
  "allowed a network address with a prefix length, and no host bits set, for example 10.0.1.0/24";

/** A network with the words that name it. */
export interface NamedNetwork {
  readonly name: string;
  /** CIDR. */
  readonly network: string;
}

/**
 * Two peers must not have the same addresses: `wg` gives all of them to the last peer.
 * @param others networks of other hosts, or any that the hosts are in, with words such as "the network of the host no"
 */
export function networkFaults(network: string, others: readonly NamedNetwork[]): string[] {
  const own = parseNetwork(network);
  if (own === undefined) return [`${JSON.stringify(network)} is not a network; ${networkForm}`];
  return [...others, ...takenByDocker, ...takenByRule].flatMap((other) => {
    const theirs = parseNetwork(other.network);
    if (theirs === undefined || !overlap(own, theirs)) return [];
    return [
      `${network} overlaps ${other.network}, which is ${other.name}; give each host of the VPN a network of its own, for example 10.0.1.0/24`,
    ];
  });
}

/** https://github.com/moby/moby/blob/master/daemon/libnetwork/ipamutils/utils.go */
const takenByDocker: readonly NamedNetwork[] = [
  ...Array.from({ length: 15 }, (_, index) => `172.${17 + index}.0.0/16`),
  "192.168.0.0/16",
].map((network) => ({ network, name: "a range from which Docker takes its networks" }));

/** https://www.iana.org/assignments/iana-ipv4-special-registry */
const takenByRule: readonly NamedNetwork[] = [
  { network: "0.0.0.0/8", name: "reserved" },
  { network: "127.0.0.0/8", name: "every host's loopback" },
  { network: "169.254.0.0/16", name: "reserved for addresses of one link" },
  { network: "224.0.0.0/3", name: "reserved, or for multicast" },
];

/**
 * WireGuard's own packets would be sent into the VPN.
 * @param endpoint as in `45.123.45.67:51820`
 * @param networks of all hosts of the VPN
 */
export function endpointInsideFaults(endpoint: string, networks: readonly NamedNetwork[]): string[] {
  const address = endpoint.slice(0, endpoint.lastIndexOf(":"));
  if (!isIPv4(address)) return [];
  return networks.flatMap(({ name, network }) => {
    const prefix = parseNetwork(network);
    if (prefix === undefined || !contains(prefix, address)) return [];
    return [
      `${endpoint} is inside of ${network}, which is ${name} in the VPN, so no other host could reach the endpoint; allowed the host's address outside of the VPN`,
    ];
  });
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
