import { overlap, parsePrefix } from "../../model/prefix.ts";
import type { HostFacts, Occupied } from "./survey-facts.ts";

/** Docker's first network by default. https://docs.docker.com/engine/network/drivers/bridge/ */
const dockersFirst = { prefix: "172.17.0.0/16", by: "bridge" };

/** Where the VPN's networks meet addresses that mean something else on the host, in words that follow its id. */
export function networkFaults(facts: HostFacts, vpnNetworks: readonly string[]): string[] {
  const faults = new Map<string, string>();
  for (const { what, prefix, by } of occupied(facts)) {
    const there = parsePrefix(prefix);
    if (there === undefined) continue;
    const met = vpnNetworks.filter((network) => {
      const vpn = parsePrefix(network);
      return vpn !== undefined && overlap(vpn, there);
    });
    const key = `${there.first}-${there.last}`;
    if (met.length === 0 || faults.has(key)) continue;
    faults.set(
      key,
      `${what} ${prefix} (${by}) overlaps the VPN's ${met.join(" and ")}; give the hosts other addresses in the VPN ` +
        `(wireguard.address), or free ${prefix} on this host`,
    );
  }
  return [...faults.values()];
}

/** Narrower ones first: the route to a network that was named needs no words of its own. */
function occupied({ networks, dockerVersion, addresses, routes, marker }: HostFacts) {
  const docker = dockerVersion === undefined ? [dockersFirst] : networks;
  const foreign = ({ by }: Occupied) => by !== marker?.interface;
  return [
    ...docker.map((one) => ({ ...one, what: "Docker's network" })),
    ...addresses.filter(foreign).map((one) => ({ ...one, what: "its address" })),
    ...routes
      .filter(foreign)
      .filter(({ prefix }) => !isDefault(prefix))
      .map((one) => ({ ...one, what: "its route to" })),
  ];
}

/** The way to everywhere, which some VPNs write in two halves. Any other route is narrower than they. */
function isDefault(prefix: string): boolean {
  const all = parsePrefix(prefix);
  return all !== undefined && all.last - all.first >= 2 ** 31 - 1;
}
