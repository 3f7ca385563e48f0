import { dockerOverSsh } from "../../model/ssh.ts";
import type { RemotePlan } from "../host-plan.ts";
import type { PeerPlan } from "../vpn-plan.ts";
import type { Read } from "./configuration-schema.ts";

export interface ConfiguredHost {
  readonly id: string;
  /** The URL of its Docker engine; undefined leaves it to DOCKER_HOST and the engine's default socket. */
  readonly dockerUrl: string | undefined;
  /** The address on which the host's servers are reached: its own in the VPN, or where it publishes their ports. */
  readonly address: string;
  /** undefined: it is not reached by SSH. */
  readonly remote: RemotePlan | undefined;
}

type ReadHost = Read["hosts"][string];

/** @param keyGeneration of its place in the VPN */
export function configuredHost(id: string, host: ReadHost, keyGeneration: number): ConfiguredHost {
  const { ssh, wireguard } = host;
  if (ssh === undefined)
    return { id, dockerUrl: host.docker, address: host.publishAddress, remote: undefined };
  const access = { ...ssh, identityFile: ssh.identityFile };
  const peer =
    wireguard === undefined ? undefined : peerPlan(id, { ...wireguard, keyGeneration }, ssh.address);
  return {
    id,
    dockerUrl: dockerOverSsh(access),
    address: peer?.address ?? host.publishAddress,
    remote: { ssh: access, firewall: host.firewall ?? true, image: host.image ?? "pull", peer },
  };
}

function peerPlan(
  hostId: string,
  {
    address,
    port,
    endpoint,
    keyGeneration,
  }: NonNullable<ReadHost["wireguard"]> & { readonly keyGeneration: number },
  publicAddress: string,
): PeerPlan {
  return {
    hostId,
    address,
    network: networkOf(address),
    endpoint: `${endpoint ?? publicAddress}:${port}`,
    listenPort: port,
    keyGeneration,
  };
}

/** Each host has the 256 addresses around its own to itself. */
export function networkOf(address: string): string {
  return `${address.slice(0, address.lastIndexOf("."))}.0/24`;
}
