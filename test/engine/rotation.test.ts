import { X509Certificate } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { open } from "../../client/connection.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { type Load, startLoad } from "../../harness/load/load.ts";
import { inShort, TestStack } from "../../harness/stack.ts";
import { natsTypes } from "../../model/resource-types.ts";
import { noteFigures } from "../support/figures.ts";
import { expectWhole, fewest, lightLoad } from "../support/whole-load.ts";

/** What can go wrong with a rotation, with TLS demanded of every client, while applications are at work. */
vi.setConfig({ testTimeout: 15 * 60_000, hookTimeout: 10 * 60_000 });
const ids = ["dk", "no", "se"];
let stack: TestStack;
let load: Load;
/** Of the first authority. */
let first: Credentials;

beforeAll(async () => {
  stack = await TestStack.create({ rollout: "rolling", tls: tls([1, "active"]) });
  await stack.mustUp();
  first = await credentials();
});

afterEach(({ task }) => {
  // What a failed test has left running would only make the next ones fail too.
  if (task.result?.state === "fail") load?.kill();
});

afterAll(async () => {
  load?.kill();
  await stack?.dispose();
});

describe("a leaf rotation", () => {
  beforeAll(async () => {
    load = await startLoad(await target(), lightLoad);
  });

  it("is loaded and served on both ports of every server, and disconnects nobody", async () => {
    const before = await fingerprints();
    const args = await rotation();
    await load.measure();
    const { code, stdout } = await stack.upInBackground(...args);
    const seen = await load.measure();
    expect(code, stdout).toBe(0);
    expect(seen).toMatchObject({ disconnects: 0, failedAttempts: 0, failedRequests: 0 });
    const after = await fingerprints();
    expect(new Set(after).size, "one certificate a server").toBe(3);
    expect(after.filter((fingerprint) => before.includes(fingerprint))).toEqual([]);
  });

  it("that is killed in the middle is finished by the next update", async () => {
    const rotating = stack.begin(...(await rotation()));
    await rotating.says("dk-node");
    rotating.kill();
    await rotating.ended;
    await stack.mustPulumi("cancel", "--yes");
    noteFigures("leaf rotation, pulumi killed in the middle", await load.measure());
    await stack.mustUp();
    await expectDone();
  });

  it("goes on without a server that hangs, says so, and is proven there by the next update", async () => {
    await stack.docker("pause", stack.serverName("no"));
    stack.waitLess({ type: natsTypes.clusterGate, seconds: 5 });
    const ran = await stack.upInBackground(...(await rotation()));
    await stack.docker("unpause", stack.serverName("no"));
    stack.waitLess(undefined);
    noteFigures("leaf rotation, one server hangs", await load.measure());
    expect(ran.code, "the gate at the end misses it").not.toBe(0);
    expect(ran.stdout).toContain(`${stack.serverName("no")} does not answer at`);
    expect(ran.stdout).toContain("run `pulumi up` again");
    await stack.mustUp();
    await expectDone();
  });

  it("takes a server that crashes in the middle along: it comes up with its new files", async () => {
    const rotating = stack.begin(...(await rotation()));
    await rotating.says("dk-node");
    await stack.crash("se");
    const { code, stdout } = await rotating.ended;
    noteFigures("leaf rotation, one server crashes", await load.measure());
    expect(code, stdout).toBe(0);
    await expectDone();
  });

  it("has lost nothing", async () => {
    expectWhole(await load.stop(), fewest);
  });
});

