import type { NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import { open } from "../../client/connection.ts";
import { dialAsPeer } from "../../client/handshake.ts";
import { freePorts } from "../../harness/ports.ts";
import type { TrustingServer } from "../../model/contract/node.ts";
import type { Properties } from "../../model/contract/properties.ts";
import type { IssuedCertificate } from "../../model/tls/dependence.ts";
import { PartialFailure } from "../../provider/resource.ts";
import { contextOf } from "../support/context.ts";
import type { Pair } from "../support/pem.ts";
import { node, trust } from "../support/plugin.ts";
import {
  fingerprintOf,
  makeAuthority,
  makeClientLeaf,
  makeLeaf,
  TlsCluster,
  type TlsMember,
} from "../support/tls-cluster.ts";

/**
 * The walk from one authority to the next on real servers, each test a step or an attempt to leave one out: they run in
 * their order, each with what the one before has left.
 */
let cluster: TlsCluster;
let one: Pair;
const two = makeAuthority("test CA 2");
/** Certificates by whom they are for, as the last update has issued them. */
let leaves: Record<string, Pair>;
let issuer: Pair;
/** Each update has connections of its own. */
let client: ClusterClient;
const nodes = new Map<string, Properties>();
const opened: NatsConnection[] = [];

beforeAll(async () => {
  cluster = await TlsCluster.start(["dk", "no", "se"], "required");
  one = cluster.authority;
  issuer = one;
  leaves = { operator: cluster.operator, orders: makeClientLeaf("orders", one) };
  for (const member of cluster.members) leaves[member.pod.serverName] = member.given.leaf;
  client = newClient();
  for (const member of cluster.members) {
    const inputs = member.inputs() as unknown as Properties;
    nodes.set(member.pod.serverName, (await node.create(inputs, contextOf(client))).state);
  }
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  await client.close();
  client = newClient();
});

afterAll(() => cluster.stop());

function newClient(): ClusterClient {
  const { certificate, privateKey } = leaves.operator ?? cluster.operator;
  const caPem = one.certificate + two.certificate;
  return cluster.client("required", { caPem, certificatePem: certificate, privateKeyPem: privateKey });
}

const context = (overrides: Parameters<typeof contextOf>[1] = {}) => contextOf(client, overrides);

function issued(): IssuedCertificate[] {
  return Object.entries(leaves).map(([name, leaf]) => ({
    name,
    issuer: fingerprintOf(issuer),
    certificate: fingerprintOf(leaf),
  }));
}

/** What the program says of trust; the state may know more certificates. */
function inputsOf(authorities: Record<string, Pair>, more: Properties = {}): Properties {
  const pems = Object.entries(authorities).map(([name, { certificate }]) => [name, certificate]);
  const servers = [...nodes.values()].map(
    ({ serverName, url, clusterAddress, clientTls, servedSince }): TrustingServer =>
      ({ serverName, url, clusterAddress, clientTls, servedSince }) as TrustingServer,
  );
  return { authorities: Object.fromEntries(pems), issued: issued(), servers, recycles: false, ...more };
}

async function reload(member: TlsMember): Promise<void> {
  const { serverName } = member.pod;
  const inputs = member.inputs() as unknown as Properties;
  nodes.set(serverName, await node.update(serverName, nodes.get(serverName) ?? {}, inputs, context()));
}

async function connectAs(leaf: Pair | undefined, member = cluster.member("dk")): Promise<NatsConnection> {
  const shown =
    leaf === undefined ? {} : { certificatePem: leaf.certificate, privateKeyPem: leaf.privateKey };
  const tls = { caPem: one.certificate + two.certificate, ...shown };
  const connection = await open({ servers: [member.server.url], seed: undefined, tls }, Date.now() + 5_000);
  opened.push(connection);
  return connection;
}

let state: Properties;

async function refused(news: Properties): Promise<string> {
  const failure = await trust.update("trust", state, news, context()).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PartialFailure);
  expect(failure).toMatchObject({ id: "trust", state });
  return (failure as Error).message;
}

