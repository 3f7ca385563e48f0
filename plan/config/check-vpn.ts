import type { Draft, DraftHost } from "./draft.ts";
import type { Fault } from "./faults.ts";
import { networkOf } from "./hosts.ts";
import { addressFaults, endpointInsideFaults, type NamedNetwork, networkFaults } from "./vpn-faults.ts";

/** The addresses of the VPN against each other, and against the addresses by which its hosts are reached. */
export function checkVpn({ hosts }: Draft): Fault[] {
  const peers = [...hosts].flatMap(([id, host]) => {
    const { address } = host.wireguard.values;
    return !host.given.has("wireguard") || address === undefined
      ? []
      : [{ id, host, address, network: networkOf(address) }];
  });
  const networks = peers.map(({ id, network }) => ({ id, name: `the network of the host ${id}`, network }));
  return peers.flatMap(({ id, host, address, network }, index) => {
    const path = ["hosts", id, "wireguard"];
    const before = networks.slice(0, index);
    const messages = [...addressFaults(address, network), ...networkFaults(network, before)];
    return [
      ...messages.map((message) => ({ path: [...path, "address"], message })),
      ...endpointFaultsOf(host, networks).map((message) => ({ path: [...path, "endpoint"], message })),
    ];
  });
}

function endpointFaultsOf({ ssh, wireguard }: DraftHost, networks: readonly NamedNetwork[]): string[] {
  const address = wireguard.values.endpoint ?? ssh.values.address;
  const { port } = wireguard.values;
  return address === undefined || port === undefined
    ? []
    : endpointInsideFaults(`${address}:${port}`, networks);
}
