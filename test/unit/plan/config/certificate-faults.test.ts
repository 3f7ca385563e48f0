import { generateKeyPairSync } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import { endOf } from "../../../../model/tls/pem.ts";
import {
  authorityProblems,
  chainProblems,
  keyProblems,
  leafProblems,
} from "../../../../plan/config/certificate-faults.ts";
import { ecdsaPem, ed25519Pem, issue, type Pair, type Wish } from "../../../support/pem.ts";

const now = new Date("2030-06-01T00:00:00Z");
const from = new Date("2030-01-01T00:00:00Z");
const to = new Date("2031-01-01T00:00:00Z");
const later = new Date("2032-01-01T00:00:00Z");
const unreadable =
  "can't be read as certificates (its value is not shown); give the whole PEM text as it was made";

function authorityNamed(commonName: string, more: Partial<Wish> = {}): Pair {
  return issue({ commonName, isAuthority: true, from, to, ...more });
}

let root: Pair;
let authority: Pair;
let between: Pair;

beforeAll(() => {
  root = authorityNamed("root");
  authority = authorityNamed("authority", { issuer: root });
  between = authorityNamed("between", { issuer: authority });
});

describe("the certificate of an authority", () => {
  it("is right when it is one, and valid now", () => {
    expect(authorityProblems(root.certificate, "active", now)).toEqual([]);
    expect(authorityProblems(authority.certificate, "active", now)).toEqual([]);
  });

  it("may have text around it, and Windows line ends", () => {
    const text = `Certificate:\n    Data: text\n${root.certificate}\nmore\n`;
    expect(authorityProblems(text, "active", now)).toEqual([]);
    expect(authorityProblems(root.certificate.replaceAll("\n", "\r\n"), "active", now)).toEqual([]);
  });

  it("may have no key usage at all", () => {
    expect(authorityProblems(authorityNamed("a", { keyUsage: "" }).certificate, "active", now)).toEqual([]);
  });

  const notOne =
    "is not the certificate of a CA; allowed a certificate with the basic constraint CA:TRUE, and with keyCertSign in its key usage, if it has a key usage";
  it("is not that of a server", () => {
    const server = issue({ commonName: "server", issuer: root, from, to });
    expect(authorityProblems(server.certificate, "active", now)).toEqual([notOne]);
  });

  it("lets the authority sign certificates", () => {
    const weak = authorityNamed("weak", { keyUsage: "critical,digitalSignature" });
    expect(authorityProblems(weak.certificate, "active", now)).toEqual([notOne]);
  });

  it("can be read", () => {
    for (const text of [
      "",
      "-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n",
      root.certificate.slice(0, 200),
      root.certificate + authority.certificate.slice(0, 200),
    ]) {
      expect(authorityProblems(text, "active", now)).toEqual([unreadable]);
    }
  });

  it("is one alone", () => {
    expect(authorityProblems(authority.certificate + root.certificate, "active", now)).toEqual([
      `holds 2 certificates; allowed only the CA's own certificate: put the certificates that link the CA to its root into "chain"`,
    ]);
  });

  it("has not expired", () => {
    const after = new Date("2031-01-01T00:00:01Z");
    expect(authorityProblems(root.certificate, "active", to)).toEqual([]);
    expect(authorityProblems(root.certificate, "active", after)).toEqual([
      "expired on 2031-01-01T00:00:00Z; give another CA",
    ]);
    expect(authorityProblems(root.certificate, "outgoing", after)).toEqual([
      "expired on 2031-01-01T00:00:00Z; remove the CA from the list",
    ]);
  });

  it("is valid already, by the clock of this machine", () => {
    expect(authorityProblems(root.certificate, "active", from)).toEqual([]);
    expect(authorityProblems(root.certificate, "active", new Date("2029-12-31T23:59:59Z"))).toEqual([
      "is not valid before 2030-01-01T00:00:00Z, and on this machine it is 2029-12-31T23:59:59Z; check the clock of this machine, or wait until then",
    ]);
  });

  it("may have any dates where no clock is given", () => {
    expect(authorityProblems(root.certificate, "active", undefined)).toEqual([]);
  });
});