describe("an authority on its way in", () => {
  it("asks nobody: nothing hangs on it yet", async () => {
    state = (await trust.create(inputsOf({ "1": one }), context())).state;
    for (const member of cluster.members) {
      member.write({ trusted: [one, two] });
      await reload(member);
    }
    state = await trust.update("trust", state, inputsOf({ "1": one, "2": two }), context());
    expect(Object.keys(state.authorities as object)).toEqual(["1", "2"]);
  });

  it("may go again, although every session is as old as the servers: it has issued nothing", async () => {
    const later = await trust.update("trust", state, inputsOf({ "1": one }), context());
    expect(Object.keys(later.authorities as object)).toEqual(["1"]);
  });
});

describe("the clocks", () => {
  afterEach(() => vi.useRealTimers());

  const renewed = () => {
    const news = inputsOf({ "1": one, "2": two });
    const more = {
      name: "billing",
      issuer: fingerprintOf(one),
      certificate: fingerprintOf(makeLeaf("x", one)),
    };
    return { ...news, issued: [...(news.issued as unknown[]), more] };
  };

  it.each([
    ["behind", 42_000],
    ["ahead of", -42_000],
  ])("stop a new certificate where a server's is %s this machine's", async (where, offMs) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offMs });
    const message = await refused(renewed());
    for (const { pod } of cluster.members) {
      expect(message).toMatch(
        new RegExp(
          `the clock of ${pod.serverName} is 4[123] s ${where} this machine's \\(\\d{4}-[^ ]+Z there, \\d{4}-[^ ]+Z here\\)`,
        ),
      );
    }
    expect(message).toMatch(
      /^certificates were not handed out, nothing was changed: the clock of .*\. A certificate with the dates of one clock may not be valid by another clock\. Correct the wrong clock \(chrony or systemd-timesyncd; `timedatectl` shows its state\) and run `pulumi up` again$/,
    );
  });

  it.each([4_000, -4_000])("may be a little off: by %i ms", async (offMs) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + offMs });
    await trust.update("trust", state, renewed(), context());
  });

  it("of servers that don't answer are left to the servers' own turn", async () => {
    const [port = 0] = await freePorts(1);
    const nobody = new ClusterClient({ ...client.access, servers: [`nats://127.0.0.1:${port}`] });
    await trust.update("trust", state, renewed(), contextOf(nobody, { deadline: Date.now() + 100 }));
  });

  it("are not looked at while no certificate is new", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 42_000 });
    await trust.update("trust", state, inputsOf({ "1": one, "2": two }), context());
  });
});

