import * as pulumi from "@pulumi/pulumi";
import type { MeshInputs } from "../../model/contract/mesh.ts";
import type { Inputs } from "../inputs.ts";

/** There when every host of the VPN reaches every other one: see `provider/host/mesh.ts`. */
export class MeshGate extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<MeshInputs>, options: pulumi.CustomResourceOptions) {
    super("nats:host:Mesh", name, { ...args }, options);
  }
}