describe("an authority", () => {
  it("can't issue before every server trusts it, nor go while it issues: the preview says what to do first", async () => {
    stack.configure({ tls: tls([1, "outgoing"], [2, "active"]) });
    const early = await stack.pulumi("preview");
    expect(early.code).not.toBe(0);
    expect(early.stdout + early.stderr).toContain('CA 2 can\'t be "active" yet');
    expect(early.stdout + early.stderr).toContain('Give CA 2 the phase "incoming"');
    stack.configure({ tls: tls([2, "active"]) });
    const gone = await stack.pulumi("up", "--yes", "--skip-preview");
    expect(gone.stdout + gone.stderr).toContain("still serves a certificate of a CA that is not in the list");
  });

  it("comes, is active, goes back, and is active again: nothing lost and nobody disconnected", async () => {
    load = await startLoad(await target(), lightLoad);
    stack.configure({ tls: tls([1, "active"], [2, "incoming"]) });
    await mustUpInBackground();
    const incoming = await load.stop();
    noteFigures("a new CA is trusted (incoming)", incoming);
    expectWhole(incoming, fewest);

    load = await startLoad(await target(first), lightLoad);
    stack.configure({ tls: tls([1, "outgoing"], [2, "active"]) });
    const killed = stack.begin();
    await killed.says("dk-node");
    killed.kill();
    await killed.ended;
    await stack.mustPulumi("cancel", "--yes");
    await mustUpInBackground();
    noteFigures("the new CA issues (active), pulumi killed in the middle", await load.measure());
    expect(await issuers()).toEqual(new Array(6).fill("CN=unityplan-global authority 2"));
    stack.configure({ tls: tls([1, "active"], [2, "outgoing"]) });
    await mustUpInBackground();
    noteFigures("back to the old CA", await load.measure());
    expect(await issuers()).toEqual(new Array(6).fill("CN=unityplan-global authority 1"));
    stack.configure({ tls: tls([1, "outgoing"], [2, "active"]) });
    await mustUpInBackground();
    const there = await load.stop();
    expectWhole(there, fewest);
    expect([incoming.disconnects, there.disconnects]).toEqual([0, 0]);
  });

  it("can't go while a client uses a certificate of it, nor while old sessions are left", async () => {
    const { servers } = await stack.access();
    const login = { servers, seed: undefined, tls: (await target(first)).tls };
    const client = await open(login, Date.now() + 10_000);
    stack.configure({ tls: tls([2, "active"]) });
    const live = await stack.up();
    await client.close();
    expect(live.code).not.toBe(0);
    expect(live.stdout).toContain("CA 1 can't be dropped yet, nothing was changed");
    expect(live.stdout).toContain("certificate of this CA, issued to operator");
    const sessions = await stack.up();
    expect(sessions.code).not.toBe(0);
    expect(sessions.stdout).toContain("Raise cluster.restartGeneration in the same change");
  });

  it("goes with a restart of one server after the other, and with it whoever has only its certificates", async () => {
    load = await startLoad(await target(), lightLoad);
    stack.configure({ tls: tls([2, "active"]), cluster: { restartGeneration: 1 } });
    await mustUpInBackground();
    const report = await load.stop();
    noteFigures("the old CA goes: every server restarts, one after the other", report);
    expectWhole(report, fewest);
    const { servers } = await stack.access();
    const old = open({ servers, seed: undefined, tls: (await target(first)).tls }, Date.now());
    await expect(old).rejects.toThrow();
    await expectDone();
  });
});

it("an application's certificate is a secret output, and lets it in", async () => {
  const { clientCertificates } = await stack.outputs<{
    clientCertificates: Record<string, { certificate: string; privateKey: string }>;
  }>();
  const { certificate: certificatePem = "", privateKey: privateKeyPem = "" } =
    clientCertificates.orders ?? {};
  const { servers } = await stack.access();
  const { caPem } = await credentials();
  const login = { servers, seed: undefined, tls: { caPem, certificatePem, privateKeyPem } };
  const connection = await open(login, Date.now() + 10_000);
  await connection.flush();
  await connection.close();
  const without = open({ servers, seed: undefined, tls: { caPem } }, Date.now());
  await expect(without).rejects.toThrow();
  const { stdout } = await stack.pulumi("stack", "output", "clientCertificates");
  expect(stdout).not.toContain("PRIVATE KEY");
});

function tls(...phases: [number, string][]) {
  const authorities = phases.map(([generation, phase]) => ({ generation, phase }));
  return { clients: "required", clientCertificates: ["orders"], authorities };
}

interface Credentials {
  readonly caPem: string;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

async function credentials(): Promise<Credentials> {
  return (await stack.access()).tls as Credentials;
}

async function target(own?: Credentials) {
  const now = await credentials();
  const urls = Object.fromEntries(ids.map((id) => [id, stack.url(id)]));
  return { urls, tls: { ...now, ...own, caPem: now.caPem } };
}

/** The arguments of an update that gives every server a new certificate. */
async function rotation(): Promise<string[]> {
  const urns = await Promise.all(ids.map((id) => stack.urn(`nats:tls:Renewal::${id}-renewal`)));
  return urns.flatMap((urn) => ["--replace", urn]);
}

async function mustUpInBackground(): Promise<void> {
  const { code, stdout, stderr } = await stack.upInBackground();
  expect(code, stdout + stderr).toBe(0);
}

const kinds = ["client", "cluster"] as const;

/** What is served, by pod and kind of port. */
async function served() {
  const ports = ids.flatMap((id) => kinds.map((kind) => ({ id, kind })));
  return Promise.all(
    ports.map(async ({ id, kind }) => {
      const port = stack.pod(id)[kind === "client" ? "clientPort" : "clusterPort"];
      const { fingerprint, certificate } = await servedCertificate({ host: "127.0.0.1", port, kind });
      return { id, kind, fingerprint, issuer: certificate.issuer };
    }),
  );
}

async function fingerprints(): Promise<string[]> {
  return (await served()).map(({ fingerprint }) => fingerprint);
}

async function issuers(): Promise<string[]> {
  return (await served()).map(({ issuer }) => /CN=.*/.exec(issuer)?.[0] ?? "");
}

/** Every port serves what the state says that its server was given, and the next update has nothing to do. */
async function expectDone(): Promise<void> {
  const given = await Promise.all(
    ids.map(async (id) => new X509Certificate((await stack.leafOf(id)).certificate).fingerprint256),
  );
  expect(await fingerprints()).toEqual(given.flatMap((fingerprint) => [fingerprint, fingerprint]));
  expect((await stack.changes()).map(inShort)).toEqual([]);
}
