import { createHash, X509Certificate } from "node:crypto";

/** SHA-256, hex, of texts. Their order and their borders count. */
export function digestOf(texts: readonly string[]): string {
  const hash = createHash("sha256");
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text);
  return hash.digest("hex");
}

/** SHA-256 fingerprint of a PEM certificate, as TLS libraries write it: upper-case hex pairs joined by colons. */
export function fingerprintOf(certificatePem: string): string {
  return new X509Certificate(certificatePem).fingerprint256;
}
