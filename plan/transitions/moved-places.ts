import type { ProvenServer } from "../../model/contract/node.ts";
import { networkOf } from "../config/hosts.ts";
import { presentPods } from "../reachable.ts";
import type { PodPlan, Topology } from "../topology.ts";
import type { DeployedState } from "./deployed-state.ts";

const portKinds = ["clientPort", "clusterPort", "monitorPort"] as const;

/** Ports that go from one pod to another in this update, although the old owner may not release them before. */
export function movedPortFaults(deployed: DeployedState, topology: Topology): string[] {
  return presentPods(topology).flatMap((taker) =>
    topology.pods
      .filter(({ id, hostId }) => id !== taker.id && hostId === taker.hostId)
      .flatMap((giver) => portFaults(taker, giver, deployed, topology)),
  );
}

function portFaults(
  taker: PodPlan,
  giver: PodPlan,
  deployed: DeployedState,
  { rollout }: Topology,
): string[] {
  const server = deployed.servers.get(giver.serverName);
  if (server === undefined) return [];
  const has = placesOf(server, deployed.monitors.get(giver.serverName));
  const { address } = taker.published;
  const taken = portKinds.filter((kind) => has.includes(`${address}:${taker.published[kind]}`));
  return taken.flatMap((kind) => {
    const takes = `pods.${taker.id}.${kind}: it takes ${taker.published[kind]} from ${giver.id}. This update`;
    if (rollout.skip.includes(giver.id))
      return [
        `${takes} skips ${giver.id} (rollout.skip), so the port is not free. Keep the ports of ${taker.id} as they are ` +
          `until an update has ${giver.id} again`,
      ];
    const order = orderFault(taker, giver, rollout);
    if (order === undefined) return [];
    return [
      `${takes} gives ${giver.id} another port. ${order}, so the port may not be free. Make two updates: first give ` +
        `${giver.id} a port that no pod has and keep ${taker.id} as it is, then make this update`,
    ];
  });
}

/** Why the giver does not restart before the taker. undefined: it does. */
function orderFault(
  taker: PodPlan,
  giver: PodPlan,
  { mode, order }: Topology["rollout"],
): string | undefined {
  if (mode !== "rolling") return `With rollout: ${mode} no pod waits for another pod`;
  if (order.indexOf(giver.id) < order.indexOf(taker.id)) return undefined;
  return `${taker.id} restarts before ${giver.id}`;
}

/** `host:port` of all that a server listens on. */
function placesOf({ url, clusterAddress }: ProvenServer, monitorUrl: string | undefined): string[] {
  return [url, clusterAddress, monitorUrl ?? ""].map((text) => text.replace(/^[a-z]+:\/\//, ""));
}

/** Addresses of the VPN that go from one host to another in this update. The whole VPN takes its new addresses at once. */
export function movedAddressFaults(deployed: DeployedState, { hosts, vpn }: Topology): string[] {
  const isLeft = (id: string) => hosts.some((host) => host.id === id && host.skip);
  const takers = (vpn?.peers ?? []).filter(({ hostId }) => !isLeft(hostId));
  return takers.flatMap((taker) =>
    [...deployed.vpnAddresses]
      .filter(([hostId, address]) => hostId !== taker.hostId && networkOf(address) === taker.network)
      .map(([giver, address]) => {
        const start = `hosts.${taker.hostId}.wireguard.address: ${taker.address} is in ${taker.network}, the network of ${giver} (${address})`;
        if (isLeft(giver))
          return `${start}. This update skips ${giver} (rollout.skip). Choose a network that no host has`;
        const fate = vpn?.peers.some(({ hostId }) => hostId === giver)
          ? `first give ${giver} a network that no host has`
          : `first remove ${giver}`;
        return (
          `${start} until this update. All hosts take their new addresses at once, so traffic for what still runs on ` +
          `${giver} would go to ${taker.hostId}. Make two updates: ${fate} and keep ${taker.hostId} as it is, then make this update`
        );
      }),
  );
}
