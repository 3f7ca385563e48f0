import * as pulumi from "@pulumi/pulumi";
import type { ConsumerSpec } from "../../model/consumer.ts";
import type { StreamSpec } from "../../model/stream.ts";

/** `nats:jetstream:Stream`: see `provider/stream/`. */
export class Stream extends pulumi.CustomResource {
  constructor(
    name: string,
    args: StreamSpec & { allowDataLoss: boolean },
    options: pulumi.CustomResourceOptions,
  ) {
    super("nats:jetstream:Stream", name, { ...args }, options);
  }
}

/** `nats:jetstream:Consumer`: see `provider/consumer/`. */
export class Consumer extends pulumi.CustomResource {
  constructor(name: string, args: ConsumerSpec, options: pulumi.CustomResourceOptions) {
    super("nats:jetstream:Consumer", name, { ...args }, options);
  }
}
