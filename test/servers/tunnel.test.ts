import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hostAndPort } from "../../client/address.ts";
import { ClusterClient } from "../../client/cluster-client.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { lookAtInfo } from "../../client/info.ts";
import { lookAtServers } from "../../client/look.ts";
import { poll } from "../../client/poll.ts";
import { freePorts } from "../../harness/ports.ts";
import type { SshHost } from "../../model/ssh.ts";
import { startCluster, type TestCluster } from "../support/nats-server.ts";
import { commandLines, Sshd } from "../support/sshd.ts";
import { fingerprintOf, TlsCluster } from "../support/tls-cluster.ts";

let nats: TestCluster;
let sshd: Sshd;
const clients: ClusterClient[] = [];

beforeAll(async () => {
  nats = await startCluster(["dk"]);
});

afterAll(() => nats?.stop());

beforeEach(async () => {
  sshd = await Sshd.start();
});

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await sshd.dispose();
});

/** A client of the server that has to go through the host. */
function through(host: SshHost = sshd.host, servers = nats.urls): ClusterClient {
  const { systemSeed } = nats;
  const client = new ClusterClient({ servers, systemSeed, clientTls: "off", via: { "127.0.0.1": host } });
  clients.push(client);
  return client;
}

const soon = () => Date.now() + 10_000;
const clientPort = (client: ClusterClient) => client.port("client", nats.urls[0] ?? "");
/** Children that carry a connection through this test's host. */
const carriers = () =>
  commandLines().filter((line) => /^ssh -W /.test(line) && line.includes(` -p ${sshd.host.port} `));

async function noCarrier(): Promise<void> {
  await poll(soon(), async () =>
    carriers().length === 0 ? { done: true } : { waitingFor: carriers().join("; ") },
  );
}

describe("a server behind a host", () => {
  it("answers requests, and every connection to it shares one to the host", async () => {
    const client = through();
    await Promise.all([
      client.system(soon()),
      client.application(soon()),
      ...Array.from({ length: 8 }, () => lookAtInfo(clientPort(client))),
    ]);
    const servers = await lookAtServers(await client.system(soon()));
    expect(servers.map(({ name }) => name)).toEqual(["test-dk"]);
    expect(await client.jetStream("INFO", undefined, { deadline: soon() })).toHaveProperty("limits");
    expect(sshd.logins).toBe(1);
  });

  it("is dialled when somebody needs it, and not before", async () => {
    const client = through();
    expect(client.port("client", nats.urls[0] ?? "").port).toBe(hostAndPort(nats.urls[0] ?? "").port);
    expect(sshd.logins).toBe(0);
    expect(carriers()).toEqual([]);
  });

  it("is let go of by close", async () => {
    const client = through();
    await client.application(soon());
    expect(carriers()).toHaveLength(1);
    await client.close();
    await noCarrier();
  });

  it("is there again for the same connection when the host has come back", async () => {
    const client = through();
    const connection = await client.application(soon());
    const states = connection.status()[Symbol.asyncIterator]();
    await sshd.kill();
    for (let seen = ""; seen !== "disconnect"; ) seen = (await states.next()).value?.type ?? "";
    await sshd.start();
    for (let seen = ""; seen !== "reconnect"; ) seen = (await states.next()).value?.type ?? "";
    expect(await connection.rtt()).toBeGreaterThanOrEqual(0);
  });

  it("is given up within 30 s when the host freezes, with ssh's own words, and found again when it thaws", async () => {
    const client = through();
    const target = hostAndPort(nats.urls[0] ?? "");
    const road = await client.dialer(target);
    await road.ready();
    const socket = connect(road.port, road.host);
    await once(socket, "data");
    sshd.freeze();
    try {
      const frozen = Date.now();
      await ended(socket);
      expect(Date.now() - frozen).toBeLessThan(30_000);
      await expect(lookAtInfo(clientPort(client))).rejects.toThrow(
        `reading INFO from 127.0.0.1:${target.port} through ssh ${sshd.host.user}@127.0.0.1 failed: Connection timed out`,
      );
    } finally {
      sshd.thaw();
    }
    expect(await lookAtInfo(clientPort(client))).toMatchObject({ serverName: "test-dk" });
  });
});

