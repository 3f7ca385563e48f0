import { z } from "zod";
import type { Parsed } from "../../model/parsed.ts";
import { show } from "./faults.ts";
import { hiddenSecret } from "./reading.ts";
import { choice, duration, scalar, text, whole } from "./scalars.ts";
import { listOf, mapOf, section } from "./schema.ts";

const pemForm = "PEM text that begins with -----BEGIN CERTIFICATE-----";
const keyForm = "the PEM text of a private key that begins with -----BEGIN PRIVATE KEY-----, as a secret";

const certificatePem = pem(pemForm, (value) => {
  if (value.includes("PRIVATE KEY-----")) {
    return "contains a private key; put the key into privateKey, as a secret";
  }
  return value.includes("-----BEGIN CERTIFICATE-----")
    ? undefined
    : `is not a certificate; allowed ${pemForm}`;
});

const privateKeyPem = pem(keyForm, (value) =>
  /-----BEGIN ([A-Z]+ )*PRIVATE KEY-----/.test(value)
    ? undefined
    : `is not a private key; allowed ${keyForm}`,
);

export const authorityShape = {
  generation: whole("a generation", 1, 1_000_000_000, 2),
  phase: choice("incoming", "active", "outgoing"),
  certificate: certificatePem.optional(),
  chain: certificatePem.optional(),
  privateKey: privateKeyPem.optional(),
};

export const leafShape = { certificate: certificatePem, privateKey: privateKeyPem };

/** One CA. The program makes it, and it issues. */
export const defaultAuthorities = [{ generation: 1, phase: "active" }];

export const applicationName = text(
  "the name of an application",
  "a lower-case letter, then up to 62 lower-case letters, digits or dashes, for example orders",
  /^[a-z][a-z0-9-]{0,62}$/,
);

export const tlsShape = {
  authorityLifetime: wholeHours().prefault("3650d"),
  leafLifetime: wholeHours().prefault("365d"),
  renewBefore: wholeHours().prefault("30d"),
  clients: clientTls().prefault("off"),
  authorities: listOf(
    section(authorityShape, "hidden"),
    "- { generation: 1, phase: active }",
    "hidden",
  ).prefault(defaultAuthorities),
  leaves: mapOf(section(leafShape, "hidden"), "the pods' ids", "hidden").prefault({}),
  clientCertificates: listOf(applicationName, '["orders"]').prefault([]),
};

/** Some YAML readers take an unquoted on or off for a boolean. */
function clientTls() {
  const words = choice("off", "on", "required");
  return z.preprocess((value) => (typeof value === "boolean" ? (value ? "on" : "off") : value), words);
}

/** PEM text that ends with one line end, so that texts can be joined. */
function pem(form: string, faultOf: (value: string) => string | undefined) {
  const read = (value: unknown): Parsed<string> => {
    if (value === hiddenSecret) return { value };
    const fault = typeof value === "string" ? faultOf(value) : `is not text; allowed ${form}`;
    return fault === undefined ? { value: `${String(value).trim()}\n` } : { fault };
  };
  return scalar(form, read, "hidden");
}

// Certificates' lifetimes are whole hours: https://www.pulumi.com/registry/packages/tls/api-docs/locallysignedcert/
function wholeHours() {
  const inSeconds = duration(3600);
  return z.unknown().transform((value, context): number => {
    const result = inSeconds.safeParse(value);
    const hours = result.success ? result.data / 3600 : Number.NaN;
    if (Number.isInteger(hours)) return hours;
    const message =
      result.error?.issues[0]?.message ??
      `${show(value)} is not a number of whole hours; allowed for example "12h" or "30d"`;
    context.issues.push({ code: "custom", message, input: value });
    return z.NEVER;
  });
}
