import { X509Certificate } from "node:crypto";
import { ClusterClient } from "../../client/cluster-client.ts";
import { type LiveDependence, lookAtDependence } from "../../client/dependence.ts";
import type { ProvenServer } from "../../model/contract/node.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { IssuedCertificate } from "../../model/tls/dependence.ts";
import { provenServer } from "../../plan/transitions/deployed-state.ts";
import { accessOf, type Stack, type StateResource } from "../stack/stack.ts";
import type { Phase } from "./walk.ts";

/** What the state has about the CAs. */
export interface Trusted {
  /** PEM by generation. */
  readonly authorities: Readonly<Record<string, string>>;
  readonly issued: readonly IssuedCertificate[];
  readonly servers: readonly ProvenServer[];
  /** The highest number that a CA has ever had. */
  readonly lastGeneration: number;
}

/** @returns undefined if the stack was never up with CAs that have phases */
export function trustedIn(resources: readonly StateResource[]): Trusted | undefined {
  const outputs = resources.find(({ type }) => type === natsTypes.trust)?.outputs;
  if (outputs === undefined) return undefined;
  const nodes = resources.filter(({ type }) => type === natsTypes.node);
  return {
    authorities: outputs.authorities as Trusted["authorities"],
    issued: outputs.issued as Trusted["issued"],
    servers: nodes.map((node) => provenServer(node.outputs ?? {}, "")),
    lastGeneration: Number(outputs.lastGeneration ?? 0),
  };
}

/** Whether every server was proven to have the certificate and the CAs of the configuration. */
export function isDone(trusted: Trusted, authorities: readonly Phase[]): boolean {
  const fingerprints = fingerprintsOf(trusted);
  const wanted = authorities.map(({ generation }) => fingerprints.get(generation));
  const active = authorities.find(({ phase }) => phase === "active")?.generation ?? 0;
  return trusted.servers.every(
    // A server that only an older program has proven has no bundle in the state.
    ({ issuer, trusted: bundle }) =>
      issuer === fingerprints.get(active) &&
      bundle.length === wanted.length &&
      wanted.every((fingerprint) => fingerprint !== undefined && bundle.includes(fingerprint)),
  );
}

/** Whether a server still trusts a CA that the configuration no longer has: the last step of a rotation. */
export function isGoing(trusted: Trusted, authorities: readonly Phase[]): boolean {
  const fingerprints = fingerprintsOf(trusted);
  const stays = (generation: number) => authorities.some((one) => one.generation === generation);
  const wanted = [...fingerprints].flatMap(([generation, fingerprint]) =>
    stays(generation) ? [fingerprint] : [],
  );
  return (
    wanted.length < fingerprints.size ||
    trusted.servers.some(({ trusted: bundle }) => bundle.some((one) => !wanted.includes(one)))
  );
}

function fingerprintsOf({ authorities }: Trusted): Map<number, string> {
  return new Map(
    Object.entries(authorities).map(([generation, pem]) => [
      Number(generation),
      new X509Certificate(pem).fingerprint256,
    ]),
  );
}

/** Asks the servers what depends on the CAs that are not among `kept`; undefined if no CA is removed. */
export async function dependenceOf(
  stack: Stack,
  trusted: Trusted,
  kept: readonly Phase[],
): Promise<LiveDependence | undefined> {
  const stays = ([generation]: [string, string]) => kept.some((one) => String(one.generation) === generation);
  const all = Object.entries(trusted.authorities);
  const authorities = {
    dropped: all.filter((one) => !stays(one)).map(([, pem]) => pem),
    kept: all.filter(stays).map(([, pem]) => pem),
  };
  if (authorities.dropped.length === 0) return undefined;
  const cluster = new ClusterClient(accessOf(await stack.outputs(), stack.topology));
  try {
    const connection = await cluster.system(Date.now() + patienceMs);
    return await lookAtDependence(connection, authorities, trusted.issued, trusted.servers, cluster.dialer);
  } finally {
    await cluster.close();
  }
}

const patienceMs = 15_000;
