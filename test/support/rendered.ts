import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { configurationFolder, dataFolder, files } from "../../plan/render/files.ts";

/** The server that the tests' launcher puts on the PATH. */
export function natsServerBinary(): string {
  try {
    execFileSync("nats-server", ["--version"], { stdio: "pipe" });
  } catch (cause) {
    const path = process.env.PATH?.split(delimiter).join("\n  ");
    throw new Error(
      `nats-server is not on the PATH; start the tests by npm test, which puts it there:\n  ${path}`,
      { cause },
    );
  }
  return "nats-server";
}

/** A server's files in a folder of the test's own, in place of the volumes of its container. */
export class ServerFolder {
  private readonly root = mkdtempSync(join(tmpdir(), "nats-rendered-"));

  constructor() {
    mkdirSync(this.placed(dataFolder), { recursive: true });
    mkdirSync(dirname(this.placed(files.privateKey)), { recursive: true });
  }

  /** Where a path of the container is here. */
  placed(path: string): string {
    return join(this.root, path);
  }

  /** The same file with its paths turned to this folder. */
  relocate(conf: string): string {
    return conf
      .replaceAll(`"${configurationFolder}/`, `"${this.placed(configurationFolder)}/`)
      .replaceAll(`"${dataFolder}"`, `"${this.placed(dataFolder)}"`);
  }

  /** @returns where it stands */
  write(conf: string): string {
    const path = this.placed(files.conf);
    writeFileSync(path, this.relocate(conf));
    return path;
  }

  writePems({ certificate, privateKey }: SelfSigned): void {
    writeFileSync(this.placed(files.authority), certificate);
    writeFileSync(this.placed(files.certificate), certificate);
    writeFileSync(this.placed(files.privateKey), privateKey);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export interface SelfSigned {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * A certificate for 127.0.0.1 that is its own authority, so that servers which share it trust each other. A cluster port
 * knows it by the DNS name that is the host of a route.
 */
export function loopbackCertificate(): SelfSigned {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const names = ["-subj", "/CN=rendered", "-addext", "subjectAltName=DNS:127.0.0.1,IP:127.0.0.1"];
  const output = ["-days", "1", "-keyout", "-", "-out", "-"];
  const pems = execFileSync("openssl", ["req", "-x509", ...curve, ...names, ...output], {
    encoding: "utf8",
    stdio: "pipe",
  });
  const [privateKey = "", certificate = ""] =
    pems.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----\n/g) ?? [];
  return { certificate, privateKey };
}
