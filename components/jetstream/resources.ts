import * as pulumi from "@pulumi/pulumi";
import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";

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

/** The stream is an output, so that a replaced stream brings its consumers along. */
export type ConsumerArgs = Omit<ConsumerSpec, "stream"> & { readonly stream: pulumi.Input<string> };

/** `nats:jetstream:Consumer`: see `provider/consumer/`. */
export class Consumer extends pulumi.CustomResource {
  constructor(name: string, args: ConsumerArgs, options: pulumi.CustomResourceOptions) {
    super("nats:jetstream:Consumer", name, { ...args }, options);
  }
}
