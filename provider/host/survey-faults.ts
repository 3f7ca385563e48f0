import type { SurveyedHost } from "../../model/contract/survey.ts";
import type { HostFacts, Listener } from "./survey-facts.ts";
import { networkFaults } from "./survey-networks.ts";

export interface SurveyRules {
  /** In CIDR, of all hosts. */
  readonly vpnNetworks: readonly string[];
  /** As in `wg0`; undefined: no host is in a VPN. */
  readonly interfaceName: string | undefined;
  /** Least free disk. */
  readonly dataBytes: number;
}

/**
 * What keeps a host from being made ready, each in words that follow its id.
 * @param isNew it was not looked at before: of one that runs already only the networks can be wrong, for there may be
 *   new ones
 */
export function hostFaults(
  host: SurveyedHost,
  facts: HostFacts,
  rules: SurveyRules,
  isNew: boolean,
): string[] {
  const networks = networkFaults(facts, rules.vpnNetworks);
  if (!isNew) return networks;
  return [
    ...systemFaults(facts),
    ...vpnFaults(host, facts, rules),
    ...diskFaults(facts, rules.dataBytes),
    ...portFaults(host, facts),
    ...networks,
  ];
}

/** The oldest releases that are still served with security updates, by numbers that are compared part by part. */
const oldest: Readonly<Record<string, string>> = { debian: "11", ubuntu: "20.04" };
const machines = ["x86_64", "aarch64"];
/** Ubuntu 20.04's own. An older one is that of a container-like virtual server. */
const oldestKernel = "5.4";
/** The first whose API has all that is used. https://docs.docker.com/reference/api/engine/version-history/ */
const oldestDocker = "20.10";

function systemFaults(facts: HostFacts): string[] {
  const { distribution, version, machine, kernel, systemd, dockerVersion, lacks } = facts;
  const faults: string[] = [];
  const least = oldest[distribution];
  // Debian's testing has no number.
  if (least === undefined || (version !== "-" && isOlder(version, least))) {
    faults.push(
      `runs ${distribution} ${version}; allowed are Debian ${oldest.debian} and Ubuntu ${oldest.ubuntu} or later. ` +
        "Install one of them on the host",
    );
  }
  if (!machines.includes(machine))
    faults.push(`is of the architecture ${machine}; allowed are ${machines.join(" and ")}`);
  if (isOlder(kernel, oldestKernel)) {
    faults.push(
      `has the kernel ${kernel}; ${oldestKernel} or later is needed. Upgrade the kernel. If the provider of a virtual ` +
        "server sets the kernel (OpenVZ), use a server that has its own kernel",
    );
  }
  if (!systemd)
    faults.push(
      "does not run systemd, which starts Docker, WireGuard and the firewall; boot the host with systemd",
    );
  if (lacks.length > 0)
    faults.push(
      `has no ${lacks.join(" and ")}; install the packages that have them (\`apt-get install iproute2\`)`,
    );
  if (dockerVersion !== undefined && isOlder(dockerVersion, oldestDocker))
    faults.push(
      `has Docker ${dockerVersion}; ${oldestDocker} or later is needed. Upgrade Docker, or remove Docker`,
    );
  return faults;
}

/** Compares `20.04` and `5.10.0-28-amd64` number by number. */
function isOlder(version: string, least: string): boolean {
  const numbers = (text: string) => text.split(/\D+/).filter(Boolean).map(Number);
  const [found, wanted] = [numbers(version), numbers(least)];
  for (const [place, number] of wanted.entries()) {
    const there = found[place] ?? 0;
    if (there !== number) return there < number;
  }
  return false;
}

function vpnFaults(host: SurveyedHost, facts: HostFacts, { interfaceName }: SurveyRules): string[] {
  if (host.vpnAddress === undefined) return [];
  const faults: string[] = [];
  if (!facts.wireguard && !facts.tun) {
    faults.push(
      `has neither WireGuard in its kernel (${facts.kernel}) nor /dev/net/tun for wireguard-go; one of them is needed. ` +
        "On a virtual server, ask its provider to switch tun on. On your own machine, run `modprobe tun`",
    );
  }
  const taken = interfaceName !== undefined && facts.interfaces.includes(interfaceName);
  if (taken && facts.marker?.interface !== interfaceName) {
    faults.push(
      `has an interface ${interfaceName} already, which this project did not make. Give the VPN another name ` +
        "(wireguard.interface), or shut the existing interface down and remove its file from /etc/wireguard",
    );
  }
  return faults;
}

/** Images and what else an engine keeps beside the streams. */
const engineBytes = 1_000_000_000;

function diskFaults({ disk }: HostFacts, dataBytes: number): string[] {
  const least = Math.max(0, dataBytes - disk.heldBytes) + engineBytes;
  if (disk.freeBytes >= least) return [];
  return [
    `has ${gigabytes(disk.freeBytes)} free in ${disk.folder}; at least ${gigabytes(least)} are needed, for images ` +
      "(1.0 GB) and for the streams (cluster.maxFileStore). Free some space, or lower cluster.maxFileStore",
  ];
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

function portFaults({ tcpPorts, udpPort, vpnAddress }: SurveyedHost, facts: HostFacts): string[] {
  const everywhere = ["0.0.0.0", "*", "[::]"];
  const meets = ({ address }: Listener) =>
    vpnAddress === undefined || address === vpnAddress || everywhere.includes(address);
  const tcp = facts.tcp.filter((one) => tcpPorts.includes(one.port) && meets(one) && !isOwn(one, facts));
  // WireGuard listens on every address, so that one listener on any is in its way.
  const udp = facts.udp.filter(({ port }) => port === udpPort && port !== ownVpnPort(facts));
  return [
    ...distinct(tcp).map((one) => portFault("TCP", one, "give the pod another port (pods)")),
    ...distinct(udp).map((one) =>
      portFault("UDP", one, "give WireGuard another port (wireguard.port of the host)"),
    ),
  ];
}

function isOwn({ pids, port }: Listener, { own }: HostFacts): boolean {
  return own.ports.includes(port) || pids.some((pid) => own.pids.includes(pid));
}

function ownVpnPort({ marker, vpnPorts }: HostFacts): number | undefined {
  return marker === undefined ? undefined : vpnPorts.get(marker.interface);
}

function distinct(listeners: readonly Listener[]): Listener[] {
  return [...new Map(listeners.map((one) => [one.port, one])).values()];
}

function portFault(protocol: string, { address, port, program, pids }: Listener, fix: string): string {
  const who = program === "" ? "the kernel" : `${program} (process ${pids.join(", ")})`;
  return `its ${protocol} port ${port} is taken by ${who} at ${address}:${port}; free the port, or ${fix}`;
}
