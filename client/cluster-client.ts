import type { NatsConnection } from "nats";
import { hostAndPort } from "./address.ts";
import { type Access, type Login, open, type Progress } from "./connection.ts";
import type { Dialer } from "./dialer.ts";
import type { Port } from "./handshake.ts";
import { type RequestOptions, request } from "./jetstream/request.ts";
import { Tunnels } from "./tunnel.ts";

/** One NATS cluster as seen from here: a connection per account, opened when it is first needed. */
export class ClusterClient {
  readonly access: Access;
  private readonly connections = new Map<string, Promise<NatsConnection>>();
  private readonly tunnels: Tunnels;

  constructor(access: Access) {
    this.access = access;
    this.tunnels = new Tunnels(access.via ?? {});
  }

  /** How this cluster's servers are dialled from here. */
  get dialer(): Dialer {
    return this.tunnels.dialer;
  }

  /**
   * A port of one server.
   * @param address its client URL, or `host:port`
   */
  port(kind: Port["kind"], address: string): Port {
    return { ...hostAndPort(address), kind, dialer: this.dialer };
  }

  /** The connection of the applications' account. */
  async application(deadline: number, progress?: Progress): Promise<NatsConnection> {
    return this.shared("application", () => open(this.login(undefined), deadline, progress));
  }

  /** The connection of the system account. */
  async system(deadline: number, progress?: Progress): Promise<NatsConnection> {
    const seed = this.access.systemSeed;
    if (seed === undefined)
      throw new Error("the system account's seed is missing: give `systemSeed` to the provider");
    return this.shared("system", () => open(this.login(seed), deadline, progress));
  }

  /** A request to the JetStream API of the applications' account, see {@link request}. */
  async jetStream<T>(subject: string, body: unknown, options: RequestOptions): Promise<T> {
    const connection = await this.application(options.deadline, options.progress);
    return request<T>(connection, subject, body, options);
  }

  async close(): Promise<void> {
    const open = [...this.connections.values()];
    this.connections.clear();
    await Promise.allSettled(open.map(async (connection) => (await connection).close()));
    this.tunnels.close();
  }

  private login(seed: string | undefined): Login {
    const { servers, clientTls, tls } = this.access;
    return { servers, seed, tls: clientTls === "off" ? undefined : tls, dialer: this.dialer };
  }

  private shared(key: string, connect: () => Promise<NatsConnection>): Promise<NatsConnection> {
    const known = this.connections.get(key);
    if (known !== undefined) return known;
    const fresh = connect();
    this.connections.set(key, fresh);
    // A failure must not be remembered: the next request may come when a server is there.
    fresh.catch(() => this.connections.delete(key));
    return fresh;
  }
}
