import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { open } from "../../client/connection.ts";
import { servedCertificate } from "../../client/handshake.ts";
import { inShort, TestStack } from "../../harness/stack.ts";
import { issue, type Pair } from "../support/pem.ts";

/** A company's own authority: a root that signs nothing here, and an intermediate that does. */
const day = 24 * 3_600_000;
const dates = (days: number) => ({ from: new Date(Date.now() - day), to: new Date(Date.now() + days * day) });
const root = issue({ commonName: "company root", isAuthority: true, ...dates(4_000) });
const intermediate = issue({ commonName: "company nats", isAuthority: true, issuer: root, ...dates(3_000) });
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
  stack.configure({ tls: { clients: "on", authorities: [given(intermediate.privateKey)] } });
  await stack.mustUp();
});

afterAll(async () => {
  await stack?.dispose();
});

describe("an authority that is brought along", () => {
  it("issues what the servers serve, and a client that trusts its root alone is let in", async () => {
    expect(await issuers()).toEqual(["company nats", "company nats", "company nats"]);
    await greet(root.certificate);
    await expect(
      greet(issue({ commonName: "x", isAuthority: true, ...dates(10) }).certificate),
    ).rejects.toThrow();
  });

  it("keeps its key out of the state and of the screen", async () => {
    const state = await stack.mustPulumi("stack", "export");
    const shown = await stack.mustPulumi("preview", "--diff");
    for (const line of intermediate.privateKey.split("\n").slice(1, -2))
      for (const text of [state, shown]) expect(text).not.toContain(line);
  });
});

describe("leaves that were signed elsewhere", () => {
  it("are refused for every fault at once, before anything is touched", async () => {
    const leaves = { ...(await signedElsewhere()), dk: leafFor("dk", { extendedKeyUsage: "serverAuth" }) };
    const no = { ...leaves.no, privateKey: leaves.dk.privateKey };
    stack.configure({ tls: { clients: "on", authorities: [given(undefined)], leaves: { ...leaves, no } } });
    const { code, stdout, stderr } = await stack.pulumi("preview");
    expect(code).not.toBe(0);
    for (const part of ["tls.leaves.dk", "clientAuth", "tls.leaves.no", "privateKey"])
      expect.soft(stdout + stderr).toContain(part);
  });

  it("are served, while the authority's key is not here at all", async () => {
    const leaves = await signedElsewhere();
    stack.configure({ tls: { clients: "on", authorities: [given(undefined)], leaves } });
    await stack.mustUp();
    const expected = Object.values(leaves).map(
      ({ certificate }) => new X509Certificate(certificate).fingerprint256,
    );
    expect(await fingerprints()).toEqual(expected);
    await greet(root.certificate);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });
});

function given(privateKey: string | undefined) {
  const certificates = { certificate: intermediate.certificate, chain: root.certificate };
  return {
    generation: 1,
    phase: "active",
    ...certificates,
    ...(privateKey === undefined ? {} : { privateKey }),
  };
}

async function signedElsewhere(): Promise<Record<"dk" | "no" | "se", Pair>> {
  return { dk: leafFor("dk"), no: leafFor("no"), se: leafFor("se") };
}

function leafFor(id: string, more: { extendedKeyUsage?: string } = {}): Pair {
  const alternativeNames = `DNS:${stack.serverName(id)},DNS:localhost,IP:127.0.0.1`;
  const leaf = issue({ commonName: id, issuer: intermediate, alternativeNames, ...dates(90), ...more });
  return { ...leaf, certificate: `${leaf.certificate.trim()}\n${intermediate.certificate}` };
}

async function greet(caPem: string): Promise<void> {
  const { servers } = await stack.access();
  const connection = await open({ servers, seed: undefined, tls: { caPem } }, Date.now());
  await connection.flush();
  await connection.close();
}

async function served() {
  return Promise.all(
    stack.pods.map(({ clientPort: port }) => servedCertificate({ host: "127.0.0.1", port, kind: "client" })),
  );
}

async function issuers(): Promise<string[]> {
  return (await served()).map(({ certificate }) => /CN=(.*)/.exec(certificate.issuer)?.[1] ?? "");
}

async function fingerprints(): Promise<string[]> {
  return (await served()).map(({ fingerprint }) => fingerprint);
}
