import { type DialledBy, dialledBy, serverNameOf } from "../pod-names.ts";
import { authorityProblems, chainProblems, keyProblems, leafProblems } from "./certificate-faults.ts";
import { hostOf } from "./check-pods.ts";
import { activeAuthority } from "./check-tls.ts";
import type { Draft, DraftAuthority, Salvaged } from "./draft.ts";
import type { Fault } from "./faults.ts";
import { hiddenSecret } from "./reading.ts";
import type { leafShape } from "./tls-schema.ts";

type Path = readonly PropertyKey[];

/**
 * Checks the content of given certificates and keys. Secrets that are not decrypted stay unchecked.
 * @param now undefined: no date is checked
 */
export function checkCertificates(draft: Draft, now: Date | undefined): Fault[] {
  const { authorities = [], leaves } = draft.tls;
  return [
    ...authorities.flatMap((authority, index) =>
      checkAuthority(authority, ["tls", "authorities", index], now),
    ),
    ...[...leaves].flatMap(([id, leaf]) => checkLeaf(draft, id, leaf, now)),
  ];
}

/** When every secret is decrypted, a value that still looks like a hidden secret is not a certificate. */
export function checkNothingHidden({ tls: { authorities = [], leaves } }: Draft): Fault[] {
  const placed: readonly (readonly [Path, object])[] = [
    ...authorities.map(({ values }, index) => [["tls", "authorities", index], values] as const),
    ...[...leaves].map(([id, { values }]) => [["tls", "leaves", id], values] as const),
  ];
  const message = `is the word "${hiddenSecret}", not PEM text; give the certificate or the key itself`;
  return placed.flatMap(([path, values]) =>
    Object.entries(values).flatMap(([key, value]) =>
      value === hiddenSecret ? [{ path: [...path, key], message }] : [],
    ),
  );
}

function checkAuthority({ values }: DraftAuthority, path: Path, now: Date | undefined): Fault[] {
  const certificate = seen(values.certificate);
  return [
    ...at([...path, "certificate"], certificate, (pem) => authorityProblems(pem, values.phase, now)),
    ...at([...path, "chain"], seen(values.chain), (pem) => chainProblems(pem, certificate)),
    ...at([...path, "privateKey"], seen(values.privateKey), (pem) => keyProblems(pem, certificate)),
  ];
}

function checkLeaf(
  draft: Draft,
  id: string,
  { values }: Salvaged<typeof leafShape>,
  now: Date | undefined,
): Fault[] {
  const path = ["tls", "leaves", id];
  const certificate = seen(values.certificate);
  const authorityPem = seen(activeAuthority(draft.tls)?.authority.values.certificate);
  const wanted = { authorityPem, ...dialled(draft, id) };
  return [
    ...at([...path, "certificate"], certificate, (pem) => leafProblems(pem, wanted, now)),
    ...at([...path, "privateKey"], seen(values.privateKey), (pem) => keyProblems(pem, certificate)),
  ];
}

function seen(pem: string | undefined): string | undefined {
  return pem === hiddenSecret ? undefined : pem;
}

function at(path: Path, pem: string | undefined, problemsOf: (pem: string) => readonly string[]): Fault[] {
  return pem === undefined ? [] : problemsOf(pem).map((message) => ({ path, message }));
}

/** Empty if the pod's name or its host's address has a fault of its own. */
function dialled({ cluster, hosts, pods = [] }: Draft, id: string): DialledBy {
  const pod = pods.find(({ values }) => values.id === id);
  const host = pod && hosts.get(hostOf(pod.values, [...hosts.keys()]) ?? "");
  const { resourcePrefix } = cluster.values;
  const inVpn = host?.given.has("wireguard") === true;
  const address = inVpn ? host.wireguard.values.address : host?.values.publishAddress;
  if (resourcePrefix === undefined || address === undefined) return { dnsNames: [], ipAddresses: [] };
  return dialledBy(serverNameOf({ id, serverName: pod?.values.serverName }, resourcePrefix), address, inVpn);
}
