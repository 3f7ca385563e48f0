import { connect } from "node:tls";

export interface ClusterAnswer {
  /** Whether the server said a line, which it does only to a peer that it has verified. */
  readonly answered: boolean;
  readonly firstLine: string;
  /** Whether the server's own certificate chains to the authority. */
  readonly verified: boolean;
}

/**
 * Speaks to a cluster port as a peer would, with or without a certificate. Under TLS 1.3 a refused client sees its
 * handshake succeed first, so what counts is whether the server goes on speaking.
 */
export function tryCluster(
  port: number,
  authority: string,
  leaf: { readonly certificate: string; readonly privateKey: string } | undefined,
): Promise<ClusterAnswer> {
  return new Promise((resolve) => {
    let verified = false;
    const socket = connect({
      host: "127.0.0.1",
      port,
      ca: authority,
      servername: "localhost",
      rejectUnauthorized: false,
      ...(leaf === undefined ? {} : { cert: leaf.certificate, key: leaf.privateKey }),
    });
    const end = (firstLine: string) => {
      socket.destroy();
      resolve({ answered: firstLine !== "", firstLine, verified });
    };
    socket.setTimeout(10_000, () => end(""));
    socket.once("secureConnect", () => {
      verified = socket.authorized;
    });
    socket.once("data", (chunk: Buffer) => end(chunk.toString("utf8").split("\r\n")[0] ?? ""));
    socket.once("error", () => end(""));
    socket.once("close", () => end(""));
  });
}
