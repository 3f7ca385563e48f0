import { type ConnectionOptions, connect, Events, type NatsConnection } from "nats";
import type { TlsAccess } from "../../client/connection.ts";
import type { Meter } from "./figures.ts";

/** Where a load is put on, and how its clients are let in. */
export interface LoadTarget {
  /** Client URL of each pod's server, by pod id. */
  readonly urls: Readonly<Record<string, string>>;
  readonly tls?: {
    readonly caPem: string;
    readonly certificatePem?: string | undefined;
    readonly privateKeyPem?: string | undefined;
  };
}

/**
 * Connects as an application of this pod should: to its own server, and while that is away to any other, for as long
 * as it takes. What happens to the connection afterwards is counted.
 */
export async function connectTo(target: LoadTarget, podId: string, meter: Meter): Promise<NatsConnection> {
  const connection = await connect(optionsFor(target, podId));
  void countEvents(connection, meter);
  return connection;
}

function optionsFor({ urls, tls }: LoadTarget, podId: string): ConnectionOptions {
  const own = urls[podId];
  if (own === undefined) throw new Error(`the load has no URL of the pod ${podId}`);
  return {
    servers: [own, ...Object.values(urls).filter((url) => url !== own)],
    noRandomize: true,
    name: `load-${podId}`,
    timeout: 2_000,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 50,
    reconnectJitter: 0,
    reconnectJitterTLS: 0,
    // A server that hangs closes nothing: with the defaults that would take six minutes to be noticed.
    pingInterval: 2_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
  };
}

function tlsOptions({ caPem, certificatePem, privateKeyPem }: TlsAccess) {
  return {
    ca: caPem,
    ...(certificatePem === undefined ? {} : { cert: certificatePem }),
    ...(privateKeyPem === undefined ? {} : { key: privateKeyPem }),
  };
}

async function countEvents(connection: NatsConnection, meter: Meter): Promise<void> {
  for await (const { type } of connection.status()) {
    if (type === Events.Disconnect) meter.count("disconnects");
    if (type === Events.LDM) meter.count("lameDucks");
  }
}
