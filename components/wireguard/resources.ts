import * as pulumi from "@pulumi/pulumi";
import type { MeshInputs } from "../../model/contract/mesh.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs } from "../inputs.ts";

/** Exists when every host of the VPN reaches every other host: see `provider/host/mesh.ts`. */
export class MeshGate extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<MeshInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.mesh, name, { ...args }, options);
  }
}
