import type { Socket } from "node:net";
import type { ClientTls } from "../model/tls/client-tls.ts";
import { type Destination, dial } from "./dial.ts";

/** What a server sends first on its client port. https://docs.nats.io/reference/reference-protocols/nats-protocol#info */
export interface ServerInfoLine {
  readonly serverName: string;
  readonly serverId: string;
  /** What an NKey user has to sign. */
  readonly nonce: string;
  /** Whether a client goes on with TLS, and whether it has to show a certificate then. */
  readonly speaks: ClientTls;
}

/** An INFO line is a few hundred bytes, and longer with many URLs. */
const longestLine = 1_000_000;

/**
 * The first line of a connection to a client port. What comes behind it stays in the socket.
 * @throws Error when the connection ends before that, or its first line is not INFO
 */
export function readInfo(socket: Socket): Promise<ServerInfoLine> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n");
      if (end === -1 && seen.length < longestLine) return;
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
    socket.once("close", () => reject(new Error("the connection ended before the server sent INFO")));
  });
}

function parseInfo(line: string): ServerInfoLine {
  if (!line.startsWith("INFO ")) throw new Error("this is not a NATS server: its first line is not INFO");
  const info = JSON.parse(line.slice("INFO ".length)) as {
    server_name?: string;
    server_id?: string;
    nonce?: string;
    tls_required?: boolean;
    tls_available?: boolean;
    tls_verify?: boolean;
  };
  // After TLS was taken away by a reload, a server still says that it would ask for a certificate.
  const isSecure = info.tls_required === true || info.tls_available === true;
  return {
    serverName: info.server_name ?? "",
    serverId: info.server_id ?? "",
    nonce: info.nonce ?? "",
    speaks: isSecure ? (info.tls_verify === true ? "required" : "on") : "off",
  };
}

/**
 * Looks at the INFO line of a client port and hangs up.
 * @throws Error with the address when there is no answer within the limit
 */
export function lookAtInfo(address: Destination, timeoutMs = 2_000): Promise<ServerInfoLine> {
  return dial(address, timeoutMs, "reading INFO from", readInfo);
}
