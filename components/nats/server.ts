import * as pulumi from "@pulumi/pulumi";
import type { ClusterGateInputs } from "../../model/contract/cluster-gate.ts";
import type { LookInputs } from "../../model/contract/look.ts";
import type { MembershipInputs } from "../../model/contract/membership.ts";
import type { NodeInputs, NodeState } from "../../model/contract/node.ts";
import type { PreflightInputs } from "../../model/contract/preflight.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs, StateOnly } from "../inputs.ts";

/** The servers of the cluster. Refuses a change that would lose a server: see `provider/server/membership.ts`. */
export class Membership extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<MembershipInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.membership, name, { ...args }, options);
  }
}

/** One running server with its files: see `provider/server/node.ts`. */
export class ServerNode extends pulumi.CustomResource {
  declare readonly containerId: pulumi.Output<string>;
  declare readonly filesDigest: pulumi.Output<string>;

  constructor(name: string, args: Inputs<NodeInputs>, options: pulumi.CustomResourceOptions) {
    const known: StateOnly<NodeState, NodeInputs> = { version: undefined, servedSince: undefined };
    super(natsTypes.node, name, { ...args, ...known }, options);
  }
}

/** Looks at all streams before the first server is touched: see `provider/server/look.ts`. */
export class Look extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<LookInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.look, name, { ...args }, options);
  }
}

/** Lets a server restart only while the cluster works without it: see `provider/server/preflight.ts`. */
export class Preflight extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<PreflightInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.preflight, name, { ...args }, options);
  }
}

/** Exists when the cluster is healthy: see `provider/server/cluster.ts`. */
export class ClusterGate extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<ClusterGateInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.clusterGate, name, { ...args }, options);
  }
}
