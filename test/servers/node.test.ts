import { generateKeyPairSync } from "node:crypto";
import type { NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import { open } from "../../client/connection.ts";
import { dialAsPeer, servedCertificate } from "../../client/handshake.ts";
import { lookAtInfo } from "../../client/info.ts";
import { reloadOutdated } from "../../client/outdated.ts";
import type { Properties } from "../../model/contract/properties.ts";
import { userSeed } from "../../model/nkey.ts";
import type { ClientTls } from "../../model/tls/client-tls.ts";
import { PartialFailure } from "../../provider/resource.ts";
import { contextOf } from "../support/context.ts";
import { issue, type Pair } from "../support/pem.ts";
import { node } from "../support/plugin.ts";
import {
  fingerprintOf,
  type Given,
  makeAuthority,
  makeClientLeaf,
  makeLeaf,
  TlsCluster,
  type TlsMember,
} from "../support/tls-cluster.ts";

let cluster: TlsCluster;
let dk: TlsMember;
let client: ClusterClient;
let state: Properties;
let usual: Given;
const hour = 3_600_000;

beforeAll(async () => {
  cluster = await TlsCluster.start(["dk", "no", "se"], "on");
  dk = cluster.member("dk");
  usual = { ...dk.given, cluster: {} };
  client = cluster.client("on");
});

afterAll(() => cluster.stop());

const context = (overrides: Parameters<typeof contextOf>[1] = {}) => contextOf(client, overrides);
const inputs = () => dk.inputs() as unknown as Properties;

/** The state after this test's last update is the one before its next. */
async function update(overrides: Parameters<typeof contextOf>[1] = {}): Promise<Properties> {
  state = await node.update("service-nats-dk", state, inputs(), context(overrides));
  return state;
}

async function failedUpdate(overrides: Parameters<typeof contextOf>[1] = {}): Promise<string> {
  const failure = await update(overrides).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PartialFailure);
  expect(failure).toMatchObject({ id: "service-nats-dk", state });
  // The next update does it again.
  expect(node.diff(state, state, inputs()).changes).not.toEqual([]);
  return (failure as Error).message;
}

beforeEach(async () => {
  dk.write(usual);
  ({ state } = await node.create(inputs(), context()));
});

const served = async () => ({
  cluster: (await servedCertificate(dk.clusterPort)).fingerprint,
  client: (await servedCertificate(dk.clientPort)).fingerprint,
});
const time = (text: unknown) => Date.parse(String(text));
const leafOf = (issuer = cluster.authority, dates = {}) => makeLeaf("service-nats-dk", issuer, dates);

async function routeIds(): Promise<number[]> {
  const { routes } = await dk.monitor<{ routes: { rid: number }[] }>("routez");
  return routes.map(({ rid }) => rid).sort();
}

/** A client that stays, and what befell it. */
async function application(): Promise<{ connection: NatsConnection; events: string[] }> {
  const tls = { caPem: cluster.authority.certificate };
  const connection = await open({ servers: [dk.server.url], seed: undefined, tls }, Date.now() + 5_000);
  const events: string[] = [];
  void (async () => {
    for await (const { type } of connection.status()) events.push(type);
  })();
  return { connection, events };
}

