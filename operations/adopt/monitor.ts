import { type AccountsPage, accountsPerPage, allAccounts } from "../../client/jetstream/held.ts";
import type { JszAccount } from "../../model/jetstream/held.ts";
import type { SeenContainer, SeenPort } from "./containers.ts";

/** A server as its monitoring endpoint reports it. https://docs.nats.io/running-a-nats-service/nats_admin/monitoring */
export interface Varz {
  readonly server_name: string;
  readonly version: string;
  readonly port: number;
  readonly http_port: number;
  readonly max_payload: number;
  readonly auth_required?: boolean;
  readonly tls_required?: boolean;
  readonly system_account?: string;
  readonly cluster?: {
    readonly name?: string;
    readonly cluster_port?: number;
  };
  readonly gateway?: { readonly name?: string };
  readonly leaf?: { readonly port?: number };
  readonly mqtt?: { readonly port?: number };
  readonly websocket?: { readonly port?: number };
  readonly jetstream?: {
    readonly config?: { readonly store_dir?: string; readonly domain?: string };
  };
}

interface Jsz {
  readonly account_details?: readonly JszAccount[] | null;
  readonly meta_cluster?: { readonly cluster_size: number };
}

/** One server with the container that it runs in. */
export interface SeenServer {
  readonly container: SeenContainer;
  readonly varz: Varz;
  /** Accounts that have streams, with the copies that this server holds; undefined: the server did not report all of them. */
  readonly accounts: readonly JszAccount[] | undefined;
  /** How many servers the meta group counts; 0 without a cluster. */
  readonly clusterSize: number;
}

const answerMs = 3_000;
/** A page of streams takes longer than a look at the server. */
const streamsMs = 15_000;

/**
 * Asks the monitoring endpoint, and nothing else of the server.
 * @returns undefined where none of the container's published ports is one
 */
export async function lookAtMonitor(
  container: SeenContainer,
  perPage = accountsPerPage,
): Promise<SeenServer | undefined> {
  for (const port of monitorFirst(container.ports)) {
    const base = `http://${dialled(port)}:${port.outside}`;
    const varz = await getJson<Varz>(`${base}/varz`);
    if (varz?.server_name === undefined) continue;
    const jsz = await getJson<Jsz>(`${base}/jsz`);
    return {
      container,
      varz,
      accounts: await allAccounts((page) => accountsAt(base, page), perPage).catch(() => undefined),
      clusterSize: jsz?.meta_cluster?.cluster_size ?? 0,
    };
  }
  return undefined;
}

/** @throws Error where the server does not answer */
async function accountsAt(base: string, { offset, limit }: AccountsPage): Promise<readonly JszAccount[]> {
  const page = `offset=${offset}&limit=${limit}`;
  const url = `${base}/jsz?accounts=true&streams=true&config=true&${page}`;
  return (await mustGetJson<Jsz>(url, streamsMs)).account_details ?? [];
}

/** The server's usual port first: every other port would log an HTTP request. */
function monitorFirst(ports: readonly SeenPort[]): SeenPort[] {
  const v4 = ports.filter(({ address }) => !address.includes(":"));
  return [...v4.filter(({ inside }) => inside === 8222), ...v4.filter(({ inside }) => inside !== 8222)];
}

/** An address of this machine at which a published port is reached. */
export function dialled({ address }: SeenPort): string {
  return address === "" || address === "0.0.0.0" ? "127.0.0.1" : address;
}

async function getJson<T>(url: string): Promise<T | undefined> {
  return mustGetJson<T>(url, answerMs).catch(() => undefined);
}

async function mustGetJson<T>(url: string, patienceMs: number): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) });
  return (await answer.json()) as T;
}
