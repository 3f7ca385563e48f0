import type { NatsConnection } from "nats";
import { request } from "../../../client/jetstream/request.ts";
import { poll } from "../../../client/poll.ts";

/** A message as it was read back. */
export interface Stored {
  readonly sequence: number;
  readonly id: string;
  readonly content: string;
}

/** What one server holds of a stream. */
export interface Copy {
  readonly stream: string;
  readonly server: string;
  readonly messages: readonly Stored[];
}

/** https://docs.nats.io/reference/reference-protocols/nats_api_reference, as far as it is read here. */
interface StreamInfo {
  readonly state: { readonly messages: number };
  readonly cluster?: {
    readonly leader?: string;
    readonly replicas?: readonly { name: string; current: boolean; offline?: boolean; lag?: number }[];
  };
}

/** How long a stream may need for a leader, or for another one. */
const electionMs = 30_000;

/** Reads every copy of a stream: each of its servers becomes the leader, which is the one to read from. */
export async function readCopies(connection: NatsConnection, stream: string): Promise<Copy[]> {
  const deadline = Date.now() + electionMs;
  const servers = await poll(deadline, async () => currentServers(stream, await infoOf(connection, stream)));
  const copies: Copy[] = [];
  for (const server of servers) {
    const { state } = await poll(Date.now() + electionMs, () => ledBy(connection, stream, server));
    const messages = state.messages === 0 ? [] : await readAll(connection, stream);
    copies.push({ stream, server, messages });
  }
  return copies;
}

async function infoOf(connection: NatsConnection, stream: string): Promise<StreamInfo> {
  const deadline = Date.now() + electionMs;
  return request<StreamInfo>(connection, `STREAM.INFO.${stream}`, undefined, { deadline });
}

/** The leader first; it knows of the others whether they are current. */
function currentServers(stream: string, { cluster }: StreamInfo) {
  if (cluster?.leader === undefined) return { waitingFor: `${stream} has no leader` };
  const replicas = cluster.replicas ?? [];
  const behind = replicas.filter((one) => !one.current || one.offline || (one.lag ?? 0) > 0);
  return behind.length === 0
    ? { done: [cluster.leader, ...replicas.map(({ name }) => name)] }
    : { waitingFor: `${stream} is not current on ${behind.map(({ name }) => name).join(" and ")}` };
}

async function ledBy(connection: NatsConnection, stream: string, server: string) {
  const info = await infoOf(connection, stream);
  if (info.cluster?.leader === server) return { done: info };
  const body = { placement: { preferred: server } };
  const deadline = Date.now() + electionMs;
  await request(connection, `STREAM.LEADER.STEPDOWN.${stream}`, body, { deadline });
  return { waitingFor: `${stream} is led by ${info.cluster?.leader} instead of ${server}` };
}

async function readAll(connection: NatsConnection, stream: string): Promise<Stored[]> {
  const stored: Stored[] = [];
  // Without a consumer's name it is an ordered one, which notices a gap.
  const consumer = await connection.jetstream().consumers.get(stream);
  // A pull that is lost, as this one may be right after an election, is noticed after this time.
  const messages = await consumer.consume({ expires: 2_000 });
  for await (const message of messages) {
    const id = message.headers?.get("Nats-Msg-Id") ?? "";
    stored.push({ sequence: message.seq, id, content: message.string() });
    if (message.info.pending === 0) break;
  }
  await messages.close();
  return stored;
}