describe("a server that is there", () => {
  it("is proven with what it serves and since when", () => {
    expect(state).toEqual({ ...inputs(), version: "2.15.1", servedSince: expect.any(String) });
    expect(Math.abs(time(state.servedSince) - Date.now())).toBeLessThan(5_000);
    expect(node.diff(state, state, inputs()).changes).toEqual([]);
  });

  it("keeps the time since when it serves a certificate while other files change", async () => {
    const { servedSince } = state;
    dk.write({ cluster: { maxPayloadBytes: 1024 ** 2 } });
    expect(await update()).toMatchObject({ servedSince });
    expect(await dk.monitor("varz")).toMatchObject({ max_payload: 1024 ** 2 });
  });

  it("loads a new certificate and serves it on both ports, and no client and no route notices", async () => {
    const before = { routes: await routeIds(), servedSince: time(state.servedSince) };
    const { connection, events } = await application();
    const leaf = leafOf();
    dk.write({ leaf });
    const after = await update();
    expect(await served()).toEqual({ cluster: fingerprintOf(leaf), client: fingerprintOf(leaf) });
    expect(after.certificate).toBe(fingerprintOf(leaf));
    expect(time(after.servedSince)).toBeGreaterThan(before.servedSince);
    expect(await routeIds()).toEqual(before.routes);
    expect(before.routes).toHaveLength(8);
    await connection.flush();
    expect(events).toEqual([]);
    expect(connection.stats().inMsgs).toBe(0);
    await connection.close();
  });

  it("does not count from an earlier time when another certificate was served in between", async () => {
    const before = state;
    dk.write({ leaf: leafOf() });
    await update();
    // The update that brought it was killed before it could say so.
    state = before;
    dk.write(usual);
    expect(time((await update()).servedSince)).toBeGreaterThan(time(before.servedSince));
  });

  it("counts from the start of its new container, whose sessions are all new", async () => {
    dk.write({ leaf: leafOf() });
    await dk.restart();
    const after = await update();
    const { start } = await dk.monitor("varz");
    expect(time(after.servedSince)).toBe(time(start));
    expect(after).toMatchObject({ containerId: "container-1", certificate: (await served()).cluster });
    await cluster.healthy();
  });

  it("has its client port's TLS changed by a reload, either way", async () => {
    for (const clientTls of ["off", "on", "required", "on", "off", "required"] satisfies ClientTls[]) {
      dk.write({ clientTls });
      expect(await update()).toMatchObject({ clientTls });
      expect(await lookAtInfo(dk.clientPort)).toMatchObject({ speaks: clientTls });
    }
  });

  it("has drifted when somebody gave it another certificate, and nobody knows since when", async () => {
    const leaf = leafOf();
    dk.write({ leaf });
    await update();
    dk.write(usual);
    const known = { ...state, certificate: fingerprintOf(usual.leaf), servedSince: "2026-01-01T00:00:00Z" };
    const read = await node.read("service-nats-dk", inputs(), known, context());
    expect(read?.state).toEqual({ ...known, certificate: fingerprintOf(leaf), servedSince: "" });
    expect(
      time((await node.update("id", read?.state ?? {}, inputs(), context())).servedSince),
    ).toBeGreaterThan(Date.now() - 5_000);
  });
});

describe("files that a server refuses", () => {
  it("are named when a key is not that of the certificate, and the old ones are served on", async () => {
    const before = await served();
    dk.write({ leaf: { ...leafOf(), privateKey: usual.leaf.privateKey } });
    const message = await failedUpdate();
    expect(message.replace(/\S+nats\.conf:\d+:\d+/g, "NATS.CONF")).toBe(
      "service-nats-dk refused the new files and goes on with the old ones: NATS.CONF: error parsing X509 " +
        "certificate/key pair: tls: private key does not match public key; NATS.CONF: error parsing X509 " +
        "certificate/key pair: tls: private key does not match public key. Fix what the server names and run " +
        "`pulumi up` again. Do not restart the server before that",
    );
    expect(await served()).toEqual(before);
    dk.write({ leaf: leafOf() });
    await update();
    expect(await served()).not.toEqual(before);
  });

  it("are named when only a restart could change something", async () => {
    dk.write({ leaf: leafOf(), cluster: { lameDuckDurationSeconds: 77 } });
    const before = await served();
    expect(await failedUpdate()).toBe(
      "service-nats-dk refused the new files and goes on with the old ones: config reload not supported for " +
        "LameDuckDuration: old=30s, new=1m17s. Fix what the server names and run `pulumi up` again. Do not restart " +
        "the server before that",
    );
    expect(await served()).toEqual(before);
  });
});

