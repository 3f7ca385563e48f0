import { type HostMarker, parseMarker } from "../../model/host-marker.ts";
import { surveyBegin, surveyEnd } from "./survey-script.ts";

/** What there is on a host. */
export interface HostFacts {
  /** `ID` and `VERSION_ID` of os-release; "-" where it says none. */
  readonly distribution: string;
  readonly version: string;
  /** As `uname -m` says it. */
  readonly machine: string;
  readonly kernel: string;
  readonly systemd: boolean;
  readonly tun: boolean;
  /** The kernel's own. */
  readonly wireguard: boolean;
  /** Programs of iproute2 that are not there. */
  readonly lacks: readonly string[];
  /** undefined: this project has not prepared the host. */
  readonly marker: HostMarker | undefined;
  /** Of the Docker engine; undefined: none answers. */
  readonly dockerVersion: string | undefined;
  readonly disk: {
    readonly freeBytes: number;
    /** By this project's data, as it may have been left there before. */
    readonly heldBytes: number;
    readonly folder: string;
  };
  readonly tcp: readonly Listener[];
  readonly udp: readonly Listener[];
  /** Of this project's containers. */
  readonly own: { readonly pids: readonly number[]; readonly ports: readonly number[] };
  /** WireGuard's port by interface. */
  readonly vpnPorts: ReadonlyMap<string, number>;
  /** Interfaces, and those that only a file in /etc/wireguard describes. */
  readonly interfaces: readonly string[];
  readonly networks: readonly Occupied[];
  readonly addresses: readonly Occupied[];
  readonly routes: readonly Occupied[];
}

export interface Listener {
  /** `0.0.0.0`, `*` and `[::]` are all of them. */
  readonly address: string;
  readonly port: number;
  /** As in `nginx`; empty where the kernel itself listens. */
  readonly program: string;
  readonly pids: readonly number[];
}

/** Addresses that are in use. */
export interface Occupied {
  /** In CIDR. */
  readonly prefix: string;
  /** The interface, or the name of Docker's network. */
  readonly by: string;
}

/** @returns undefined when the script did not come to its end */
export function parseFacts(printed: string): HostFacts | undefined {
  const lines = printed.split("\n");
  const [begin, end] = [lines.indexOf(surveyBegin), lines.indexOf(surveyEnd)];
  if (begin < 0 || end < begin) return undefined;
  const said = lines.slice(begin + 1, end);
  const all = (fact: string) =>
    said.flatMap((line) => (line.startsWith(`${fact} `) ? [line.slice(fact.length + 1).trim()] : []));
  const words = (fact: string) => all(fact).map((line) => line.split(/\s+/));
  const [distribution = "-", version = "-"] = words("os")[0] ?? [];
  const [freeBytes, folder = "/var/lib"] = words("disk")[0] ?? [];
  return {
    distribution,
    version,
    machine: all("machine")[0] ?? "-",
    kernel: all("kernel")[0] ?? "-",
    systemd: all("systemd")[0] === "yes",
    tun: all("tun")[0] === "yes",
    wireguard: all("wireguard")[0] === "yes",
    lacks: all("lacks"),
    marker: parseMarker(all("marker").join("")),
    dockerVersion: all("docker")[0],
    disk: { freeBytes: Number(freeBytes), heldBytes: Number(all("held")[0] ?? 0), folder },
    tcp: all("tcp").flatMap(listener),
    udp: all("udp").flatMap(listener),
    own: ownOf(words("own")),
    vpnPorts: new Map(words("wg").map(([name = "", port]) => [name, Number(port)])),
    interfaces: [...all("link").flatMap(linkName), ...all("vpn")],
    networks: words("network").flatMap(([by = "", ...prefixes]) =>
      prefixes.map((prefix) => ({ prefix, by })),
    ),
    addresses: words("addr").flatMap(addressOf),
    routes: words("route").flatMap(routeOf),
  };
}

/** `LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=7,fd=3))`; an address may end in `%interface`. */
function listener(line: string): Listener[] {
  const [, , , local = "", , users = ""] = line.split(/\s+/);
  const [, address, port] = /^(.*):(\d+)$/.exec(local) ?? [];
  if (address === undefined) return [];
  return [
    {
      address: address.replace(/%.*$/, ""),
      port: Number(port),
      program: /\(\("([^"]*)"/.exec(users)?.[1] ?? "",
      pids: [...users.matchAll(/pid=(\d+)/g)].map(([, pid]) => Number(pid)),
    },
  ];
}

function ownOf(lines: readonly (readonly string[])[]): HostFacts["own"] {
  return {
    pids: lines.map(([pid]) => Number(pid)),
    ports: lines.flatMap(([, ...ports]) => ports.map(Number)),
  };
}

/** `2: eth0@if7: <BROADCAST…` */
function linkName(line: string): string[] {
  const name = /^\d+:\s+([^:@\s]+)/.exec(line)?.[1];
  return name === undefined ? [] : [name];
}

/** `2: eth0 inet 192.0.2.7/24 brd …` */
function addressOf([, by = "", family, prefix]: readonly string[]): Occupied[] {
  return family === "inet" && prefix !== undefined ? [{ prefix, by }] : [];
}

/** `10.0.0.0/8 via 192.0.2.1 dev eth0 proto static`, also `blackhole 10.0.0.0/8`. */
function routeOf(words: readonly string[]): Occupied[] {
  // A further way to the prefix of the line above.
  if (words[0] === "nexthop") return [];
  const prefix = words.find((word) => word === "default" || /^\d+\.\d+\.\d+\.\d+/.test(word));
  if (prefix === undefined) return [];
  const place = words.indexOf("dev");
  const kind = words[0] === prefix ? "several ways" : words[0];
  return [{ prefix, by: (place < 0 ? kind : words[place + 1]) ?? "" }];
}
