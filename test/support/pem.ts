import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate with its key, both PEM. */
export interface Pair {
  readonly certificate: string;
  /** PKCS#8. */
  readonly privateKey: string;
}

/** What a certificate is to say; what is left out is as a server of the dev stack would need it. */
export interface Wish {
  readonly commonName: string;
  /** undefined: signed by itself. */
  readonly issuer?: Pair;
  readonly isAuthority?: boolean;
  /** As OpenSSL names them; "" leaves the extension out. */
  readonly keyUsage?: string;
  readonly extendedKeyUsage?: string;
  /** As OpenSSL names them, for example `DNS:localhost,IP:127.0.0.1`; "" leaves the extension out. */
  readonly alternativeNames?: string;
  /** Whether it says whose key is whose; without, only names and signatures do. Default true. */
  readonly keyIdentifiers?: boolean;
  /** Default a fresh one. */
  readonly privateKey?: string;
  readonly from: Date;
  readonly to: Date;
}

/** A fresh ED25519 private key, PKCS#8. */
export function ed25519Pem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** A fresh ECDSA P-256 private key, PKCS#8. */
export function ecdsaPem(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** A throw-away self-signed certificate that is valid today, and good for anything. */
export function selfSigned(): Pair {
  const now = Date.now();
  const hour = 3_600_000;
  const dates = { from: new Date(now - hour), to: new Date(now + 24 * hour) };
  return issue({ commonName: "test", isAuthority: true, keyUsage: "", ...dates });
}

/** A certificate with any dates, by the machine's openssl: Node can read certificates and not make them. */
export function issue(wish: Wish): Pair {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-pem-"));
  try {
    const file = (name: string, text?: string) => {
      if (text !== undefined) writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const privateKey = wish.privateKey ?? ecdsaPem();
    const key = file("key.pem", privateKey);
    const settings = file("openssl.cnf", settingsFor(wish, folder));
    const request = file("request.pem");
    openssl(
      "req",
      "-new",
      "-config",
      settings,
      "-key",
      key,
      "-subj",
      `/CN=${wish.commonName}`,
      "-out",
      request,
    );
    file("index.txt", "");
    const signer =
      wish.issuer === undefined
        ? ["-selfsign", "-keyfile", key]
        : [
            "-cert",
            file("issuer.pem", wish.issuer.certificate),
            "-keyfile",
            file("issuer-key.pem", wish.issuer.privateKey),
          ];
    const dates = ["-startdate", time(wish.from), "-enddate", time(wish.to)];
    const out = file("certificate.pem");
    openssl("ca", "-batch", "-notext", "-config", settings, ...signer, ...dates, "-in", request, "-out", out);
    return { certificate: readFileSync(out, "utf8"), privateKey };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: "pipe" });
}

function settingsFor(wish: Wish, folder: string): string {
  const authority = wish.isAuthority ?? false;
  const keyUsage =
    wish.keyUsage ?? (authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  const uses = wish.extendedKeyUsage ?? (authority ? "" : "serverAuth,clientAuth");
  const names = wish.alternativeNames ?? "";
  const identifiers = wish.keyIdentifiers ?? true;
  return [
    "[req]",
    "distinguished_name = name",
    "[name]",
    "[ca]",
    "default_ca = ca_default",
    "[ca_default]",
    `database = ${join(folder, "index.txt")}`,
    `new_certs_dir = ${folder}`,
    "rand_serial = yes",
    "default_md = sha256",
    "policy = policy",
    "x509_extensions = extensions",
    "[policy]",
    "commonName = supplied",
    "[extensions]",
    `basicConstraints = critical,CA:${authority ? "TRUE" : "FALSE"}`,
    `subjectKeyIdentifier = ${identifiers ? "hash" : "none"}`,
    `authorityKeyIdentifier = ${identifiers ? "keyid" : "none"}`,
    ...(keyUsage === "" ? [] : [`keyUsage = ${keyUsage}`]),
    ...(uses === "" ? [] : [`extendedKeyUsage = ${uses}`]),
    ...(names === "" ? [] : [`subjectAltName = ${names}`]),
  ].join("\n");
}

/** As OpenSSL takes it: 20300601120000Z. */
function time(date: Date): string {
  return date.toISOString().replace(/\.\d+|[-:T]/g, "");
}
