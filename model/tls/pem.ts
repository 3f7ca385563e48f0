import { X509Certificate } from "node:crypto";

/** The certificates of a PEM text, each with its lines. */
export function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/** Several PEM texts as one, each on lines of its own. */
export function joinPem(texts: readonly string[]): string {
  return texts
    .map((text) => text.trim())
    .filter((text) => text !== "")
    .map((text) => `${text}\n`)
    .join("");
}

/** When the first certificate of a PEM text ends. */
export function endOf(certificatePem: string): Date {
  return new Date(new X509Certificate(certificatePem).validTo);
}
