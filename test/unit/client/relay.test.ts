import { expect, it, vi } from "vitest";
import { Relay } from "../../../client/relay.ts";

const createServer = vi.hoisted(() => vi.fn());
vi.mock("node:net", async (original) => {
  const net = await original<typeof import("node:net")>();
  createServer.mockImplementation(net.createServer);
  return { ...net, createServer };
});

it("a relay listens on the loopback alone, and never waits for more bytes before it hands some on", async () => {
  const host = { address: "127.0.0.1", port: 22, user: "nobody", hostKey: "", identityFile: undefined };
  const relay = new Relay(host, { host: "10.0.1.1", port: 4222 });
  try {
    const port = await relay.port();
    expect(createServer.mock.calls[0]?.[0]).toMatchObject({ noDelay: true });
    expect(createServer.mock.results[0]?.value.address()).toMatchObject({ address: "127.0.0.1", port });
  } finally {
    relay.close();
  }
});
