import type { ClientTls } from "../tls/client-tls.ts";

/** What a stack tells of itself: the program gives them, `pulumi stack output` and the commands read them. */
export interface StackOutputs {
  readonly clusterName: string;
  readonly clientTls: ClientTls;
  /** By pod id. */
  readonly pods: Readonly<Record<string, PodOutputs>>;
  readonly streams: readonly string[];
  /** As `STREAM/CONSUMER`. */
  readonly consumers: readonly string[];
  /** PEM of the CAs that clients have to trust. */
  readonly caCertificate: string;
  /** NKey seed of the system account's user; secret. */
  readonly systemSeed: string;
  /** By application. */
  readonly clientCertificates: Readonly<Record<string, CertificateOutputs>>;
  /** The client certificate of this program itself, for who works on the cluster by hand. */
  readonly operatorCertificate: CertificateOutputs;
  /** For the time when the stack is down. Not there: the usual one, `SYS`. */
  readonly systemAccount?: string;
}

/** What a pod offers to those who use it. */
export interface PodOutputs {
  readonly serverName: string;
  readonly clientUrl: string;
  readonly clusterAddress: string;
  readonly monitorUrl: string;
  readonly dataVolume: string;
  /** RFC 3339. */
  readonly certificateExpires: string;
}

/** A client certificate with its key, in PEM. */
export interface CertificateOutputs {
  readonly certificate: string;
  /** Secret. */
  readonly privateKey: string;
}