describe("files that a server takes and should not", () => {
  const dates = {
    expired: { from: new Date(Date.now() - 2 * hour), to: new Date(Date.now() - hour) },
    "not valid yet": { from: new Date(Date.now() + hour), to: new Date(Date.now() + 2 * hour) },
  };

  it.each([
    ["expired", "on"],
    ["expired", "required"],
    ["not valid yet", "on"],
    ["not valid yet", "off"],
  ] as const)(
    "fail the update when the certificate is %s, and the next update mends it (client port: %s)",
    async (which, clientTls) => {
      const routes = await routeIds();
      dk.write({ clientTls });
      await update();
      dk.write({ leaf: leafOf(cluster.authority, dates[which]) });
      const { from, to } = dates[which];
      const day = (date: Date) => date.toISOString().replace(/\.\d+Z/, ".000Z");
      expect(await failedUpdate()).toContain(
        `service-nats-dk serves on its cluster port ${dk.pod.clusterAdvertise} a certificate that is ${which} (valid ` +
          `from ${day(from)} to ${day(to)}; this machine's clock says `,
      );
      dk.write({ leaf: leafOf() });
      await update();
      expect((await servedCertificate(dk.clusterPort)).fingerprint).toBe(fingerprintOf(dk.given.leaf));
      expect(await routeIds()).toEqual(routes);
    },
  );

  it("fail the update with the server's words when the way out of such a certificate is barred too", async () => {
    dk.write({ leaf: leafOf(cluster.authority, dates.expired) });
    await failedUpdate();
    dk.write({ leaf: { ...leafOf(), privateKey: usual.leaf.privateKey } });
    expect(await failedUpdate()).toContain("private key does not match public key");
  });

  it("fail the update when no trusted authority signed the certificate", async () => {
    const other = makeAuthority("another CA");
    dk.write({ leaf: leafOf(other), clientTls: "off" });
    expect(await failedUpdate()).toBe(
      `service-nats-dk serves on its cluster port ${dk.pod.clusterAdvertise} a certificate that no trusted CA has ` +
        "signed (it names CN=another CA). Open sessions go on, but every new session is refused. Before any server " +
        "restarts, add that CA to the trusted CAs, or give the server a certificate of a trusted CA",
    );
  });

  it("fail the update when its bundle lacks the authority that issues, which no route shows", async () => {
    const routes = await routeIds();
    const other = makeAuthority("another CA");
    dk.write({ trusted: [other], clientTls: "off" });
    expect(await failedUpdate()).toBe(
      "service-nats-dk refuses certificates of the active CA, and so it will refuse the other servers when they next " +
        `connect to it (a handshake as a peer with ${dk.pod.clusterAdvertise} failed: tlsv1 alert unknown ca). Its trust ` +
        "bundle lacks the active CA: give that CA its phase back, before any server restarts",
    );
    expect(await routeIds()).toEqual(routes);
    const { certificate, privateKey } = cluster.member("no").given.leaf;
    const peer = { certificatePem: certificate, privateKeyPem: privateKey };
    await expect(dialAsPeer(dk.clusterPort, peer)).rejects.toThrow("unknown ca");
  });

  it("are refused in the preview when the bundle lacks the authority of the certificate", () => {
    const [issuer, other] = [fingerprintOf(cluster.authority), fingerprintOf(makeAuthority("another CA"))];
    const { failures } = node.check({ ...inputs(), trusted: [other] }, undefined);
    expect(failures).toEqual([
      {
        property: "trusted",
        reason: `the CA ${issuer} issued the server's certificate, but is not among the CAs that the server trusts (${other}); add that CA to them`,
      },
    ]);
  });

  it("fail the update when the client port is not what it should be", async () => {
    const news = { ...inputs(), clientTls: "required" };
    await expect(node.update("id", state, news, context())).rejects.toThrow(
      `service-nats-dk has clientTls "on" on its client port ${dk.server.url} instead of "required"; run \`pulumi up\` again`,
    );
  });
});

describe("a server whose certificate is out of date", () => {
  const expired = { from: new Date(Date.now() - 2 * hour), to: new Date(Date.now() - hour) };
  const shown = undefined;

  it.each<[string, () => Pair]>([
    ["another authority signed it", () => leafOf(makeAuthority("another CA"), expired)],
    ["it is another server's", () => makeLeaf("service-nats-no", cluster.authority, expired)],
    ["it is an application's", () => makeClientLeaf("service-nats-dk", cluster.authority, expired)],
    ["it only comes with one of the authority", () => forged(expired)],
  ])("is told nothing when %s", async (_, leaf) => {
    dk.write({ leaf: leaf() });
    await failedUpdate();
    const { config_load_time: before } = await dk.monitor("varz");
    dk.write({ leaf: leafOf() });
    await expect(update()).rejects.toThrow(
      `a reload of 127.0.0.1:${dk.clientPort.port} failed: its certificate is not the certificate of this server ` +
        "from a trusted CA",
    );
    expect((await dk.monitor("varz")).config_load_time).toBe(before);
    await dk.restart();
    await cluster.healthy();
  });

  it("lets no stranger have it reloaded", async () => {
    const login = { seed: strangersSeed(), shown, isExpected: () => true };
    await expect(reloadOutdated(dk.clientPort, login)).rejects.toThrow("'Authorization Violation'");
  });
});

