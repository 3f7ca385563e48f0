import type { Socket } from "node:net";

/**
 * Works on one connection, which is closed at the end, and gives up when the whole takes longer than the limit: an idle
 * timeout would let a port that says a byte now and then hold us for ever.
 * @param what is tried, in words that begin the sentence of the error
 */
export async function within<T>(
  timeoutMs: number,
  socket: Socket,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    return await Promise.race([work(), tooLate]);
  } catch (error) {
    throw new Error(`${what} failed: ${plainly(error as Error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}

/** OpenSSL's messages are a line of a log file each; what it gives as the reason is the part for people. */
function plainly(error: NodeJS.ErrnoException & { readonly reason?: string }): string {
  if (notTls.has(error.code ?? "")) return "it speaks no TLS";
  return error.reason ?? error.message;
}

/** What the first bytes of plain text are taken for. */
const notTls: ReadonlySet<string> = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
]);