describe("the chain of an authority", () => {
  it("links it to its root", () => {
    expect(chainProblems(root.certificate, authority.certificate)).toEqual([]);
    expect(chainProblems(authority.certificate + root.certificate, between.certificate)).toEqual([]);
  });

  it("begins with the issuer of the authority", () => {
    expect(chainProblems(root.certificate, between.certificate)).toEqual([
      "has a certificate number 1 that did not issue the CA's own certificate; allowed first the issuer of the CA, then the issuer of that issuer, and so on, the root last",
    ]);
  });

  it("has each certificate followed by its issuer", () => {
    expect(chainProblems(authority.certificate + between.certificate, between.certificate)).toEqual([
      expect.stringMatching(/^has a certificate number 2 that did not issue the certificate before it;/),
    ]);
  });

  it("is of the very authority, and not of another by the same name", () => {
    const namesake = authorityNamed("root");
    expect(chainProblems(namesake.certificate, authority.certificate)).toHaveLength(1);
  });

  it("is looked at where the authority's own certificate can't be", () => {
    expect(chainProblems(authority.certificate + root.certificate, undefined)).toEqual([]);
    expect(chainProblems(root.certificate + authority.certificate, undefined)).toHaveLength(1);
  });

  it("can be read", () => {
    expect(chainProblems(`${root.certificate}-----BEGIN CERTIFICATE-----\n`, authority.certificate)).toEqual([
      unreadable,
    ]);
  });
});

describe("a private key", () => {
  it("is that of the certificate beside it", () => {
    expect(keyProblems(root.privateKey, root.certificate)).toEqual([]);
    expect(keyProblems(ecdsaPem(), root.certificate)).toEqual([
      "is not the key of the given certificate (its value is not shown); give the key for which the certificate was signed",
    ]);
    expect(keyProblems(ed25519Pem(), root.certificate)).toHaveLength(1);
  });

  it.each(["pkcs8", "sec1"] as const)("may be written as %s", (type) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    expect(keyProblems(privateKey.export({ format: "pem", type }).toString(), undefined)).toEqual([]);
  });

  it("may be an RSA key as OpenSSL once wrote them", () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(keyProblems(privateKey.export({ format: "pem", type: "pkcs1" }).toString(), undefined)).toEqual(
      [],
    );
  });

  it.each(["pkcs8", "sec1"] as const)("has no passphrase, as %s", (type) => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const options = { format: "pem", type, cipher: "aes-256-cbc", passphrase: "hunter2" } as const;
    expect(keyProblems(privateKey.export(options).toString(), undefined)).toEqual([
      `has a passphrase, and an update can't ask for a passphrase (its value is not shown); "openssl pkey -in FILE" removes the passphrase. Pulumi's own encryption keeps the key secret`,
    ]);
  });

  it("stands alone, without the curve that OpenSSL writes before it", () => {
    const parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    expect(keyProblems(parameters + root.privateKey, root.certificate)).toEqual([
      `holds 2 PEM blocks (its value is not shown); allowed the private key alone: "openssl pkey -in FILE" prints only the key`,
    ]);
  });

  it("can be read", () => {
    const broken = "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n";
    expect(keyProblems(broken, undefined)).toEqual([
      "can't be read as a private key (its value is not shown); give the whole PEM text as it was made",
    ]);
  });
});

