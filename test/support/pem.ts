import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A fresh ED25519 private key, PKCS#8. */
export function ed25519Pem(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }).toString();
}

/** A throw-away self-signed certificate, by the machine's openssl: Node can read certificates and not make them. */
export function selfSigned(): { certificate: string; privateKey: string } {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-pem-"));
  try {
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const request = [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-days",
      "1",
    ];
    execFileSync("openssl", [...request, "-subj", "/CN=test", "-keyout", key, "-out", certificate], {
      stdio: "pipe",
    });
    return { certificate: readFileSync(certificate, "utf8"), privateKey: readFileSync(key, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
