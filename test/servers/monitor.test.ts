import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, StorageType } from "nats";
import { afterAll, beforeAll, expect, it } from "vitest";
import { poll } from "../../client/poll.ts";
import { freePorts } from "../../harness/ports.ts";
import type { SeenContainer } from "../../operations/adopt/containers.ts";
import { lookAtMonitor } from "../../operations/adopt/monitor.ts";
import { TestServer } from "../support/nats-server.ts";

const accounts = ["A", "B", "C"];
let folder: string;
let server: TestServer;
let monitor: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nats-monitor-"));
  const [port = 0, http = 0] = await freePorts(2);
  monitor = http;
  const users = accounts.map(
    (name) => `${name} { jetstream: enabled, users: [ { user: "${name}", password: "x" } ] }`,
  );
  const file = join(folder, "nats.conf");
  await writeFile(
    file,
    `server_name: "by-hand"\nhost: "127.0.0.1"\nport: ${port}\nhttp: "127.0.0.1:${http}"\n` +
      `jetstream { store_dir: "${folder}" }\naccounts { ${users.join("\n")} }\n`,
  );
  const url = `nats://127.0.0.1:${port}`;
  server = new TestServer("by-hand", url, file, join(folder, "log"));
  server.start();
  for (const user of accounts) await makeCache(url, user);
});

afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function makeCache(servers: string, user: string): Promise<void> {
  const connection = await poll(Date.now() + 20_000, () =>
    connect({ servers, user, pass: "x" }).then(
      (done) => ({ done }),
      (error: Error) => ({ waitingFor: error.message }),
    ),
  );
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: `CACHE_${user}`, subjects: ["cache"], storage: StorageType.Memory });
  await connection.jetstream().publish("cache");
  await connection.close();
}

it.each([1, 2, 3, 256])("tells of the streams of all accounts, %d accounts at a time", async (perPage) => {
  const ports = [{ inside: 8222, outside: monitor, address: "127.0.0.1" }];
  const container: SeenContainer = {
    ...{ name: "by-hand", image: "nats", command: [], labels: {}, mounts: [], networks: {}, ports },
  };
  const seen = await lookAtMonitor(container, perPage);
  expect(seen?.accounts?.map(({ name }) => name).sort()).toEqual(accounts);
  for (const { name, stream_detail: streams } of seen?.accounts ?? []) {
    expect(streams).toMatchObject([
      { name: `CACHE_${name}`, config: { storage: "memory" }, state: { messages: 1 } },
    ]);
  }
});
