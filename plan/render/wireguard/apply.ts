import { quoted } from "../../../model/ssh.ts";
import { interfaceNameFaults, mtuFaults } from "../../config/vpn-faults.ts";
import type { VpnPlan } from "../../vpn-plan.ts";
import { interfaceAddress, lastLine } from "./conf.ts";
import * as shell from "./shell.ts";

/** What is applied beside the configuration itself, which the script reads. */
export interface AppliedInterface {
  readonly interfaceName: string;
  /** With the length of the host's network: `10.0.1.1/24`. */
  readonly address: string;
  /** In bytes. */
  readonly mtu: number;
  /** Networks of all other hosts, in CIDR, sorted. */
  readonly networks: readonly string[];
}

/** @throws if the host is not in the VPN */
export function appliedInterface({ interfaceName, mtu, peers }: VpnPlan, hostId: string): AppliedInterface {
  const own = peers.find((peer) => peer.hostId === hostId);
  if (own === undefined) throw new Error(`the host ${hostId} is not in the VPN`);
  const networks = peers.filter((peer) => peer !== own).map((peer) => peer.network);
  return { interfaceName, mtu, address: interfaceAddress(own), networks: networks.sort() };
}

/**
 * A POSIX shell script for root that makes a configuration, read from its standard input, the one of the interface: the
 * file, the unit `wg-quick@…` and the running device with its address, MTU and routes. Where the device runs already no
 * packet is lost for it. A configuration that WireGuard refuses leaves device and file as they were. May be run again
 * and again. `wg-quick` takes the kernel's WireGuard, and wireguard-go where there is none. What it says on stderr holds
 * no key, so that it may be shown; it says nothing on stdout.
 */
export function applyScript(applied: AppliedInterface): string {
  return shell.masked(
    [
      values(applied),
      shell.common,
      shell.reading,
      shell.restarting,
      shell.syncing,
      shell.reconciling,
      shell.apply,
    ].join("\n"),
  );
}

/** A script for root that removes the interface and leaves no key behind. May be run again and again. */
export function removeScript(interfaceName: string): string {
  return [named(interfaceName), shell.common, shell.remove].join("\n");
}

function values({ interfaceName, address, mtu, networks }: AppliedInterface): string {
  const faults = mtuFaults(mtu);
  if (faults.length > 0) throw new Error(`the VPN's MTU ${faults.join("; ")}`);
  return [
    named(interfaceName),
    `address=${quoted(address)}`,
    `mtu=${mtu}`,
    // `ip` shows the route to a single address without a length.
    `networks=${quoted(networks.map((network) => network.replace(/\/32$/, "")).join(" "))}`,
    `last_line=${quoted(lastLine)}`,
  ].join("\n");
}

function named(interfaceName: string): string {
  const faults = interfaceNameFaults(interfaceName);
  if (faults.length > 0) throw new Error(`the VPN's interface ${faults.join("; ")}`);
  return `interface=${quoted(interfaceName)}`;
}
