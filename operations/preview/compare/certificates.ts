import { leafNames } from "../../../plan/resource-names.ts";
import type { PartChange } from "../changes.ts";
import { authorityName, type CertificateDocument, type ServerDocument } from "../document/servers.ts";
import { type AuthorityDocument, madeHere, type TlsDocument } from "../document/tls.ts";
import { fieldDetails } from "./fields.ts";
import { part, propertyChange } from "./hosts.ts";
import { type Pair, pairsOf } from "./pairs.ts";

/** CAs and the certificates that are made here; those from elsewhere show as files of their servers. */
export function certificateChanges(before: Signed | undefined, after: Signed): PartChange[] {
  const leaves = pairsOf(leavesOf(before), leavesOf(after), ({ id }) => id);
  const authorities = pairsOf(before?.tls.authorities ?? [], after.tls.authorities, ({ generation }) =>
    String(generation),
  );
  return [
    ...authorities.flatMap(authorityChange),
    ...leaves.flatMap(leafChange),
    ...operatorChange(before?.tls.authorities ?? [], after.tls.authorities),
    ...propertyChange(
      "other",
      { id: "lifetimes", before: before && lifetimes(before), after: lifetimes(after) },
      [],
    ),
  ].filter(({ kind, verb }) => kind !== "other" || verb === "changed");
}

interface Signed {
  readonly tls: TlsDocument;
  readonly servers: readonly ServerDocument[];
}

/** What goes for the next ones alone: what is there keeps what it has. */
function lifetimes({ tls: { authorityLifetimeHours, renewBeforeHours } }: Signed) {
  return { authorityLifetimeHours, renewBeforeHours };
}

function authorityChange({ id, before, after }: Pair<AuthorityDocument>): PartChange[] {
  if (before === undefined) return [part("authority", id, "created")];
  if (after === undefined) return [part("authority", id, "deleted")];
  const details = fieldDetails(before, after);
  if (details.length === 0) return [];
  return [part("authority", id, before.certificate === after.certificate ? "changed" : "replaced", details)];
}

interface LeafDocument extends Omit<CertificateDocument, "chain" | "from"> {
  readonly id: string;
}

function leavesOf(signed: Signed | undefined): LeafDocument[] {
  if (signed === undefined) return [];
  const { tls, servers } = signed;
  const active = tls.authorities.find(({ phase }) => phase === "active");
  const issuer = active === undefined ? "" : authorityName(active);
  const made = servers.filter(({ certificate }) => certificate.from === madeHere);
  return [
    ...made.map(({ podId, certificate: { names, lifetimeHours } }) => ({
      id: leafNames.pod.of(podId),
      issuer,
      names,
      lifetimeHours,
    })),
    ...tls.clientCertificates.map((name) => ({
      id: leafNames.client.of(name),
      issuer,
      names: [],
      lifetimeHours: tls.leafLifetimeHours,
    })),
  ];
}

/** A certificate is never changed: another one takes its place, with another key. */
function leafChange({ id, before, after }: Pair<LeafDocument>): PartChange[] {
  if (before === undefined) return [part("leaf", id, "created")];
  if (after === undefined) return [part("leaf", id, "deleted")];
  const details = fieldDetails(before, after);
  return details.length === 0 ? [] : [part("leaf", id, "replaced", details)];
}

/** Each CA that can issue has its own certificate for this project's commands. */
function operatorChange(
  before: readonly AuthorityDocument[],
  after: readonly AuthorityDocument[],
): PartChange[] {
  const names = (all: readonly AuthorityDocument[]) => all.filter(({ issues }) => issues).map(authorityName);
  const [from, to] = [names(before), names(after)];
  const come = to.some((name) => !from.includes(name));
  const goes = from.some((name) => !to.includes(name));
  if (!come && !goes) return [];
  return [part("leaf", "operator", come ? (goes ? "changed" : "created") : "deleted")];
}
