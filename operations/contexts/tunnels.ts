import { hostAndPort, type Target } from "../../client/address.ts";
import type { Via } from "../../client/dialer.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { quoted, type SshHost, sshArguments } from "../../model/ssh.ts";

/** A tunnel to a pod behind a host: a port of this machine that leads to the pod while the tunnel is open. */
export interface PodTunnel {
  readonly host: SshHost;
  /** The pod's client port. */
  readonly target: Target;
  readonly localPort: number;
}

/**
 * The local port is this far from the pod's own port, so that no stack on this machine has it. While the tunnel is closed,
 * no message may reach another cluster.
 */
const distance = 10_000;

/**
 * The same ports each time, as long as the pods are the same: contexts carry them.
 * @returns by pod id; pods that are dialled as they are have none
 */
export function podTunnels({ pods }: Pick<StackOutputs, "pods">, via: Via): Map<string, PodTunnel> {
  const found = new Map<string, PodTunnel>();
  const targets = Object.entries(pods).map(([id, { clientUrl }]) => ({ id, target: hostAndPort(clientUrl) }));
  const taken = new Set(
    targets.filter(({ target }) => via[target.host] === undefined).map(({ target }) => target.port),
  );
  for (const { id, target } of targets.sort((left, right) => (left.id < right.id ? -1 : 1))) {
    const host = via[target.host];
    if (host === undefined) continue;
    let localPort = target.port + (target.port + 2 * distance < 65_536 ? distance : -distance);
    while (taken.has(localPort)) localPort += 1;
    taken.add(localPort);
    found.set(id, { host, target, localPort });
  }
  return found;
}

/** The commands that keep all tunnels open: one for each host, with the host key that is trusted. */
export function openingCommands(tunnels: Iterable<PodTunnel>): string[] {
  const byHost = new Map<string, PodTunnel[]>();
  for (const tunnel of tunnels) {
    const key = JSON.stringify(tunnel.host);
    byHost.set(key, [...(byHost.get(key) ?? []), tunnel]);
  }
  return [...byHost.values()].map((ofHost) => {
    const forwards = ofHost.flatMap(({ localPort, target }) => [
      "-L",
      `127.0.0.1:${localPort}:${target.host}:${target.port}`,
    ]);
    const words = ["ssh", ...forwards, ...ofHost.slice(0, 1).flatMap(({ host }) => alone(host))];
    return words.map((word) => (/^[\w@%+=:,./~-]+$/.test(word) ? word : quoted(word))).join(" ");
  });
}

/**
 * A connection of its own, for as long as the person wants: a shared one would be ended with what shares it. `-N` asks
 * for no shell.
 */
function alone(host: SshHost): string[] {
  const own = ["-N", "-o", "ExitOnForwardFailure=yes", "-o", "ControlMaster=no", "-o", "ControlPath=none"];
  const shared = sshArguments(host);
  return [...own, ...shared.filter((word, index) => !ofSharing(word) && !ofSharing(shared[index + 1]))];
}

function ofSharing(word: string | undefined): boolean {
  return word?.startsWith("Control") === true;
}
