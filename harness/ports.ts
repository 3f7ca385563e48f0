import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";

/**
 * Below the ports that Linux gives out by itself (32768 and up, `ip_local_port_range`): one of those may be taken by a
 * passing connection before the server that it is meant for has started.
 */
const [lowest, highest] = [20_000, 32_000];
/** Files that run side by side have ports of their own: another one may look while a port is free for a moment. */
const slots = 4;
const portsPerSlot = (highest - lowest) / slots;

/** What this process has given out. Another call must not get such a port before its server listens. */
const given = new Set<number>();

/** Ports of the loopback that were free a moment ago. No two calls of a process get the same port. */
export async function freePorts(count: number): Promise<number[]> {
  const held = new Map<number, Server>();
  while (held.size < count) {
    const port = lowest + slot() * portsPerSlot + randomInt(portsPerSlot);
    if (given.has(port)) continue;
    given.add(port);
    const server = await listen(port);
    if (server !== undefined) held.set(port, server);
  }
  await Promise.all([...held.values()].map((server) => new Promise((resolve) => server.close(resolve))));
  return [...held.keys()];
}

/** Of the worker that vitest has given this file to; https://vitest.dev/guide/features#environment-variables */
function slot(): number {
  return Number(process.env.VITEST_POOL_ID ?? 1) % slots;
}

/** Undefined where somebody else listens, this function included. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}
