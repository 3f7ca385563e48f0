import type { Target } from "./address.ts";
import { type Dialer, directly, type Via } from "./dialer.ts";
import { Relay } from "./relay.ts";
import { openShared } from "./ssh.ts";

/**
 * The ways to servers that stand behind a host: a port of the loopback each, whose connections are carried by the
 * system's OpenSSH. Nothing is opened before a connection is made.
 *
 * While it is open, every user of this machine may connect to such a port, as a client in the VPN may. The server then
 * asks for a certificate or a login, or for nothing, as it is configured.
 */
export class Tunnels {
  private readonly via: Via;
  private readonly relays = new Map<string, Relay>();

  constructor(via: Via) {
    this.via = via;
  }

  readonly dialer: Dialer = async (target) => {
    const host = this.via[target.host];
    if (host === undefined) return directly(target);
    const relay = this.relayTo(target);
    return {
      host: "127.0.0.1",
      port: await relay.port(),
      through: `ssh ${host.user}@${host.address}`,
      ready: () => openShared(host),
      fault: () => relay.fault,
    };
  };

  /** Ends every connection that goes through. */
  close(): void {
    for (const relay of this.relays.values()) relay.close();
    this.relays.clear();
  }

  private relayTo({ host, port }: Target): Relay {
    const key = `${host}:${port}`;
    const known = this.relays.get(key);
    if (known !== undefined) return known;
    const ssh = this.via[host];
    if (ssh === undefined) throw new Error(`no host is known through which ${host} is reached`);
    const fresh = new Relay(ssh, { host, port });
    this.relays.set(key, fresh);
    return fresh;
  }
}
