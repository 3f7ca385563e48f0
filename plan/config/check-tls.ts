import { notAPod } from "./check-pods.ts";
import { type Draft, type DraftAuthority, type DraftTls, knownPods } from "./draft.ts";
import { type Fault, show } from "./faults.ts";
import { oldPhaseAmong } from "./old-words.ts";

/**
 * Authorities, leaves and clients' certificates against each other and the pods, whatever they hold.
 * @param oldPhases places of the authorities whose phase is in the old word
 */
export function checkTls(draft: Draft, oldPhases: readonly number[]): Fault[] {
  return [
    ...checkGenerations(draft.tls),
    ...checkPhases(draft.tls, oldPhases),
    ...checkOwners(draft.tls),
    ...checkLeaves(draft),
    ...checkIssuing(draft),
    ...checkClients(draft.tls),
  ];
}

interface PlacedAuthority {
  readonly authority: DraftAuthority;
  readonly path: readonly PropertyKey[];
}

/** The one authority that is active; undefined where there is not exactly one, or nobody can say. */
export function activeAuthority({ authorities = [] }: DraftTls): PlacedAuthority | undefined {
  if (authorities.some(({ values }) => values.phase === undefined)) return undefined;
  const active = authorities.flatMap((authority, index) =>
    authority.values.phase === "active" ? [{ authority, path: ["tls", "authorities", index] }] : [],
  );
  return active.length === 1 ? active[0] : undefined;
}

function checkGenerations({ authorities = [] }: DraftTls): Fault[] {
  const first = new Map<number, number>();
  return authorities.flatMap(({ values: { generation } }, index): Fault[] => {
    if (generation === undefined) return [];
    const before = first.get(generation);
    if (before === undefined) {
      first.set(generation, index);
      return [];
    }
    const message = `${generation} is the generation of tls.authorities[${before}] already; give each authority a number that none has had before`;
    return [{ path: ["tls", "authorities", index, "generation"], message }];
  });
}

function checkPhases({ authorities }: DraftTls, oldPhases: readonly number[]): Fault[] {
  const path = ["tls", "authorities"];
  if (authorities === undefined) return [];
  if (authorities.length === 0) {
    return [{ path, message: "[] names no authority; leave it out, or name one in the phase active" }];
  }
  const faults: Fault[] = [];
  const active = inPhase(authorities, "active");
  if (active.length !== 1 && authorities.every(({ values }) => values.phase !== undefined)) {
    const old = oldPhaseAmong(
      active.map((one) => authorities.indexOf(one)),
      oldPhases,
    );
    const message = `${numberOf(active)} active${old}; allowed exactly one, which issues: put the phase active on it, and incoming or outgoing on the others`;
    faults.push({ path, message });
  }
  const incoming = inPhase(authorities, "incoming");
  if (incoming.length > 1) {
    const message = `${numberOf(incoming)} incoming; allowed one at a time: bring the next when this one is active`;
    faults.push({ path, message });
  }
  return faults;
}

function inPhase(authorities: readonly DraftAuthority[], phase: string): readonly DraftAuthority[] {
  return authorities.filter(({ values }) => values.phase === phase);
}

function numberOf(authorities: readonly DraftAuthority[]): string {
  if (authorities.length === 0) return "0 authorities are";
  const generations = authorities.map(({ values }) => values.generation ?? "?").join(", ");
  return `${authorities.length} authorities (generations ${generations}) are`;
}

/** What belongs to a certificate means nothing without it. */
function checkOwners({ authorities = [] }: DraftTls): Fault[] {
  return authorities.flatMap(({ given }, index) =>
    (["privateKey", "chain"] as const).flatMap((key): Fault[] => {
      if (given.has("certificate") || !given.has(key)) return [];
      const message = `is given without the certificate that it belongs to; give that too, or leave "${key}" out and have the authority made here`;
      return [{ path: ["tls", "authorities", index, key], message }];
    }),
  );
}

function checkLeaves(draft: Draft): Fault[] {
  const ids = [...draft.tls.leaves.keys()];
  const faults = ids.flatMap((id) =>
    notAPod(draft, id).map((message): Fault => ({ path: ["tls", "leaves", id], message })),
  );
  const active = activeAuthority(draft.tls);
  if (active === undefined || ids.length === 0 || active.authority.given.has("certificate")) return faults;
  const message = `are given for ${ids.join(", ")}, but ${named(active)} is made here and did not sign them; give that one the certificate of the authority that did, without its privateKey if you don't have it`;
  return [...faults, { path: ["tls", "leaves"], message }];
}

/** An active authority without its key can sign neither a pod's certificate nor a client's. */
function checkIssuing(draft: Draft): Fault[] {
  const active = activeAuthority(draft.tls);
  if (active === undefined) return [];
  const { given } = active.authority;
  if (!given.has("certificate") || given.has("privateKey")) return [];
  const path = [...active.path, "privateKey"];
  const faults: Fault[] = [];
  const without = knownPods(draft)?.filter((id) => !draft.tls.leaves.has(id)) ?? [];
  if (without.length > 0) {
    const message = `is missing, and so nobody can sign the certificates of the pods ${without.join(", ")}; give the key as a secret, or those pods' certificates in tls.leaves`;
    faults.push({ path, message });
  }
  const clients = draft.tls.clientCertificates.length;
  if (clients > 0) {
    const message = `can't be issued: ${named(active)} is given without its privateKey; give that as a secret, or leave the clients' certificates to whoever has it`;
    faults.push({ path: ["tls", "clientCertificates"], message });
  }
  return faults;
}

function named({ authority }: PlacedAuthority): string {
  return `the active authority (generation ${authority.values.generation ?? "?"})`;
}

/** The name of the certificate with which an operator's own commands log in. */
const reserved = "operator";

function checkClients({ clientCertificates }: DraftTls): Fault[] {
  return clientCertificates.flatMap((name, index): Fault[] => {
    if (name === undefined) return [];
    const path = ["tls", "clientCertificates", index];
    if (name === reserved) {
      const message = `${show(name)} is reserved for this project's own commands; choose another name`;
      return [{ path, message }];
    }
    const before = clientCertificates.indexOf(name);
    if (before === index) return [];
    return [{ path, message: `${show(name)} is tls.clientCertificates[${before}] already; name each once` }];
  });
}
