import type { TLSSocket } from "node:tls";
import { createInbox, nkeyAuthenticator } from "nats";
import { type Destination, dial } from "./dial.ts";
import { ApiError } from "./errors.ts";
import { handshake, type ServedCertificate, type ShownCertificate, servedBy } from "./handshake.ts";
import { readInfo } from "./info.ts";

/** As whom a server is told to reload. */
export interface ReloadLogin {
  /** Seed of the system account's NKey user. */
  readonly seed: string;
  /** For servers that ask for a certificate. */
  readonly shown: ShownCertificate | undefined;
  /** Whether this is the server, whatever the dates of its certificate. Another server is sent nothing. */
  readonly isExpected: (served: ServedCertificate) => boolean;
}

/**
 * Lets a server whose certificate is not valid now load its files. No TLS library lets a client go on with such a
 * certificate, so without these few lines of the protocol a new certificate would need a restart.
 * https://docs.nats.io/reference/reference-protocols/nats-protocol
 * @throws Error whose cause is an ApiError with the server's own message, when the server refuses; it keeps its old files
 */
export function reloadOutdated(
  address: Destination,
  { seed, shown, isExpected }: ReloadLogin,
  timeoutMs = 10_000,
): Promise<void> {
  return dial(address, timeoutMs, "a reload of", async (tcp) => {
    const { serverId, nonce } = await readInfo(tcp);
    const secure = await handshake(tcp, { cert: shown?.certificatePem, key: shown?.privateKeyPem });
    if (!isExpected(servedBy(secure)))
      throw new Error("its certificate is not the certificate of this server from a trusted CA");
    const login = nkeyAuthenticator(new TextEncoder().encode(seed))(nonce);
    const answer = await ask(secure, { ...login }, `$SYS.REQ.SERVER.${serverId}.RELOAD`);
    const { error } = JSON.parse(answer) as { error?: { code: number; description: string } };
    if (error !== undefined) throw new ApiError(error.description, error.code);
  });
}

/** One request, and the text of its answer. */
function ask(secure: TLSSocket, login: object, subject: string): Promise<string> {
  const inbox = createInbox();
  const options = {
    ...login,
    verbose: false,
    pedantic: false,
    tls_required: true,
    lang: "node",
    version: "1",
  };
  secure.write(`CONNECT ${JSON.stringify(options)}\r\nSUB ${inbox} 1\r\nPUB ${subject} ${inbox} 0\r\n\r\n`);
  return new Promise((resolve, reject) => {
    let seen = "";
    // One character a byte, because a message says its length in bytes.
    secure.setEncoding("latin1").on("data", (text: string) => {
      seen += text;
      const refusal = /^-ERR (.*)\r\n/m.exec(seen)?.[1];
      if (refusal !== undefined) reject(new Error(refusal));
      const message = /^MSG \S+ 1 +(\d+)\r\n/m.exec(seen);
      if (message === null) return;
      const start = message.index + message[0].length;
      const end = start + Number(message[1]);
      if (seen.length >= end) resolve(Buffer.from(seen.slice(start, end), "latin1").toString("utf8"));
    });
    secure.once("close", () => reject(new Error("the server ended the connection")));
  });
}
