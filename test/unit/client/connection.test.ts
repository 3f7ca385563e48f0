import { createServer } from "node:net";
import { expect, it } from "vitest";
import { open } from "../../../client/connection.ts";
import { directly } from "../../../client/dialer.ts";

it("a port that closes every connection is told in words that a person understands", async () => {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const login = { servers: [`nats://127.0.0.1:${port}`], seed: undefined, tls: undefined, dialer: directly };
  try {
    await expect(open(login, Date.now())).rejects.toThrow(
      `no NATS server could be reached at nats://127.0.0.1:${port}: the connection ended before the server sent anything`,
    );
  } finally {
    server.close();
  }
});
