import type { SshHost } from "../ssh.ts";
import { anything, type Field, type Fields } from "./fields.ts";
import { texts } from "./server-fields.ts";

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

/** Inputs of `nats:host:Survey`. */
export interface SurveyInputs {
  readonly hosts: readonly SurveyedHost[];
  /** In CIDR, of all hosts. */
  readonly vpnNetworks: readonly string[];
  /** As in `wg0`; empty: not asked whether it is taken. */
  readonly interfaceName: string;
  /** Least free disk of a host that was not looked at before. */
  readonly dataBytes: number;
  /** Ids of hosts that this update leaves alone: neither dialled nor found faulty. */
  readonly without: readonly string[];
}

/** State of `nats:host:Survey`. */
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
