import type { Read } from "./config/configuration-schema.ts";

/** The VPN between the hosts, as plain data: the settings for all hosts, and each host's place. */
export interface VpnPlan extends Omit<Read["wireguard"], "keyGenerations"> {
  /** By host id. */
  readonly peers: readonly PeerPlan[];
}

/** One host's place in the VPN. */
export interface PeerPlan {
  readonly hostId: string;
  /** IPv4 address inside the VPN: `10.0.1.1`. */
  readonly address: string;
  /** The prefix that is this host's own, in CIDR: `10.0.1.0/24`. */
  readonly network: string;
  /** `address:port` at which the other hosts reach it. */
  readonly endpoint: string;
  readonly listenPort: number;
  /** A higher number recreates the host's private key. */
  readonly keyGeneration: number;
}