async function ended(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  await once(socket, "close");
}

describe("an error on the way to a server behind a host", () => {
  const url = () => nats.urls[0] ?? "";

  it("names the server's own address and says that the host has another key than it should", async () => {
    const client = through(sshd.impostor);
    const failure = await client.application(Date.now()).catch((error: Error) => error.message);
    expect(failure).toMatch(`${url()} through ssh ${sshd.host.user}@127.0.0.1: `);
    expect(failure).toMatch(
      /has changed and you have requested strict checking; Host key verification failed$/,
    );
    expect(sshd.logins).toBe(0);
  });

  it("believes no other key because somebody believes the true one", async () => {
    await lookAtInfo(clientPort(through()));
    await expect(lookAtInfo(clientPort(through(sshd.impostor)))).rejects.toThrow("key verification failed");
  });

  it("says that the host has no key of that kind", async () => {
    const host = { ...sshd.host, hostKey: sshd.host.hostKey.replace("ssh-ed25519", "ecdsa-sha2-nistp256") };
    await expect(lookAtInfo(clientPort(through(host)))).rejects.toThrow("no matching host key type found");
  });

  it("says that nothing listens there", async () => {
    const [port = 0] = await freePorts(1);
    const nobody = `nats://127.0.0.1:${port}`;
    const client = through(sshd.host, [nobody]);
    const words = "nothing listens there, or its sshd forbids that";
    await expect(client.application(Date.now())).rejects.toThrow(words);
    await expect(servedCertificate(client.port("client", nobody))).rejects.toThrow(words);
  });

  it("says that the host does not answer, and does not keep from the servers of another one", async () => {
    const other = await Sshd.start();
    await other.kill();
    try {
      const [port] = await freePorts(1);
      const servers = [`nats://127.0.0.2:${port}`, url()];
      const via = { "127.0.0.1": sshd.host, "127.0.0.2": other.host };
      const client = new ClusterClient({ servers, systemSeed: undefined, clientTls: "off", via });
      clients.push(client);
      expect((await client.application(soon())).info?.server_name).toBe("test-dk");
      await expect(lookAtInfo(client.port("client", servers[0] ?? ""))).rejects.toThrow("Connection refused");
    } finally {
      await other.dispose();
    }
  });
});

describe("a process that ends", () => {
  const program = fileURLToPath(new URL("../support/tunnel-process.ts", import.meta.url));
  const start = async () => {
    const args = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", program];
    const child = spawn(process.execPath, [...args, nats.urls[0] ?? "", JSON.stringify(sshd.host)]);
    await once(child.stdout, "data");
    expect(carriers()).toHaveLength(1);
    return child;
  };

  it("leaves nothing behind that carries connections", async () => {
    const child = await start();
    child.stdin.write("end\n");
    await once(child, "exit");
    await noCarrier();
  });

  it.each(["SIGKILL", "SIGINT"] as const)("leaves nothing behind when %s ends it", async (signal) => {
    const child = await start();
    child.kill(signal);
    await once(child, "exit");
    await noCarrier();
  });
});

describe("servers that ask for certificates, behind a host", () => {
  let secure: TlsCluster;

  beforeAll(async () => {
    secure = await TlsCluster.start(["dk", "no"], "required");
  });

  afterAll(() => secure?.stop());

  it("let in who has one, and show theirs on both ports", async () => {
    const via = { "127.0.0.1": sshd.host };
    const client = new ClusterClient({ ...secure.client("required").access, via });
    clients.push(client);
    const seen = await lookAtServers(await client.system(soon()));
    expect(seen).toHaveLength(2);
    const { pod, server, given } = secure.member("dk");
    for (const port of [client.port("client", server.url), client.port("cluster", pod.clusterAdvertise)]) {
      expect((await servedCertificate(port)).fingerprint).toBe(fingerprintOf(given.leaf));
    }
    expect(sshd.logins).toBe(1);
  });
});
