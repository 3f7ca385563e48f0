import type { AuthorityPlan, GivenCertificate, TlsPlan } from "../tls-plan.ts";
import type { Read } from "./configuration-schema.ts";

/** What the stack's certificates are to be. */
export function tlsPlanOf({ tls }: Read): TlsPlan {
  // Without a prototype: an id such as "constructor" must not find what every object has.
  const givenLeaves: Record<string, GivenCertificate> = Object.create(null);
  for (const [id, { certificate, privateKey }] of Object.entries(tls.leaves)) {
    givenLeaves[id] = { certificatePem: certificate, privateKeyPem: privateKey };
  }
  return {
    authorityLifetimeHours: tls.authorityLifetime,
    leafLifetimeHours: tls.leafLifetime,
    renewBeforeHours: tls.renewBefore,
    clientPort: tls.clients,
    authorities: tls.authorities
      .map(authorityPlanOf)
      .sort((left, right) => left.generation - right.generation),
    givenLeaves,
    clientCertificates: [...tls.clientCertificates].sort(),
  };
}

type ReadAuthority = Read["tls"]["authorities"][number];

function authorityPlanOf({
  generation,
  phase,
  certificate,
  chain,
  privateKey,
}: ReadAuthority): AuthorityPlan {
  const given =
    certificate === undefined
      ? undefined
      : { certificatePem: certificate, chainPem: chain ?? "", privateKeyPem: privateKey };
  return { generation, phase, given };
}
