import { clientUrl, clusterAddress } from "../../../plan/endpoints.ts";
import { renderConf } from "../../../plan/render/nats-conf.ts";
import { type ServerContainer, serverContainer, startDigest } from "../../../plan/render/server-container.ts";
import type { PodPlan, Topology } from "../../../plan/topology.ts";
import { type AuthorityDocument, madeHere, type TlsDocument } from "./tls.ts";

/** One pod's server with everything it is started with, and every file it is given. */
export interface ServerDocument {
  readonly podId: string;
  readonly serverName: string;
  readonly hostId: string;
  readonly dataVolume: string;
  readonly configurationVolume: string;
  /** Empty: the server is in the network of its host. */
  readonly podNetwork: string;
  readonly url: string;
  readonly clusterAddress: string;
  readonly container: ServerContainer;
  /** Another one: the container is replaced. */
  readonly startDigest: string;
  readonly restartGeneration: number;
  /** nats.conf, without the one key in it. */
  readonly conf: string;
  /** What its certificate is, as far as it is known before it is made. */
  readonly certificate: CertificateDocument;
  /** The CAs that it trusts. */
  readonly trusted: readonly string[];
  /** The next update leaves it as it is. */
  readonly leftOut: boolean;
}

/** What makes one certificate another one. */
export interface CertificateDocument {
  /** `made here`, or what a certificate from elsewhere is known by. */
  readonly from: string;
  readonly issuer: string;
  /** Digest of what is sent with it. */
  readonly chain: string;
  readonly names: readonly string[];
  /** 0 for one from elsewhere. */
  readonly lifetimeHours: number;
}

/** It is made by the first update, and there is no other one to be mixed up with. */
const anyUser = "(public key of the system user)";

export function serverDocument(
  pod: PodPlan,
  { cluster, rollout }: Topology,
  tls: TlsDocument,
): ServerDocument {
  const container = serverContainer(pod, cluster);
  return {
    podId: pod.id,
    serverName: pod.serverName,
    hostId: pod.hostId,
    dataVolume: pod.dataVolume,
    configurationVolume: pod.configurationVolume,
    podNetwork: pod.networks?.pod ?? "",
    url: clientUrl(pod),
    clusterAddress: clusterAddress(pod),
    container,
    startDigest: startDigest(container),
    restartGeneration: cluster.restartGeneration,
    conf: renderConf(pod, cluster, anyUser),
    certificate: certificateOf(pod, tls),
    trusted: tls.authorities.map(authorityName),
    leftOut: rollout.skip.includes(pod.id),
  };
}

function certificateOf(pod: PodPlan, tls: TlsDocument): CertificateDocument {
  const given = new Map(Object.entries(tls.givenLeaves)).get(pod.id);
  if (given !== undefined)
    return { from: given.fingerprint, issuer: "", chain: given.digest, names: [], lifetimeHours: 0 };
  const issuer = tls.authorities.find(({ phase }) => phase === "active");
  return {
    from: madeHere,
    issuer: issuer === undefined ? "" : authorityName(issuer),
    chain: issuer?.chain ?? "",
    names: [...new Set([...pod.dnsNames, ...pod.ipAddresses])].sort(),
    lifetimeHours: tls.leafLifetimeHours,
  };
}

/** The identity of a CA. Of a CA that is made here, nothing else is known before the update. */
export function authorityName({ generation, certificate }: AuthorityDocument): string {
  return certificate === madeHere ? `authority ${generation}` : certificate;
}
