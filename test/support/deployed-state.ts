import { clientUrl, clusterAddress, monitorUrl } from "../../plan/endpoints.ts";
import type { Topology } from "../../plan/topology.ts";
import { type DeployedState, nothingDeployed } from "../../plan/transitions/deployed-state.ts";

/** What an update to that topology leaves of streams, consumers, ports and addresses. */
export function placesAfter({ pods, streams, consumers, vpn }: Topology): DeployedState {
  const servers = pods.map((pod) => ({
    serverName: pod.serverName,
    url: clientUrl(pod),
    clusterAddress: clusterAddress(pod),
    clientTls: "off" as const,
    startDigest: "",
    version: "2.15.1",
    issuer: "f1",
    trusted: ["f1"],
    servedSince: "",
  }));
  return {
    ...nothingDeployed,
    servers: new Map(servers.map((server) => [server.serverName, server])),
    authorities: new Map([[1, "f1"]]),
    streams: new Map(streams.map((stream) => [stream.name, stream])),
    consumers,
    monitors: new Map(pods.map((pod) => [pod.serverName, monitorUrl(pod)])),
    vpnAddresses: new Map((vpn?.peers ?? []).map(({ hostId, address }) => [hostId, address])),
  };
}