describe("the certificate of a pod", () => {
  const names = "DNS:service-nats-dk,DNS:localhost,IP:127.0.0.1,IP:10.0.1.1";
  const dnsNames = ["service-nats-dk", "localhost"];
  const ipAddresses = ["127.0.0.1", "10.0.1.1"];

  function leaf(more: Partial<Wish> = {}): string {
    return issue({ commonName: "dk", issuer: authority, alternativeNames: names, from, to, ...more })
      .certificate;
  }

  function problems(pem: string, issuer = authority, at = now): string[] {
    return leafProblems(pem, { authorityPem: issuer.certificate, dnsNames, ipAddresses }, at);
  }

  const notIssued =
    "was not issued by the active CA, and the certificates that follow it do not link it to the active CA; add the certificates that link the two, or give the CA that signed it in tls.authorities";

  it("is right when the active authority issued it", () => {
    expect(problems(leaf())).toEqual([]);
  });

  it("is right when those that come with it link it to the active authority, in any order", () => {
    const own = leaf({ issuer: between });
    expect(problems(own + between.certificate)).toEqual([]);
    expect(problems(own + authority.certificate + between.certificate, root)).toEqual([]);
    expect(problems(own + between.certificate + authority.certificate, root)).toEqual([]);
    expect(problems(own + between.certificate + root.certificate)).toEqual([]);
  });

  it("was issued by the active authority, or something between them is missing", () => {
    expect(problems(leaf({ issuer: between }))).toEqual([notIssued]);
    expect(problems(leaf({ issuer: root }))).toEqual([notIssued]);
    expect(problems(leaf(), between)).toEqual([notIssued]);
  });

  it("was signed by the authority's key, and not by that of another of the same name", () => {
    for (const keyIdentifiers of [true, false]) {
      const namesake = authorityNamed("authority", { issuer: root, keyIdentifiers });
      expect(problems(leaf({ issuer: namesake, keyIdentifiers }))).toEqual([notIssued]);
    }
  });

  it("was signed in the authority's name, and not in another name by the same key", () => {
    const other = authorityNamed("other", { issuer: root, privateKey: authority.privateKey });
    expect(problems(leaf({ issuer: other }))).toEqual([notIssued]);
  });

  it("is linked by authorities alone", () => {
    const server = issue({ commonName: "server", issuer: authority, keyUsage: "", from, to });
    expect(problems(leaf({ issuer: server }) + server.certificate)).toEqual([notIssued]);
  });

  it("is linked by certificates that are valid now", () => {
    const old = authorityNamed("old", { issuer: authority, to: new Date("2030-03-01T00:00:00Z") });
    expect(problems(leaf({ issuer: old, to: new Date("2030-02-01T00:00:00Z") }) + old.certificate)).toEqual([
      "has an intermediate certificate that expired on 2030-03-01T00:00:00Z; have a new one signed",
      "expired on 2030-02-01T00:00:00Z; have a new one signed",
    ]);
  });

  it("is only checked by itself where the authority can't be seen", () => {
    for (const authorityPem of [undefined, "-----BEGIN CERTIFICATE-----"]) {
      const wanted = { authorityPem, dnsNames, ipAddresses };
      expect(leafProblems(leaf({ issuer: between }), wanted, now)).toEqual([]);
    }
  });

  it("ends no later than its authority", () => {
    expect(problems(leaf({ to: later }))).toEqual([
      "ends on 2032-01-01T00:00:00Z, later than its CA, which ends on 2031-01-01T00:00:00Z; have it signed for less time, or by a CA that lasts longer",
    ]);
  });

  it("ends no later than what links it to its authority", () => {
    const short = authorityNamed("short", { issuer: authority, to: new Date("2030-12-01T00:00:00Z") });
    expect(problems(leaf({ issuer: short }) + short.certificate)).toEqual([
      expect.stringMatching(
        /^ends on 2031-01-01T00:00:00Z, later than its intermediate certificate, which ends on 2030-12-01/,
      ),
    ]);
  });

  it("is valid now", () => {
    expect(problems(leaf(), authority, new Date("2031-02-01T00:00:00Z"))).toEqual([
      "expired on 2031-01-01T00:00:00Z; have a new one signed",
    ]);
    expect(problems(leaf(), authority, new Date("2029-02-01T00:00:00Z"))).toEqual([
      "is not valid before 2030-01-01T00:00:00Z, and on this machine it is 2029-02-01T00:00:00Z; check the clock of this machine, or wait until then",
    ]);
    expect(leafProblems(leaf(), { authorityPem: undefined, dnsNames, ipAddresses }, undefined)).toEqual([]);
  });

  it("is not an authority's", () => {
    const own = leaf({ isAuthority: true, extendedKeyUsage: "serverAuth,clientAuth" });
    expect(problems(own)).toEqual([
      "is the certificate of a CA; allowed a certificate for the server alone, with the basic constraint CA:FALSE",
    ]);
  });

  it.each([
    ["serverAuth", "clientAuth"],
    ["clientAuth", "serverAuth"],
    ["", "serverAuth and clientAuth"],
    ["codeSigning", "serverAuth and clientAuth"],
  ])("is for servers and clients, not for %j alone", (extendedKeyUsage, missing) => {
    expect(problems(leaf({ extendedKeyUsage }))).toEqual([
      `lacks the extended key usage ${missing}; have it signed with extendedKeyUsage = serverAuth,clientAuth: on a route each server is server and client`,
    ]);
  });

  it("carries every name and address by which the server is dialled", () => {
    expect(problems(leaf({ alternativeNames: "DNS:localhost,IP:127.0.0.1" }))).toEqual([
      `does not carry DNS:service-nats-dk, IP:10.0.1.1, by which the server is dialled; have it signed with subjectAltName = ${names}`,
    ]);
  });

  it("carries them as alternative names, and not in its subject or as names that look like addresses", () => {
    const own = leaf({ commonName: "service-nats-dk", alternativeNames: "" });
    expect(problems(own)).toEqual([
      expect.stringContaining("does not carry DNS:service-nats-dk, DNS:localhost"),
    ]);
    const written = names.replace("IP:10.0.1.1", "DNS:10.0.1.1");
    expect(problems(leaf({ alternativeNames: written }))).toEqual([
      expect.stringContaining("does not carry IP:10.0.1.1, by"),
    ]);
  });

  it("can be read, and so can what follows it", () => {
    expect(problems(`${leaf()}-----BEGIN CERTIFICATE-----\nhunter2\n-----END CERTIFICATE-----\n`)).toEqual([
      unreadable,
    ]);
  });
});

describe("the end of a certificate", () => {
  it("is that of the first in the text", () => {
    const server = issue({ commonName: "server", issuer: root, from, to: new Date("2030-07-01T12:30:15Z") });
    expect(endOf(server.certificate + root.certificate)).toEqual(new Date("2030-07-01T12:30:15Z"));
  });
});
