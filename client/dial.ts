import { connect, type Socket } from "node:net";
import type { Target } from "./address.ts";
import { type Dialer, directly, nameOf, withFault } from "./dialer.ts";

/** A target with the way to it. */
export interface Destination extends Target {
  /** Default: it is dialled as it is. */
  readonly dialer?: Dialer | undefined;
}

/**
 * Works on one connection, which is closed at the end, and stops when the whole takes longer than the limit. An idle
 * timeout would let a port that sends a byte now and then hold this program forever.
 * @param what is tried, in words that begin the sentence of the error, before the address
 * @throws Error with the address
 */
export async function dial<T>(
  { host, port, dialer = directly }: Destination,
  timeoutMs: number,
  what: string,
  work: (socket: Socket) => Promise<T>,
): Promise<T> {
  const road = await dialer({ host, port });
  try {
    await road.ready();
    return await within(timeoutMs, connect({ host: road.host, port: road.port }), work);
  } catch (error) {
    const reason = withFault(plainly(error as Error), road);
    throw new Error(`${what} ${nameOf(`${host}:${port}`, road)} failed: ${reason}`, { cause: error });
  }
}

async function within<T>(
  timeoutMs: number,
  socket: Socket,
  work: (socket: Socket) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not finished within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work(socket), tooLate]);
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** OpenSSL's messages are a line of a log file each; what it gives as the reason is the part for people. */
function plainly(error: NodeJS.ErrnoException & { readonly reason?: string }): string {
  if (notTls.has(error.code ?? "")) return "the server speaks no TLS";
  return error.reason ?? error.message;
}

/** What the first bytes of plain text are taken for. */
const notTls: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
]);