/** Of an authority that only has the name of the real one, with the real one beside it. */
function forged({ from, to }: { from: Date; to: Date }): Pair {
  const issuer = makeAuthority("test CA 1");
  const commonName = "service-nats-dk";
  const leaf = issue({
    commonName,
    issuer,
    alternativeNames: `DNS:${commonName}`,
    keyIdentifiers: false,
    from,
    to,
  });
  return { ...leaf, certificate: leaf.certificate + cluster.authority.certificate };
}

function strangersSeed(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return userSeed(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
}

describe("a server that can't be asked", () => {
  afterEach(async () => {
    vi.useRealTimers();
    dk.server.resume();
    await dk.server.stop();
    dk.server.start();
    await cluster.healthy();
  });

  it.each<[string, () => void | Promise<void>]>([
    ["is down", () => dk.server.stop()],
    ["is frozen", () => dk.server.pause()],
  ])("is left for later with a warning after 15 s when it %s", async (_, goes) => {
    await goes();
    dk.write({ leaf: leafOf() });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const seen = context({ deadline: Date.now() + 10 * 60_000 });
    let isOver = false;
    const updating = node.update("id", state, inputs(), seen).finally(() => {
      isOver = true;
    });
    await vi.waitFor(() => expect(seen.seen.join()).toContain("service-nats-dk does not answer"), 20_000);
    vi.setSystemTime(Date.now() + 14_000);
    await vi.waitFor(() => expect(seen.seen.length).toBeGreaterThan(0));
    expect(isOver).toBe(false);
    vi.setSystemTime(Date.now() + 1_001);
    expect(await updating).toEqual(state);
    expect(seen.warnings).toEqual([
      `service-nats-dk does not answer at ${dk.server.url}. Its new files are ready, and it reads them when it starts. ` +
        "Start it (`docker start`, `docker logs`) and run `pulumi up` again: that update proves that it serves the new files",
    ]);
    expect(node.diff(state, state, inputs()).changes).not.toEqual([]);
  });

  it("is proven by the first update after it came back, with the files that it found", async () => {
    await dk.server.stop();
    dk.write({ leaf: leafOf() });
    const later = context({ deadline: Date.now() + 200 });
    state = await node.update("id", state, inputs(), later);
    expect(later.warnings).toHaveLength(1);
    dk.server.start();
    const after = await update();
    expect(after.certificate).toBe(fingerprintOf(dk.given.leaf));
    expect(await served()).toEqual({ cluster: after.certificate, client: after.certificate });
  });

  it("fails the update when it was to restart", async () => {
    await dk.server.stop();
    const news = { ...inputs(), containerId: "another" };
    const failure = node.update("id", state, news, context({ deadline: Date.now() + 200 }));
    await expect(failure).rejects.toThrow(
      `service-nats-dk does not answer: reading INFO from 127.0.0.1:${dk.clientPort.port} failed: connect ECONNREFUSED`,
    );
  });

  it("fails the update when it answers and lets nobody in: that is no server that is down", async () => {
    const { tls } = client.access;
    const systemSeed = strangersSeed();
    const other = new ClusterClient({ servers: cluster.urls, systemSeed, clientTls: "on", tls });
    const failure = node.update("id", state, inputs(), contextOf(other, { deadline: Date.now() + 200 }));
    await expect(failure).rejects.toThrow(
      "service-nats-dk answers, but refuses the login of this program: no NATS server could be reached at " +
        `${dk.server.url}: 'Authorization Violation'`,
    );
  });

  it("fails the update when another server holds its port", async () => {
    const news = { ...inputs(), url: cluster.member("no").server.url };
    await expect(node.update("id", state, news, context())).rejects.toThrow(
      `${news.url} is answered by the server "service-nats-no" instead of "service-nats-dk": another program uses the ` +
        "port. Stop that program, or give the pod another clientPort",
    );
  });
});
