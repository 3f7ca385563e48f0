import type { SeenStream } from "./copies.ts";
import type { PeerInfo } from "./peer.ts";
import type { StreamConfig } from "./stream-info.ts";

/**
 * A stream of any account, as the servers that hold its copies tell of it. They tell this to the system account
 * (`JSZ`) and at their monitoring endpoint (`/jsz`):
 * https://docs.nats.io/running-a-nats-service/nats_admin/monitoring#jetstream-information-jsz
 */
export interface HeldStream extends SeenStream {
  readonly account: string;
  readonly name: string;
  readonly storage: StreamConfig["storage"];
  readonly subjects: readonly string[];
  /**
   * By server_name, the last sequence of each copy whose own server told of it. For seconds a leader calls a copy current
   * that a restart has just emptied: it has not heard of that yet.
   */
  readonly lastSequences: Readonly<Record<string, number>>;
}

/** What one server tells of its copies; only the fields that this project reads are named. */
export interface ServerStreams {
  /** server_name. */
  readonly server: string;
  readonly accounts: readonly JszAccount[];
}

export interface JszAccount {
  readonly name: string;
  readonly stream_detail?: readonly JszStream[] | null;
}

interface JszStream {
  readonly name: string;
  /** Not there on a server without a cluster. */
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly PeerInfo[] | null };
  /** There when it was asked for. */
  readonly config?: Pick<StreamConfig, "storage" | "num_replicas" | "subjects">;
  readonly state: {
    readonly messages: number;
    readonly bytes: number;
    readonly last_seq: number;
    readonly consumer_count: number;
  };
}

/** The account of clients without credentials, in which the applications' streams are. */
export const applicationsAccount = "$G";

/**
 * Each stream once, by account and name. Only a stream's leader knows how the copies are; where no leader answers, the
 * copy with the most messages speaks for the stream.
 */
export function heldStreams(answers: readonly ServerStreams[]): HeldStream[] {
  const found = new Map<
    string,
    { readonly stream: Omit<HeldStream, "lastSequences">; readonly leads: boolean }
  >();
  const ends = new Map<string, Record<string, number>>();
  for (const { server, accounts } of answers) {
    for (const { name: account, stream_detail: streams } of accounts) {
      for (const detail of streams ?? []) {
        const stream = heldBy(server, account, detail);
        const key = `${account} ${stream.name}`;
        const leads = stream.leader === server;
        ends.set(key, { ...ends.get(key), [server]: detail.state.last_seq });
        const other = found.get(key);
        if (other === undefined || weight(leads, stream) > weight(other.leads, other.stream))
          found.set(key, { stream, leads });
      }
    }
  }
  return [...found.entries()]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, { stream }]) => ({ ...stream, lastSequences: ends.get(key) ?? {} }));
}

function weight(leads: boolean, { messages }: Pick<HeldStream, "messages">): number {
  return leads ? Number.POSITIVE_INFINITY : messages;
}

function heldBy(
  server: string,
  account: string,
  { name, cluster, config, state }: JszStream,
): Omit<HeldStream, "lastSequences"> {
  const leader = cluster === undefined ? server : (cluster.leader ?? "");
  return {
    account,
    name,
    storage: config?.storage ?? "file",
    subjects: config?.subjects ?? [],
    leader,
    copies: config?.num_replicas ?? 1,
    replicas: others(server, leader, cluster?.replicas ?? []),
    messages: state.messages,
    bytes: state.bytes,
    consumers: state.consumer_count,
  };
}

/**
 * The copies but the leader's. A server never lists itself: one that does not lead has a copy of which the leader alone
 * knows whether it is current.
 */
function others(server: string, leader: string, listed: readonly PeerInfo[]): readonly PeerInfo[] {
  if (server === leader) return listed;
  return [...listed.filter(({ name }) => name !== leader), { name: server, current: false }];
}

/** `ORDERS`, and with its account where that is not the applications' one. */
export function shownName({ account, name }: Pick<HeldStream, "account" | "name">): string {
  return account === applicationsAccount ? name : `${name} (account ${account})`;
}
