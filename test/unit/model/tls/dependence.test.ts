import { describe, expect, it } from "vitest";
import { dependence, type IssuedCertificate, type SeenSession } from "../../../../model/tls/dependence.ts";

/** A fingerprint as TLS libraries write it, and as a server does. */
const colons = (byte: string) => Array(32).fill(byte).join(":");
const plain = (byte: string) => byte.toLowerCase().repeat(32);

const [old, kept] = [colons("A1"), colons("B2")];
const issued: readonly IssuedCertificate[] = [
  { name: "orders", issuer: old, certificate: colons("0A") },
  { name: "billing", issuer: kept, certificate: colons("0B") },
];
const since = new Date("2026-11-23T12:00:00Z");
const servedSince = new Map([
  ["dk", since],
  ["no", since],
]);
const later = new Date("2026-11-23T12:00:01Z");

function session(more: Partial<SeenSession> = {}): SeenSession {
  return {
    server: "dk",
    peer: "no",
    kind: "route",
    started: later,
    tls: true,
    certificate: undefined,
    ...more,
  };
}

function found(
  sessions: readonly SeenSession[],
  more: { issued?: readonly IssuedCertificate[]; servedSince?: ReadonlyMap<string, Date> } = {},
) {
  return dependence([old], more.issued ?? issued, more.servedSince ?? servedSince, { ports: [], sessions });
}

describe("what is served", () => {
  const ports = (signedByDropped: boolean | undefined) =>
    dependence([old], issued, servedSince, {
      ports: [{ where: "the cluster port of dk", signedByDropped }],
      sessions: [],
    });

  it("of an authority that goes is in the way", () => {
    expect(ports(true).live).toEqual(["the cluster port of dk serves a certificate of this CA"]);
  });

  it("and can't be seen counts as if it were", () => {
    expect(ports(undefined).live).toEqual(["the cluster port of dk does not show its certificate"]);
  });

  it("of another one is not", () => {
    expect(ports(false)).toEqual({ live: [], foreign: [], sessions: [] });
  });
});

describe("a route", () => {
  it("hangs on nothing when it is younger than the certificates at both ends", () => {
    expect(found([session()])).toEqual({ live: [], foreign: [], sessions: [] });
  });

  it.each([
    ["is older than the certificate of its server", { started: since }],
    ["leads to a server that nobody has proven", { peer: "se" }],
    ["is of a server that nobody has proven", { server: "se", peer: "dk" }],
  ])("may hang on the old authority when it %s", (_, more) => {
    const { live, sessions } = found([session(more)]);
    expect(live).toEqual([]);
    expect(sessions).toHaveLength(1);
  });

  it("may hang on it when only the other end has a newer certificate", () => {
    const ends = new Map([
      ["dk", since],
      ["no", new Date("2026-11-23T13:00:00Z")],
    ]);
    expect(found([session()], { servedSince: ends }).sessions).toEqual([
      "the routes between dk and no, since 2026-11-23T12:00:01.000Z",
    ]);
  });

  it("hangs on nothing of an authority that has issued nothing: going back on it restarts no server", () => {
    const byOther = issued.filter(({ issuer }) => issuer === kept);
    expect(found([session({ started: new Date(0) })], { issued: byOther }).sessions).toEqual([]);
  });
});

describe("sessions in words", () => {
  const before = (seconds: number) => new Date(since.getTime() - seconds * 1000);

  it("tell of the routes between two servers once, from either end, with the oldest", () => {
    const sessions = [
      session({ started: before(5) }),
      session({ started: before(7) }),
      session({ server: "no", peer: "dk", started: before(6) }),
    ];
    expect(found(sessions).sessions).toEqual([
      "the routes between dk and no, since 2026-11-23T11:59:53.000Z",
    ]);
  });

  it("tell of each client of each server", () => {
    const client = { kind: "client", started: before(1) } as const;
    const sessions = [
      session({ ...client, peer: "orders (cid 5)" }),
      session({ ...client, peer: "orders (cid 6)" }),
      session({ ...client, peer: "orders (cid 5)", server: "no" }),
    ];
    expect(found(sessions).sessions).toEqual([
      "the client orders (cid 5) of dk, since 2026-11-23T11:59:59.000Z",
      "the client orders (cid 6) of dk, since 2026-11-23T11:59:59.000Z",
      "the client orders (cid 5) of no, since 2026-11-23T11:59:59.000Z",
    ]);
  });
});

describe("a client", () => {
  const client = (more: Partial<SeenSession>) => session({ kind: "client", peer: "orders (cid 5)", ...more });

  it("with a certificate of the old authority is in the way, whenever it came, and is named", () => {
    expect(found([client({ certificate: plain("0A") })])).toEqual({
      live: ["orders (cid 5) at dk uses a certificate of this CA, issued to orders"],
      foreign: [],
      sessions: [],
    });
  });

  it("with a certificate of another authority hangs on the server's alone", () => {
    expect(found([client({ certificate: plain("0B") })]).sessions).toEqual([]);
    expect(found([client({ certificate: plain("0B"), started: since })]).sessions).toHaveLength(1);
  });

  it("without a certificate hangs on the server's alone", () => {
    expect(found([client({})]).sessions).toEqual([]);
    expect(found([client({ started: since })]).sessions).toHaveLength(1);
  });

  it("with a certificate from elsewhere is told of apart, whenever it came and whoever issued here", () => {
    const foreign = client({ certificate: plain("EE") });
    const told = {
      live: [],
      foreign: ["the client orders (cid 5) of dk, since 2026-11-23T12:00:01.000Z"],
      sessions: [],
    };
    expect(found([foreign])).toEqual(told);
    expect(found([foreign], { issued: [] })).toEqual(told);
    expect(found([client({ certificate: plain("EE"), started: since })]).sessions).toEqual([]);
  });

  it("without TLS hangs on nothing", () => {
    expect(found([client({ tls: false, started: new Date(0) })])).toEqual({
      live: [],
      foreign: [],
      sessions: [],
    });
  });
});
