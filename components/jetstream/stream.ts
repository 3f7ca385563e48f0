import * as pulumi from "@pulumi/pulumi";
import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import type { StreamInputs } from "../../model/contract/stream.ts";
import { componentTypes } from "../../model/resource-types.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import { Consumer, Stream } from "./resources.ts";

export interface JetStreamStreamArgs {
  readonly stream: StreamInputs;
  /** The durable consumers of this stream. */
  readonly consumers: readonly ConsumerInputs[];
  /**
   * The resource that the stream lives in. When it is deleted, Pulumi forgets the stream and deletes nothing on the
   * servers: the data stays in the volumes, and the next `up` takes the stream over again.
   */
  readonly livesIn: pulumi.Resource;
  /** Streams that release subjects for this stream in this update: no two streams may have one subject. */
  readonly after: readonly pulumi.Resource[];
}

/** A stream with its consumers. */
export class JetStreamStream extends pulumi.ComponentResource {
  readonly stream: pulumi.Resource;

  constructor(name: string, args: JetStreamStreamArgs, options: pulumi.ComponentResourceOptions) {
    super(componentTypes.stream, name, {}, options);
    const child = { parent: this, deletedWith: args.livesIn, dependsOn: [args.livesIn] };
    const stream = new Stream(resourceNames.stream.of(args.stream.name), args.stream, {
      ...child,
      dependsOn: [args.livesIn, ...args.after],
    });
    this.stream = stream;
    for (const consumer of args.consumers) {
      const inStream = { ...consumer, stream: stream.id };
      new Consumer(resourceNames.consumer.of(consumer), inStream, { ...child, dependsOn: [stream] });
    }
    this.registerOutputs({});
  }
}
