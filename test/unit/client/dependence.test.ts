import { X509Certificate } from "node:crypto";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { lookAtDependence } from "../../../client/dependence.ts";
import { directly } from "../../../client/dialer.ts";
import type { TrustingServer } from "../../../model/contract/node.ts";
import { issue, type Pair } from "../../support/pem.ts";

const [lookAtSessions, servedCertificate] = vi.hoisted(() => [vi.fn(), vi.fn()]);
vi.mock("../../../client/sessions.ts", () => ({ lookAtSessions }));
vi.mock("../../../client/handshake.ts", async (original) => ({
  ...(await original<object>()),
  servedCertificate,
}));

const [from, to] = [new Date(Date.now() - 3_600_000), new Date(Date.now() + 3_600_000)];
const authority = (commonName: string, privateKey?: string) =>
  issue({ commonName, isAuthority: true, from, to, ...(privateKey === undefined ? {} : { privateKey }) });
const [old, other] = [authority("CA 1"), authority("CA 2")];
/** Made anew of the same key, under the same name. */
const again = authority("CA 1", old.privateKey);
const renamed = authority("CA 3", old.privateKey);
const leaf = issue({ commonName: "dk", issuer: old, from, to });

const server = (serverName: string): TrustingServer => ({
  serverName,
  url: "nats://127.0.0.1:4222",
  clusterAddress: "127.0.0.1:6222",
  clientTls: "off",
  servedSince: "",
});
const foreign = {
  server: "dk",
  peer: "x (cid 5)",
  kind: "client",
  started: from,
  tls: true,
  certificate: "ee".repeat(32),
};

const asked = (dropped: readonly Pair[], kept: readonly Pair[], names = ["dk", "no"]) => {
  const pems = (pairs: readonly Pair[]) => pairs.map(({ certificate }) => certificate);
  return lookAtDependence(
    {} as never,
    { dropped: pems(dropped), kept: pems(kept) },
    [],
    names.map(server),
    directly,
  );
};

beforeEach(() => {
  lookAtSessions.mockReset().mockResolvedValue({ sessions: [foreign], silent: [] });
  const certificate = new X509Certificate(leaf.certificate);
  servedCertificate.mockReset().mockResolvedValue({ certificate, links: [] });
});

describe("what hangs on an authority that goes", () => {
  it("is what is served of it, and who shows something else than what was issued here", async () => {
    const found = await asked([old], [other], ["dk"]);
    expect(found.live).toEqual(["the cluster port of dk serves a certificate of this CA"]);
    expect(found.foreign).toEqual([`the client x (cid 5) of dk, since ${from.toISOString()}`]);
    expect(found.silent).toEqual([]);
  });

  it("is nothing where another one with its name and its key stays, whoever is silent", async () => {
    lookAtSessions.mockResolvedValue({ sessions: [foreign], silent: ["no"] });
    expect(await asked([old], [again, other])).toEqual({ live: [], foreign: [], sessions: [], silent: [] });
  });

  it("is what it is where only the key stays: nothing is found under another name", async () => {
    expect((await asked([old], [renamed], ["dk"])).live).toHaveLength(1);
  });

  it("is looked at for those that do go", async () => {
    expect((await asked([old, other], [again], ["dk"])).live).toEqual([]);
    expect((await asked([old, other], [], ["dk"])).live).toHaveLength(1);
  });

  it("is not known of a server that is silent, and its ports are not dialled", async () => {
    lookAtSessions.mockResolvedValue({ sessions: [], silent: ["no"] });
    const found = await asked([old], [other]);
    expect(found.silent).toEqual(["no"]);
    expect(found.live).toEqual(["the cluster port of dk serves a certificate of this CA"]);
    expect(servedCertificate).toHaveBeenCalledTimes(1);
  });
});
