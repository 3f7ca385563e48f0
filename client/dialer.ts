import type { SshHost } from "../model/ssh.ts";
import type { Target } from "./address.ts";

/** Through which host a server's address is reached; one that is not named here is dialled as it is. */
export type Via = Readonly<Record<string, SshHost>>;

/** How a target is dialled from here: `host` and `port` are what to connect to. */
export interface Road extends Target {
  /** As in `ssh root@45.123.45.67`; undefined: it is dialled as it is. */
  readonly through: string | undefined;
  /**
   * Opens what lies between, which has a limit of its own. The caller starts its own limit afterwards.
   * @throws Error with OpenSSH's own words
   */
  readonly ready: () => Promise<void>;
  /** OpenSSH's message about the last connection that it ended; undefined once a later connection answered. */
  readonly fault: () => string | undefined;
}

export type Dialer = (target: Target) => Promise<Road>;

/** Everything is dialled as it is. */
export const directly: Dialer = async ({ host, port }) => ({
  host,
  port,
  through: undefined,
  ready: async () => {},
  fault: () => undefined,
});

/** A target in an error: always its own address, and never the local end of a tunnel. */
export function nameOf(address: string, { through }: Pick<Road, "through">): string {
  return through === undefined ? address : `${address} through ${through}`;
}

/** What went wrong, with OpenSSH's message where that adds something. */
export function withFault(message: string, { fault }: Pick<Road, "fault">): string {
  const said = fault();
  return said === undefined || said === message ? message : `${message} (ssh: ${said})`;
}