describe("an authority on its way out", () => {
  const without = (more: Properties = {}) => inputsOf({ "2": two }, more);

  it("stays while servers serve its certificates and clients show them", async () => {
    await connectAs(leaves.orders);
    const message = await refused(without({ recycles: true }));
    expect(message).toMatch(
      /^CA 1 can't be dropped yet, nothing was changed: the cluster port of service-nats-dk serves a certificate of this CA; the client port of service-nats-dk serves a certificate of this CA; .*; and \d more\. .*"outgoing"/,
    );
  });

  it("gives way to the next one, which issues for every server from then on", async () => {
    issuer = two;
    leaves = { operator: makeClientLeaf("operator", two), orders: makeClientLeaf("orders", two) };
    for (const { pod } of cluster.members) leaves[pod.serverName] = makeLeaf(pod.serverName, two);
    await client.close();
    client = newClient();
    state = await trust.update("trust", state, inputsOf({ "1": one, "2": two }), context());
    expect(state.issued).toHaveLength(10);
    for (const member of cluster.members) {
      member.write({ leaf: leaves[member.pod.serverName] as Pair, issuer: two });
      await reload(member);
    }
  });

  it("stays while an application uses its certificate, and the application is named", async () => {
    const { certificate, privateKey } = cluster.operator;
    const old = await connectAs({ certificate, privateKey });
    const cid = old.info?.client_id;
    const message = await refused(without({ recycles: true }));
    expect(message).toMatch(/^CA 1 can't be dropped yet, nothing was changed: /);
    expect(message).toContain(
      `unityplan-nats (127.0.0.1, cid ${cid}) at service-nats-dk uses a certificate of this CA, issued to operator`,
    );
  });

  it("stays while routes are there that were made before, each pair of servers told once", async () => {
    const message = await refused(without());
    expect(message).toMatch(
      /^CA 1 can't be dropped yet, nothing was changed: the routes between service-nats-\w+ and service-nats-\w+, since [^;]+; the routes between [^;]+; the routes between [^;]+Z may use certificates of this CA\. Raise cluster\.restartGeneration/,
    );
  });

  it("may go when this very update restarts every server", async () => {
    await trust.update("trust", state, without({ recycles: true }), context());
  });

  it("stays while a server does not answer, whatever this update does", async () => {
    await cluster.member("se").server.stop();
    expect(await refused(without({ recycles: true }))).toContain(
      "nothing was changed: service-nats-se does not answer",
    );
    cluster.member("se").server.start();
    await cluster.healthy(newClient());
  });

  it("may go after the servers have restarted one by one", async () => {
    for (const member of cluster.members) {
      await member.restart();
      await reload(member);
      expect(nodes.get(member.pod.serverName)).toMatchObject({ certificate: member.inputs().certificate });
    }
    await trust.update("trust", state, without(), context());
  });

  it("may go although a busy server misses the first question: it is asked again", async () => {
    const connection = await client.system(Date.now() + 5_000);
    let questions = 0;
    const deaf = new Proxy(connection, {
      get: (real, what) =>
        what === "requestMany" && ++questions === 1 ? async () => [] : Reflect.get(real, what),
    });
    const busy = { access: client.access, system: async () => deaf } as unknown as ClusterClient;
    await trust.update("trust", state, without(), contextOf(busy));
    expect(questions).toBe(2);
  });

  it("stays while somebody shows a certificate that nobody here knows", async () => {
    const stranger = await connectAs(makeClientLeaf("stranger", two));
    expect(await refused(without())).toMatch(
      new RegExp(
        `nothing was changed: the client unityplan-nats \\(127.0.0.1, cid ${stranger.info?.client_id}\\) of service-nats-dk, ` +
          "since \\S+ may use certificates of this CA",
      ),
    );
  });

  it("may go while applications show certificates of the next one", async () => {
    await connectAs(leaves.orders);
    await trust.update("trust", state, without(), context());
  });

  it("does not hang on who speaks in plain text", async () => {
    const no = cluster.member("no");
    no.write({ clientTls: "off" });
    await reload(no);
    opened.push(
      await open({ servers: [no.server.url], seed: undefined, tls: undefined }, Date.now() + 5_000),
    );
    // As if its certificate were younger than all of its sessions.
    const servers = (without().servers as TrustingServer[]).map((server) =>
      server.serverName === no.pod.serverName ? { ...server, servedSince: new Date().toISOString() } : server,
    );
    const message = await refused(without({ servers }));
    expect(message).toContain("the routes between service-nats-dk and service-nats-no");
    expect(message).not.toContain("the client");
    no.write({ clientTls: "required" });
    await reload(no);
  });

  it("is not trusted any more when it has gone", async () => {
    for (const member of cluster.members) {
      member.write({ trusted: [two] });
      await reload(member);
      const { certificate, privateKey } = cluster.operator;
      const old = { certificatePem: certificate, privateKeyPem: privateKey };
      await expect(dialAsPeer(member.clusterPort, old)).rejects.toThrow("unknown ca");
    }
    await cluster.healthy(newClient());
  });
});
