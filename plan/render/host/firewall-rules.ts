export interface FirewallPlan {
  readonly hostId: string;
  readonly sshPort: number;
  /** WireGuard's; undefined: the host is in no VPN. */
  readonly udpPort: number | undefined;
  /** As in `wg0`; undefined: the host is in no VPN. */
  readonly interfaceName: string | undefined;
}

/** The table of nftables that is this project's; no other one is touched. */
export const table = "inet unityplan";

/** Docker's own bridges. */
const bridges = ["docker0", "br-*"];

/**
 * The firewall as nftables reads it, replacing an earlier one in one step. A packet has to be let through by every table
 * that sees it, so that this takes nothing back that Docker or somebody else forbids.
 * https://wiki.nftables.org/wiki-nftables/index.php/Configuring_chains
 */
export function renderFirewall({ sshPort, udpPort, interfaceName }: FirewallPlan): string {
  const vpn = interfaceName === undefined ? [] : [`iifname "${interfaceName}" accept`];
  const wireguard = udpPort === undefined ? [] : [`udp dport ${udpPort} accept`];
  return `# Written by unityplan-nats.
table ${table}
delete table ${table}
table ${table} {
${chain("input", "type filter hook input priority filter; policy drop;", [
  'iifname "lo" accept',
  ...vpn,
  "ct state established,related accept",
  "icmp type { destination-unreachable, time-exceeded, parameter-problem, echo-request } accept",
  // Without these an IPv6 host loses its neighbours, its router and the way through narrow links: RFC 4890, 4.4.
  "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem, echo-request, mld-listener-query, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept",
  // Answers to a broadcast belong to no connection.
  "udp sport 67 udp dport 68 accept",
  "ip6 saddr fe80::/10 udp sport 547 udp dport 546 accept",
  `tcp dport ${sshPort} accept`,
  ...wireguard,
])}
${chain("forward", "type filter hook forward priority filter - 10; policy accept;", [
  "ct state established,related accept",
  ...vpn,
  ...['"lo"', ...bridges.map((name) => `"${name}"`)].map((name) => `iifname ${name} accept`),
  // What was sent to a published port of a container, and what was sent to a container itself.
  "ct status dnat drop",
  ...bridges.map((name) => `oifname "${name}" drop`),
])}
}
`;
}

function chain(name: string, hook: string, rules: readonly string[]): string {
  return [`  chain ${name} {`, ...[hook, ...rules].map((line) => `    ${line}`), "  }"].join("\n");
}
