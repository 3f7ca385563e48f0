import { ClusterClient } from "../../client/cluster-client.ts";
import type { Access } from "../../client/connection.ts";
import { NoAnswer } from "../../client/errors.ts";
import { askFullest, silentOf } from "../../client/jetstream/held.ts";
import { accessOf, type Stack } from "../stack/stack.ts";
import { hasNoServer } from "../up/foreign-containers.ts";
import type { Looked } from "./in-memory.ts";

/** How long servers may take to report their streams, in milliseconds: a stack that does not answer must go down too. */
const patienceMs = 5_000;

/** Asks the servers of a stack for their streams, those of all accounts, if the state has a server. */
export async function lookAtStack(stack: Stack): Promise<Looked> {
  const [resources, outputs] = await Promise.all([stack.resources(), stack.outputsIfUp()]);
  if (hasNoServer(resources)) return { kind: "none" };
  if (outputs === undefined)
    return {
      kind: "silent",
      why: "its first update did not end, so the state has no addresses of the servers",
    };
  const names = Object.values(outputs.pods).map(({ serverName }) => serverName);
  return lookAtServers(accessOf(outputs, stack.topology), names);
}

/**
 * Asks until all of them have reported, or until the time is over.
 * @param names server_name of each
 */
export async function lookAtServers(
  access: Access,
  names: readonly string[],
  patience = patienceMs,
): Promise<Looked> {
  const cluster = new ClusterClient(access);
  const deadline = Date.now() + patience;
  try {
    const connection = await cluster.system(deadline);
    const held = await askFullest(
      connection,
      deadline,
      (answer) => silentOf(names, answer).join(", ") || undefined,
    );
    if (held.servers.length === 0)
      return { kind: "silent", why: `none of ${names.join(", ")} answered within ${patience / 1000} s` };
    return { kind: "told", held, silent: silentOf(names, held) };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: "silent", why: error.message };
    throw error;
  } finally {
    await cluster.close();
  }
}
