import { connect, type Socket } from "node:net";

/** What a server says first on its client port. https://docs.nats.io/reference/reference-protocols/nats-protocol#info */
export interface ServerInfoLine {
  readonly serverName: string;
  /** Whether a client can, or must, go on with TLS. */
  readonly speaksTls: boolean;
}

/**
 * The first line of a connection to a client port. What comes behind it stays in the socket.
 * @throws Error when the connection ends before, or says something else
 */
export function readInfo(socket: Socket): Promise<ServerInfoLine> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n");
      if (end === -1) return;
      socket.off("data", onData);
      socket.pause();
      const rest = seen.subarray(end + 2);
      if (rest.length > 0) socket.unshift(rest);
      try {
        resolve(parseInfo(seen.subarray(0, end).toString("utf8")));
      } catch (error) {
        reject(error);
      }
    };
    socket.on("data", onData);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection ended before the server said INFO")));
  });
}

function parseInfo(line: string): ServerInfoLine {
  if (!line.startsWith("INFO ")) throw new Error("this is no NATS server: it did not say INFO first");
  const info = JSON.parse(line.slice("INFO ".length)) as {
    server_name?: string;
    tls_required?: boolean;
    tls_available?: boolean;
  };
  return {
    serverName: info.server_name ?? "",
    speaksTls: info.tls_required === true || info.tls_available === true,
  };
}

/**
 * Looks at the INFO line of a client port and hangs up.
 * @throws Error when there is no answer within the limit
 */
export async function lookAtInfo(
  address: { readonly host: string; readonly port: number },
  timeoutMs = 2_000,
): Promise<ServerInfoLine> {
  const socket = connect(address);
  try {
    return await new Promise((resolve, reject) => {
      const where = `${address.host}:${address.port}`;
      socket.setTimeout(timeoutMs, () =>
        reject(new Error(`${where} did not say INFO within ${timeoutMs} ms`)),
      );
      socket.once("error", reject);
      readInfo(socket).then(resolve, reject);
    });
  } finally {
    socket.destroy();
  }
}
