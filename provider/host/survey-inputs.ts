import { anything, type Field, type Fields } from "../../model/contract/fields.ts";
import { texts } from "../../model/contract/server-fields.ts";
import type { SshHost } from "../../model/ssh.ts";

/** A host as it is looked at. */
export interface SurveyedHost {
  readonly id: string;
  readonly ssh: SshHost;
  /** On which its servers will listen, on the address in the VPN. */
  readonly tcpPorts: readonly number[];
  /** On which WireGuard will; undefined: the host is in no VPN. */
  readonly udpPort?: number | undefined;
  /** IPv4 address in the VPN. */
  readonly vpnAddress?: string | undefined;
}

export interface SurveyInputs {
  readonly hosts: readonly SurveyedHost[];
  /** In CIDR, of all hosts. */
  readonly vpnNetworks: readonly string[];
  /** As in `wg0`; undefined: not asked whether it is taken. */
  readonly interfaceName?: string | undefined;
  /** Least free disk of a host that was not looked at before. */
  readonly dataBytes: number;
  /** Ids of hosts that this update leaves alone: neither dialled nor found faulty. */
  readonly without: readonly string[];
}

export interface SurveyState extends SurveyInputs {
  /** The hosts that were found fit, as they were looked at. */
  readonly checked: readonly SurveyedHost[];
}

const optional = (field: Field): Field => ({ ...field, byDefault: "" });

export const surveyFields: Fields<keyof SurveyInputs> = {
  hosts: anything("a list of hosts"),
  vpnNetworks: texts("networks", 0),
  interfaceName: optional(anything("the name of an interface")),
  dataBytes: anything("a number of bytes"),
  without: texts("host ids", 0),
};

/** Hosts that this update has to look at as if for the first time. */
export function newHosts({ hosts, without }: SurveyInputs, state: SurveyState | undefined): SurveyedHost[] {
  const known = new Set((state?.checked ?? []).map(canonical));
  return hosts.filter((host) => !without.includes(host.id) && !known.has(canonical(host)));
}

/** Hosts that are found fit when this update is done. One that is left out stays what it was. */
export function checkedHosts(
  { hosts, without }: SurveyInputs,
  state: SurveyState | undefined,
): SurveyedHost[] {
  const before = state?.checked ?? [];
  const sorted = [...hosts].sort((left, right) => (left.id < right.id ? -1 : 1));
  return sorted.flatMap((host) =>
    without.includes(host.id) ? before.filter(({ id }) => id === host.id) : [host],
  );
}

/** Whether a network has come to those that the hosts were looked at with. */
export function hasNewNetwork(inputs: SurveyInputs, state: SurveyState): boolean {
  return inputs.vpnNetworks.some((network) => !state.vpnNetworks.includes(network));
}

export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    const known = Object.entries(part).filter(([, field]) => field !== undefined && field !== null);
    return Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
