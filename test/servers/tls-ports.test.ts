import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open } from "../../client/connection.ts";
import { dialAsPeer, handshake, type Port, servedCertificate } from "../../client/handshake.ts";
import { lookAtInfo } from "../../client/info.ts";
import { freePorts } from "../../harness/ports.ts";
import { issue, type Pair } from "../support/pem.ts";
import {
  fingerprintOf,
  makeAuthority,
  makeClientLeaf,
  makeLeaf,
  TlsCluster,
  type TlsMember,
} from "../support/tls-cluster.ts";

/** Two servers that are never asked for JetStream: who is let in, and how, needs no leader. */
let cluster: TlsCluster;
let required: TlsMember;
let on: TlsMember;
let plain: TlsMember;
const stranger = makeAuthority("a stranger's CA");

beforeAll(async () => {
  cluster = await TlsCluster.prepare(["dk", "no", "se"], "required");
  [required, on, plain] = [cluster.member("dk"), cluster.member("no"), cluster.member("se")];
  on.write({ clientTls: "on" });
  plain.write({ clientTls: "off" });
  for (const member of cluster.members) member.server.start();
  const deadline = Date.now() + 10_000;
  for (const { server, given } of cluster.members) {
    const client = cluster.client(given.clientTls, {}, [server.url]);
    await client.application(deadline);
  }
});

afterAll(() => cluster.stop());

