import type { SshHost } from "../ssh.ts";
import { anything, type Fields } from "./fields.ts";
import { present, texts } from "./server-fields.ts";

/** A host of the VPN, as the others know it. */
export interface MeshPeer {
  readonly hostId: string;
  /** Inside the VPN. */
  readonly address: string;
  /** `address:port` at which the others reach it. */
  readonly endpoint: string;
  readonly publicKey: string;
}

/** Inputs and state of `nats:host:Mesh`. */
export interface MeshInputs {
  /** As in `wg0`. */
  readonly interfaceName: string;
  readonly peers: readonly (MeshPeer & { readonly ssh: SshHost })[];
  /** Changes when anything of the VPN does, so that the gate looks again. */
  readonly revision: readonly string[];
  /** Ids of the hosts that are not asked. */
  readonly without: readonly string[];
}

export const meshFields: Fields<keyof MeshInputs> = {
  interfaceName: present,
  peers: anything("a list of hosts"),
  revision: texts("texts", 0),
  without: texts("host ids", 0),
};
