import type { ClientTls } from "../tls/client-tls.ts";
import { type Fields, oneOf } from "./fields.ts";
import type { WithLater } from "./properties.ts";
import { address, clientUrl, fingerprint, present, texts } from "./server-fields.ts";

/** Inputs of `nats:server:Node`. */
export interface NodeInputs {
  /** server_name, which must be what answers at `url`. */
  readonly serverName: string;
  /** The server's client URL. */
  readonly url: string;
  /** `host:port` of its cluster port. */
  readonly clusterAddress: string;
  /** Fingerprint of the certificate that every port must serve. */
  readonly certificate: string;
  readonly clientTls: ClientTls;
  /** Fingerprint of the CA that issued the certificate. */
  readonly issuer: string;
  /** Fingerprints of the CAs in the server's trust bundle. */
  readonly trusted: readonly string[];
  /** Changes when the container was replaced, for whatever reason. */
  readonly containerId: string;
  /** Changes when the container is to be replaced: a digest of all it is started with. */
  readonly startDigest: string;
  /** Changes when any file in the configuration volume did. */
  readonly filesDigest: string;
}

/** What is known of a server as it was when all inputs of its `nats:server:Node` were last proven. */
interface ProvenNode extends NodeInputs {
  /** As in `2.15.1`. */
  readonly version: string;
  /** Since when it serves this certificate, by its own clock, RFC 3339: older sessions may use another certificate. */
  readonly servedSince: string;
}

/** State of `nats:server:Node`. */
export type NodeState = WithLater<
  ProvenNode,
  "clientTls" | "issuer" | "trusted" | "startDigest" | "version" | "servedSince"
>;

/**
 * What rules of an update ask of a server as it was last proven. What an older program did not leave is empty, or "off".
 */
export type ProvenServer = Omit<ProvenNode, "certificate" | "containerId" | "filesDigest">;

/** What is asked of a server whose trust is about to change: where it is, and since when it serves its certificate. */
export type TrustingServer = Pick<
  ProvenServer,
  "serverName" | "url" | "clusterAddress" | "clientTls" | "servedSince"
>;

export const nodeFields: Fields<keyof NodeInputs> = {
  serverName: present,
  url: clientUrl,
  clusterAddress: address,
  certificate: fingerprint,
  clientTls: oneOf(["off", "on", "required"], "off"),
  issuer: fingerprint,
  trusted: texts("fingerprints", 1),
  containerId: present,
  startDigest: present,
  filesDigest: present,
};
