import * as pulumi from "@pulumi/pulumi";
import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import { natsTypes } from "../../model/resource-types.ts";
import type { Inputs } from "../inputs.ts";

/** `nats:jetstream:Stream`: see `provider/stream/`. */
export class Stream extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<StreamInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.stream, name, { ...args }, options);
  }
}

/** `nats:jetstream:Consumer`: see `provider/consumer/`. Its stream is an output, so a replaced stream also replaces its consumers. */
export class Consumer extends pulumi.CustomResource {
  constructor(name: string, args: Inputs<ConsumerInputs>, options: pulumi.CustomResourceOptions) {
    super(natsTypes.consumer, name, { ...args }, options);
  }
}
