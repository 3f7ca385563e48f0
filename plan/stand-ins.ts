import { hiddenSecret, type Reading } from "./config/reading.ts";
import type { Topology } from "./topology.ts";

/** Set by `npm run preview -- STACK --offline`, which has no secrets: words stand in for them. */
export const standInsVariable = "UNITYPLAN_STAND_INS";

/**
 * How the program reads its configuration. Only a preview accepts the words that stand in for secrets. An update refuses
 * them, also if its environment sets the variable.
 */
export function readingOf(
  isPreview: boolean,
  env: Readonly<Record<string, string | undefined>>,
): Reading & { readonly secrets: "shown" | "hidden" } {
  return { secrets: isPreview && env[standInsVariable] === "yes" ? "hidden" : "shown" };
}

/** Replaces secret certificates by a certificate that can be read. A key may stay a word, because a preview reads no key. */
export function withReadableCertificates(topology: Topology): Topology {
  const { authorities, givenLeaves } = topology.tls;
  const readable = (pem: string) => (pem === hiddenSecret ? anyCertificate : pem);
  return {
    ...topology,
    tls: {
      ...topology.tls,
      authorities: authorities.map((one) =>
        one.given === undefined
          ? one
          : { ...one, given: { ...one.given, certificatePem: readable(one.given.certificatePem) } },
      ),
      // Without a prototype, as they came: an id such as "constructor" must not find what every object has.
      givenLeaves: Object.assign(
        Object.create(null),
        Object.fromEntries(
          Object.entries(givenLeaves).map(([id, leaf]) => [
            id,
            { ...leaf, certificatePem: readable(leaf.certificatePem) },
          ]),
        ),
      ),
    },
  };
}

/** The certificate of a CA, valid until 2126. No copy of its key exists. */
const anyCertificate = `-----BEGIN CERTIFICATE-----
MIIBwDCCAWegAwIBAgIUXIJViDlg0mUj3yfZ+z05I3ggrWUwCgYIKoZIzj0EAwIw
LTErMCkGA1UEAwwic3RhbmRzIGluIGZvciBhIHNlY3JldCBjZXJ0aWZpY2F0ZTAg
Fw0yNjExMjMyMjIxMjhaGA8yMTI2MTAzMDIyMjEyOFowLTErMCkGA1UEAwwic3Rh
bmRzIGluIGZvciBhIHNlY3JldCBjZXJ0aWZpY2F0ZTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABM+h2lSnAiqmLqnab4JTK6xJ2kzNpVmlht+jo3r9mH6QVobKESzY
FJqrVD13PzDO4RAO6ilmfpxsLNwDrOtaT7mjYzBhMB0GA1UdDgQWBBTku2Imym1D
UTA4TbQuTsHz0WcgLTAfBgNVHSMEGDAWgBTku2Imym1DUTA4TbQuTsHz0WcgLTAP
BgNVHRMBAf8EBTADAQH/MA4GA1UdDwEB/wQEAwICBDAKBggqhkjOPQQDAgNHADBE
AiBZHdHvGKxW+dTI2KW/hVvQGH3rTa0DCdRdCzDbeqQw3gIgNC2Uc4JYn6Sn4J3T
qqu+FpzvRvd5xaHvyd1WKBXua0A=
-----END CERTIFICATE-----
`;
