import {
  type ConnectionOptions,
  connect,
  ErrorCode,
  type NatsConnection,
  nkeyAuthenticator,
  type TlsOptions,
} from "nats";
import type { ClientTls } from "../model/tls/client-tls.ts";
import { hostAndPort } from "./address.ts";
import { type Dialer, directly, nameOf, type Road, type Via, withFault } from "./dialer.ts";
import { NoAnswer } from "./errors.ts";
import { pause } from "./poll.ts";

/** How to reach the servers of one cluster, and as whom. */
export interface Access {
  /** Client URLs, any of which will do: `nats://127.0.0.1:4222`. */
  readonly servers: readonly string[];
  /** Seed of the system account's NKey user. */
  readonly systemSeed: string | undefined;
  /** What the client ports speak. A server that offers less is refused. */
  readonly clientTls: ClientTls;
  /** For ports that speak TLS. */
  readonly tls?: TlsAccess | undefined;
  /** Servers that are reached through a host. Default: each is dialled as it is. */
  readonly via?: Via | undefined;
}

export interface TlsAccess {
  /** PEM of the CAs whose servers are trusted. */
  readonly caPem: string;
  /** The client certificate, for servers that ask for one. */
  readonly certificatePem?: string | undefined;
  /** Secret. */
  readonly privateKeyPem?: string | undefined;
}

export type Progress = (message: string) => void;

const connectTimeoutMs = 2_000;

/** As whom and how one connection is made. */
export interface Login {
  readonly servers: readonly string[];
  /** NKey seed to log in with; undefined logs in without a user, which open mode takes as the global account. */
  readonly seed: string | undefined;
  /** undefined: without TLS. */
  readonly tls: TlsAccess | undefined;
  /** Default: each server is dialled as it is. */
  readonly dialer?: Dialer | undefined;
}

function optionsFor({ seed, tls }: Login, roads: readonly Road[]): ConnectionOptions {
  return {
    servers: roads.map(({ host, port }) => `nats://${host}:${port}`),
    name: "unityplan-nats",
    timeout: connectTimeoutMs,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    // A frozen server keeps its connections open and answers nothing: after three of these another one is tried.
    pingInterval: 3_000,
    maxPingOut: 2,
    // Gossiped addresses are meant for applications; from here only the configured ones are known to work.
    ignoreClusterUpdates: true,
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) }),
  };
}

function tlsOptions({ caPem, certificatePem, privateKeyPem }: TlsAccess): TlsOptions {
  return {
    ca: caPem,
    ...(certificatePem === undefined ? {} : { cert: certificatePem }),
    ...(privateKeyPem === undefined ? {} : { key: privateKeyPem }),
  };
}

/**
 * Opens a connection to any of the servers, and tries again until the deadline (milliseconds since the epoch).
 * @throws NoAnswer with the servers and the last error
 */
export async function open(
  login: Login,
  deadline: number,
  progress: Progress = () => {},
): Promise<NatsConnection> {
  const { dialer = directly } = login;
  const roads = await Promise.all(login.servers.map((url) => dialer(hostAndPort(url))));
  for (let wait = 50; ; wait = Math.min(wait * 2, 1000)) {
    try {
      // The other servers become ready meanwhile: a host that is down must not delay them.
      await Promise.any(roads.map((road) => road.ready()));
      return await connect(optionsFor(login, roads));
    } catch (error) {
      const seen = whatIsWrong(error, login, roads);
      if (Date.now() >= deadline) throw new NoAnswer(`no NATS server could be reached at ${seen}`);
      progress(`waiting for a NATS server at ${seen}`);
      await pause(wait, deadline);
    }
  }
}

function whatIsWrong(error: unknown, login: Login, roads: readonly Road[]): string {
  const named = roads.map((road, index) => ({ road, name: nameOf(login.servers[index] ?? "", road) }));
  if (error instanceof AggregateError) {
    return named.map(({ name }, index) => `${name}: ${(error.errors[index] as Error).message}`).join("; ");
  }
  const servers = named.map(({ name, road }) => (roads.length === 1 ? name : withFault(name, road)));
  const [only] = roads;
  const words = reason(error, login);
  return `${servers.join(", ")}: ${roads.length === 1 && only !== undefined ? withFault(words, only) : words}`;
}

function reason(error: unknown, { tls }: Login): string {
  if (!(error instanceof Error)) return String(error);
  const { code = "", chainedError: cause } = error as { code?: string; chainedError?: Error };
  if (ofNoAuthority.has(code)) {
    return tls === undefined
      ? "the server speaks TLS, but this program is to connect without TLS (clientTls)"
      : `the server's certificate is not from a trusted CA (${code})`;
  }
  // The client's own words are only "tls" and "TIMEOUT".
  if (code === ErrorCode.ServerOptionNotAvailable)
    return "the server speaks no TLS, and this program sends nothing without TLS";
  if (code === ErrorCode.Timeout) {
    const hint =
      "; a server that asks for a certificate does not answer either when it refuses the certificate of this program";
    return `the server did not accept the connection within ${connectTimeoutMs} ms${tls === undefined ? "" : hint}`;
  }
  // Then the client has only "node provided an undefined error!".
  if (code === ErrorCode.ConnectionRefused && (cause as { code?: string } | undefined)?.code === undefined)
    return "the connection ended before the server sent anything";
  return cause === undefined ? error.message : cause.message;
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const ofNoAuthority: ReadonlySet<string> = new Set([
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
]);
