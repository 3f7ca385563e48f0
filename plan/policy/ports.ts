import { dockerTypes } from "../../model/resource-types.ts";
import type { Topology } from "../topology.ts";
import { bare, mapsIn, type Plain, unknown } from "./plain.ts";
import { isProductionLike, type Registration, type Rule } from "./rule.ts";

export const publishedPort: Rule = {
  name: "published-port",
  promise:
    "If hosts are entered by SSH, servers can be reached only on the loopback or on an address of the VPN.",
  reason:
    "Everyone who can route to another address reaches the server, and these hosts have public addresses.",
  fix: "Give the host the section wireguard, so that its servers listen on its address in the VPN, or keep publishAddress 127.0.0.1",
  inPlan: ({ topology }) => {
    if (!isProductionLike(topology)) return [];
    const inHostNetwork = topology.pods.filter(({ networks }) => networks === undefined);
    return inHostNetwork
      .filter(({ listen }) => !isInside(listen.address, topology))
      .map(({ serverName, listen }) => `${serverName} listens on ${listen.address}; ${allowedIn(topology)}`);
  },
  inResource: (resource, { topology }) =>
    isProductionLike(topology) && resource.type === dockerTypes.container ? faultsOf(resource, topology) : [],
};

function faultsOf({ name, inputs }: Registration, topology: Topology): string[] {
  const all =
    bare(inputs.publishAllPorts) === true
      ? [`${name} publishes all ports of its image, on every address`]
      : [];
  const open = mapsIn(inputs.ports).filter(({ ip }) => !isInside(bare(ip), topology));
  return [
    ...all,
    ...open.map(({ ip, external, internal }) => {
      const port = String(bare(external) ?? bare(internal));
      return `${name} publishes ${port} on ${addressOf(bare(ip))}; ${allowedIn(topology)}`;
    }),
  ];
}

/** An engine takes no address for every address. */
function addressOf(ip: Plain): string {
  return typeof ip === "string" && ip !== "" ? ip : "every address";
}

function isInside(address: Plain, { vpn }: Topology): boolean {
  if (address === unknown) return true;
  if (typeof address !== "string") return false;
  return address.startsWith("127.") || vpn?.peers.some((peer) => peer.address === address) === true;
}

function allowedIn({ vpn }: Topology): string {
  const addresses = vpn?.peers.map(({ address }) => address) ?? [];
  return `allowed ${["127.0.0.1", ...addresses].join(", ")}`;
}
