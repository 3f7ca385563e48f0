import { type NatsConnection, RequestStrategy } from "nats";
import type { JszAccount } from "../model/jetstream/held.ts";
import type { PeerInfo } from "../model/jetstream/peer.ts";
import { ApiError } from "./errors.ts";

/**
 * What servers tell the system account:
 * https://docs.nats.io/running-a-nats-service/configuration/sys_accounts#available-services
 * Only the fields that this project reads are named.
 */
export interface ServerInfo {
  readonly name: string;
  readonly id: string;
  readonly ver: string;
  readonly tags?: readonly string[];
}

export interface Varz {
  /** RFC 3339, by the clock of the server. */
  readonly now: string;
  readonly config_load_time: string;
  readonly version: string;
  readonly start: string;
}

export interface Healthz {
  readonly status: string;
  readonly error?: string;
}

export interface Routez {
  readonly routes?: readonly Route[];
}

export interface Route {
  readonly remote_name?: string;
  readonly account?: string;
  /** RFC 3339, by the clock of the server. */
  readonly start: string;
}

export interface Connz {
  readonly total: number;
  readonly connections?: readonly ClientConnection[];
}

export interface ClientConnection {
  readonly cid: number;
  readonly name?: string;
  readonly ip?: string;
  /** RFC 3339, by the clock of the server. */
  readonly start: string;
  readonly tls_version?: string;
  /** The certificates that the client showed, its own first. */
  readonly tls_peer_certs?: readonly { readonly cert_sha256: string }[];
}

export interface Jsz {
  readonly disabled?: boolean;
  readonly meta_cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly PeerInfo[];
  };
  /** There when it was asked for, a page of accounts at a time. */
  readonly account_details?: readonly JszAccount[] | null;
}

/** An endpoint of one server and what it answers with. */
export interface ServerEndpoints {
  VARZ: Varz;
  HEALTHZ: Healthz;
  ROUTEZ: Routez;
  JSZ: Jsz;
  CONNZ: Connz;
}

interface Envelope<T> {
  readonly server: ServerInfo;
  readonly data?: T;
  readonly error?: { readonly code: number; readonly description: string };
}

const answerTimeoutMs = 2_000;

/** Asks one server, by its id, through any server of its cluster. */
export async function askServer<Name extends keyof ServerEndpoints>(
  connection: NatsConnection,
  serverId: string,
  endpoint: Name,
  options: Readonly<Record<string, unknown>> = {},
): Promise<ServerEndpoints[Name]> {
  const subject = `$SYS.REQ.SERVER.${serverId}.${endpoint}`;
  const answer = await connection.request(subject, JSON.stringify(options), { timeout: answerTimeoutMs });
  const envelope = answer.json<Envelope<ServerEndpoints[Name]>>();
  if (envelope.data !== undefined) return envelope.data;
  throw new ApiError(
    envelope.error?.description ?? `${subject}: an answer without data`,
    envelope.error?.code ?? 0,
  );
}

/** After an answer, how long to wait for a further one. */
const stallMs = 100;

/** All servers that answer, known or not. */
export async function servers(connection: NatsConnection): Promise<ServerInfo[]> {
  const found: ServerInfo[] = [];
  const answers = await connection.requestMany("$SYS.REQ.SERVER.PING", "", {
    strategy: RequestStrategy.JitterTimer,
    jitter: stallMs,
    maxWait: answerTimeoutMs / 4,
  });
  for await (const answer of answers) {
    if (answer instanceof Error) throw answer;
    const { server } = answer.json<Envelope<never>>();
    found.push(server);
  }
  return found;
}

/**
 * Makes a server read its configuration and certificates again.
 * @throws ApiError with the server's own message when it refuses; it then keeps its old files
 */
export async function reload(connection: NatsConnection, serverId: string): Promise<void> {
  const subject = `$SYS.REQ.SERVER.${serverId}.RELOAD`;
  const answer = await connection.request(subject, "", { timeout: 10_000 });
  const { error } = answer.json<Envelope<never>>();
  if (error !== undefined) throw new ApiError(error.description, error.code);
}
