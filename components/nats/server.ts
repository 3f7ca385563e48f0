import * as pulumi from "@pulumi/pulumi";
import type { ClientTls } from "../../model/tls/client-tls.ts";

export interface MembershipArgs {
  readonly clusterName: pulumi.Input<string>;
  /** server_name of every configured server. */
  readonly servers: pulumi.Input<readonly string[]>;
  readonly systemAccount: string;
}

/** Who belongs to the cluster; refuses what would lose one: see `provider/server/membership.ts`. */
export class Membership extends pulumi.CustomResource {
  constructor(name: string, args: MembershipArgs, options: pulumi.CustomResourceOptions) {
    super("nats:server:Membership", name, { ...args }, options);
  }
}

export interface ServerNodeArgs {
  readonly serverName: pulumi.Input<string>;
  /** The server's client URL. */
  readonly url: pulumi.Input<string>;
  /** `host:port` of its cluster port. */
  readonly clusterAddress: pulumi.Input<string>;
  /** SHA-256 fingerprint of the certificate that every port must serve. */
  readonly certificate: pulumi.Input<string>;
  readonly clientTls: ClientTls;
  /** Fingerprint of the authority that issued it. */
  readonly issuer: pulumi.Input<string>;
  /** Fingerprints of the authorities in the server's trust bundle. */
  readonly trusted: pulumi.Input<readonly pulumi.Input<string>[]>;
  readonly containerId: pulumi.Input<string>;
  /** Digest of all that the container is started with. */
  readonly startDigest: string;
  /** Digest of all files in the server's configuration volume. */
  readonly filesDigest: pulumi.Input<string>;
}

/** One running server with the files it was given: see `provider/server/node.ts`. */
export class ServerNode extends pulumi.CustomResource {
  declare readonly containerId: pulumi.Output<string>;
  declare readonly filesDigest: pulumi.Output<string>;

  constructor(name: string, args: ServerNodeArgs, options: pulumi.CustomResourceOptions) {
    super("nats:server:Node", name, { ...args, version: undefined, servedSince: undefined }, options);
  }
}

export interface PreflightArgs {
  readonly serverName: string;
  /** Servers take turns. */
  readonly rolling: boolean;
  /** server_name of every server that an update has proven before. */
  readonly known: readonly string[];
  /** Servers that this update is done with. */
  readonly done: readonly string[];
  /** Digest of all that the container is to be started with. */
  readonly planned: string;
  /** That digest as it was last proven; empty for a server that never was. */
  readonly proven: string;
}

/** Lets a server restart only while the others can do without it: see `provider/server/preflight.ts`. */
export class Preflight extends pulumi.CustomResource {
  constructor(name: string, args: PreflightArgs, options: pulumi.CustomResourceOptions) {
    super("nats:server:Preflight", name, { ...args }, options);
  }
}

export interface ClusterGateArgs {
  readonly clusterName: pulumi.Input<string>;
  /** server_name of every configured server. */
  readonly servers: pulumi.Input<readonly string[]>;
  /** Streams that have to be healthy where they are there already. */
  readonly streams: pulumi.Input<readonly string[]>;
  /** Changes when any server was restarted or reloaded. */
  readonly revision: pulumi.Input<readonly pulumi.Input<string>[]>;
}

/** There when the cluster is whole: see `provider/server/cluster.ts`. */
export class ClusterGate extends pulumi.CustomResource {
  constructor(name: string, args: ClusterGateArgs, options: pulumi.CustomResourceOptions) {
    super("nats:server:Cluster", name, { ...args }, options);
  }
}