/** Somebody on the loopback who is no NATS server. */
async function impostor(answer: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const [port = 0] = await freePorts(1);
  const server = createServer((socket) => {
    socket.on("error", () => {});
    answer(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { port, server };
}

async function seenAt(kind: Port["kind"], answer: (socket: Socket) => void, timeoutMs = 5_000) {
  const { port, server } = await impostor(answer);
  try {
    return await servedCertificate({ host: "127.0.0.1", port, kind }, timeoutMs).catch((error: Error) =>
      error.message.replace(String(port), "PORT"),
    );
  } finally {
    server.close();
  }
}

describe("the certificate that a port serves", () => {
  it("is seen on the cluster port and on the client port, also where they ask for one of ours", async () => {
    for (const member of [required, on]) {
      const given = fingerprintOf(member.given.leaf);
      expect((await servedCertificate(member.clusterPort)).fingerprint).toBe(given);
      const { fingerprint, expires } = await servedCertificate(member.clientPort);
      expect(fingerprint).toBe(given);
      expect(expires.getTime()).toBeGreaterThan(Date.now());
    }
  });

  it("is not there on a port without TLS, and the error says so", async () => {
    const where = `127.0.0.1:${plain.clientPort.port}`;
    await expect(servedCertificate(plain.clientPort)).rejects.toThrow(
      `a TLS handshake with ${where} failed: the server speaks no TLS`,
    );
    for (const text of ['INFO {"server_name":"x"}\r\n', "\u0015\u0003HTTP"]) {
      expect(await seenAt("cluster", (socket) => socket.write(text))).toBe(
        "a TLS handshake with 127.0.0.1:PORT failed: the server speaks no TLS",
      );
    }
  });

  it.each(["client", "cluster"] as const)("is given up on when a %s port says nothing", async (kind) => {
    expect(await seenAt(kind, () => {}, 200)).toBe(
      "a TLS handshake with 127.0.0.1:PORT failed: not finished within 200 ms",
    );
  });

  it("is given up on when a port says a little for ever", async () => {
    const drip = (socket: Socket) => {
      const timer = setInterval(() => socket.write("I"), 20);
      socket.on("close", () => clearInterval(timer));
    };
    expect(await seenAt("client", drip, 200)).toContain("not finished within 200 ms");
  });

  it.each<[string, Port["kind"], (socket: Socket) => void, RegExp]>([
    ["something else", "client", (socket) => socket.write("SSH-2.0-x\r\n"), /this is not a NATS server/],
    ["nothing, and hangs up", "client", (socket) => socket.end(), /ended before the server sent INFO/],
    ["nothing, and hangs up", "cluster", (socket) => socket.end(), /disconnected before secure TLS/],
    [
      "INFO with TLS, and hangs up",
      "client",
      (socket) => socket.end('INFO {"tls_required":true}\r\n'),
      /disconnected before secure TLS/,
    ],
  ])("is not there where somebody says %s on a %s port", async (_, kind, answer, message) => {
    const seen = await seenAt(kind, answer);
    expect(seen).toMatch(message);
    expect(seen).toContain("127.0.0.1:PORT");
  });

  it("is not there where nobody listens", async () => {
    const [port = 0] = await freePorts(1);
    await expect(servedCertificate({ host: "127.0.0.1", port, kind: "cluster" })).rejects.toThrow(
      `a TLS handshake with 127.0.0.1:${port} failed: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
  });
});

describe("the INFO line", () => {
  it("says whose port it is, and what a client has to speak", async () => {
    for (const [member, speaks] of [
      [required, "required"],
      [on, "on"],
      [plain, "off"],
    ] as const) {
      const info = await lookAtInfo(member.clientPort);
      expect(info).toMatchObject({ serverName: member.pod.serverName, speaks });
    }
  });
});

describe("a peer that dials a cluster port", () => {
  const shown = ({ certificate, privateKey }: { certificate: string; privateKey: string }) => ({
    certificatePem: certificate,
    privateKeyPem: privateKey,
  });

  it("is let in with a certificate of an authority in the bundle", async () => {
    await dialAsPeer(required.clusterPort, shown(cluster.operator));
  });

  it("is refused with one of another authority", async () => {
    const other = makeClientLeaf("operator", stranger);
    await expect(dialAsPeer(required.clusterPort, shown(other))).rejects.toThrow(
      /^a handshake as a peer with 127\.0\.0\.1:\d+ failed: .*unknown ca$/,
    );
  });
});

/**
 * Says that it is a server, and asks whether it is heard: a server tells an unknown one so and hangs up.
 * https://docs.nats.io/reference/reference-protocols/nats-server-protocol#connect
 */
async function asRoute(member: TlsMember, { certificate, privateKey }: Pair): Promise<string> {
  const secure = await handshake(connect(member.clusterPort), { cert: certificate, key: privateKey });
  return new Promise((resolve) => {
    let heard = "";
    const end = () => {
      secure.destroy();
      resolve(/^(PONG|-ERR [^\r]*)/m.exec(heard)?.[1] ?? `nothing of it in ${heard}`);
    };
    secure.on("data", (chunk: Buffer) => {
      if (heard === "") {
        const said = { verbose: false, tls_required: true, name: "A-ROUTE", cluster: "unityplan-global" };
        secure.write(`CONNECT ${JSON.stringify(said)}\r\nPING\r\n`);
      }
      heard += chunk.toString("utf8");
      if (heard.includes("PONG")) end();
    });
    secure.on("close", end);
    secure.setTimeout(10_000, end);
  });
}

describe("a route", () => {
  it("is let in with the certificate of a server that is dialled by that name", async () => {
    for (const member of [required, on, plain]) {
      expect(await asRoute(member, makeLeaf("service-nats-fi", cluster.authority))).toBe("PONG");
    }
  });

  it("is refused with the certificate of an application, though the same authority made it", async () => {
    for (const member of [required, on, plain]) {
      expect(await asRoute(member, makeClientLeaf("orders", cluster.authority))).toBe(
        "-ERR 'Authorization Violation'",
      );
    }
  });

  it("is refused with a certificate for another name, whatever it may be used for", async () => {
    const { authority } = cluster;
    const [from, to] = [new Date(Date.now() - 60_000), new Date(Date.now() + 3_600_000)];
    const alternativeNames = "DNS:elsewhere,IP:127.0.0.1";
    const other = issue({ commonName: "127.0.0.1", issuer: authority, alternativeNames, from, to });
    expect(await asRoute(required, other)).toBe("-ERR 'Authorization Violation'");
  });
});

describe("a login", () => {
  const login = (member: TlsMember, tls: Parameters<typeof open>[0]["tls"], seed?: string) =>
    open({ servers: [member.server.url], seed, tls }, Date.now() + 100);
  const ca = () => ({ caPem: cluster.authority.certificate });
  const own = () => ({
    ...ca(),
    certificatePem: cluster.operator.certificate,
    privateKeyPem: cluster.operator.privateKey,
  });

  it("goes over TLS where the port speaks it, as the applications' account and as the system one", async () => {
    for (const [member, tls] of [
      [required, own()],
      [on, ca()],
    ] as const) {
      for (const seed of [undefined, cluster.systemSeed]) {
        const connection = await login(member, tls, seed);
        expect(connection.info).toMatchObject({ tls_required: true, server_name: member.pod.serverName });
        await connection.close();
      }
    }
  });

  it("is refused at a server of another authority, and says why", async () => {
    await expect(login(on, { caPem: stranger.certificate })).rejects.toThrow(
      `no NATS server could be reached at ${on.server.url}: the server's certificate is not from a trusted CA ` +
        "(UNABLE_TO_VERIFY_LEAF_SIGNATURE)",
    );
  });

  it("never goes on in plain text where TLS is demanded", async () => {
    await expect(login(plain, ca())).rejects.toThrow(
      `no NATS server could be reached at ${plain.server.url}: the server speaks no TLS, and this program sends nothing without TLS`,
    );
    const client = cluster.client("required", {}, [plain.server.url]);
    await expect(client.application(Date.now() + 100)).rejects.toThrow("the server speaks no TLS");
    await expect(client.system(Date.now() + 100)).rejects.toThrow("the server speaks no TLS");
  });

  it("is refused without TLS where the port speaks it", async () => {
    await expect(login(on, undefined)).rejects.toThrow(
      "the server speaks TLS, but this program is to connect without TLS (clientTls)",
    );
  });

  it.each([
    ["without a certificate", () => ca()],
    [
      "with a certificate of another authority",
      () => {
        const { certificate, privateKey } = makeClientLeaf("operator", stranger);
        return { ...ca(), certificatePem: certificate, privateKeyPem: privateKey };
      },
    ],
  ])("is refused %s where the port asks for one", async (_, tls) => {
    await expect(login(required, tls())).rejects.toThrow(
      "the server did not accept the connection within 2000 ms; a server that asks for a certificate does not answer either " +
        "when it refuses the certificate of this program",
    );
  });
});
