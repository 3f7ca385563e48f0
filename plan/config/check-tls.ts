import { notAPod } from "./check-pods.ts";
import { type Draft, type DraftAuthority, type DraftTls, knownPods } from "./draft.ts";
import { type Fault, show } from "./faults.ts";
import { oldPhaseAmong } from "./old-words.ts";

/**
 * CAs, leaves and clients' certificates against each other and the pods. Their content is not read.
 * @param oldPhases places of the CAs whose phase has the old word
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

/** The one active CA. undefined: there is not exactly one, or a phase is faulty. */
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
    const message = `${generation} is the generation of tls.authorities[${before}] already; give each CA a number that no CA had before`;
    return [{ path: ["tls", "authorities", index, "generation"], message }];
  });
}

function checkPhases({ authorities }: DraftTls, oldPhases: readonly number[]): Fault[] {
  const path = ["tls", "authorities"];
  if (authorities === undefined) return [];
  if (authorities.length === 0) {
    return [{ path, message: "[] names no CA; remove tls.authorities, or name a CA with phase: active" }];
  }
  const faults: Fault[] = [];
  const active = inPhase(authorities, "active");
  if (active.length !== 1 && authorities.every(({ values }) => values.phase !== undefined)) {
    const old = oldPhaseAmong(
      active.map((one) => authorities.indexOf(one)),
      oldPhases,
    );
    const message = `${numberOf(active)} active${old}; allowed exactly one. Write phase: active for the CA that issues certificates, and incoming or outgoing for every other CA`;
    faults.push({ path, message });
  }
  const incoming = inPhase(authorities, "incoming");
  if (incoming.length > 1) {
    const message = `${numberOf(incoming)} incoming; allowed one at a time: add the next CA when the first one is active`;
    faults.push({ path, message });
  }
  return faults;
}

function inPhase(authorities: readonly DraftAuthority[], phase: string): readonly DraftAuthority[] {
  return authorities.filter(({ values }) => values.phase === phase);
}

function numberOf(authorities: readonly DraftAuthority[]): string {
  if (authorities.length === 0) return "0 CAs are";
  const generations = authorities.map(({ values }) => values.generation ?? "?").join(", ");
  return `${authorities.length} CAs (generations ${generations}) are`;
}

/** A key or a chain has no meaning without its certificate. */
function checkOwners({ authorities = [] }: DraftTls): Fault[] {
  return authorities.flatMap(({ given }, index) =>
    (["privateKey", "chain"] as const).flatMap((key): Fault[] => {
      if (given.has("certificate") || !given.has(key)) return [];
      const message = `is given without its certificate; give "certificate" too, or remove "${key}": then the update makes the CA`;
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
  const message = `are given for ${ids.join(", ")}, but ${named(active)} is made by an update and did not sign them; give the active CA the certificate of the CA that signed them, and its privateKey if you have it`;
  return [...faults, { path: ["tls", "leaves"], message }];
}

/** An active CA without its key can sign neither a pod's certificate nor a client's. */
function checkIssuing(draft: Draft): Fault[] {
  const active = activeAuthority(draft.tls);
  if (active === undefined) return [];
  const { given } = active.authority;
  if (!given.has("certificate") || given.has("privateKey")) return [];
  const path = [...active.path, "privateKey"];
  const faults: Fault[] = [];
  const without = knownPods(draft)?.filter((id) => !draft.tls.leaves.has(id)) ?? [];
  if (without.length > 0) {
    const message = `is missing, so the active CA can't sign the certificates of the pods ${without.join(", ")}; give the key as a secret, or give the certificates of these pods in tls.leaves`;
    faults.push({ path, message });
  }
  const clients = draft.tls.clientCertificates.length;
  if (clients > 0) {
    const message = `can't be issued: ${named(active)} is given without its privateKey; give the privateKey as a secret, or remove clientCertificates and issue them where the privateKey is`;
    faults.push({ path: ["tls", "clientCertificates"], message });
  }
  return faults;
}

function named({ authority }: PlacedAuthority): string {
  return `the active CA (generation ${authority.values.generation ?? "?"})`;
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
