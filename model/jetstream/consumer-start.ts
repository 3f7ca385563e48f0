import type { ConsumerConfig, WantedConfig } from "./consumer-info.ts";
import type { Metadata } from "./ownership.ts";

/**
 * A recreated consumer goes on where the consumer before it stopped. For the servers it begins at a message
 * (`by_start_sequence`), and for this project it still delivers all. Its metadata tells it from a foreign consumer that
 * begins there.
 */

/** In the metadata of a recreated consumer, and of its helper: the sequence at which it begins. */
const startKey = "unityplan.start";
/** In the metadata of a helper alone: the name of the consumer whose place it keeps. */
const keepsKey = "unityplan.keeps-place-of";

/** At which message this project let the consumer begin; undefined: it did not. */
export function startIn(config: ConsumerConfig | undefined): number | undefined {
  const start = config?.opt_start_seq;
  return start !== undefined && config?.metadata?.[startKey] === String(start) ? start : undefined;
}

export function withStart(config: ConsumerConfig, start: number): WantedConfig {
  return {
    ...config,
    deliver_policy: "by_start_sequence",
    opt_start_seq: start,
    metadata: { ...config.metadata, [startKey]: String(start) },
  };
}

export function withoutStart(metadata: Metadata | undefined): Metadata {
  const { [startKey]: _start, [keepsKey]: _keeps, ...others } = metadata ?? {};
  return others;
}

/** The name of the helper that keeps the place of a consumer while the consumer is recreated. */
export function helperName(name: string): string {
  return `${name}-resume`;
}

export function asHelperOf(name: string, metadata: Metadata): Metadata {
  return { ...metadata, [keepsKey]: name };
}

/** The name of the consumer whose place this one keeps; undefined: it is no helper. */
export function keepsPlaceOf({ metadata }: ConsumerConfig): string | undefined {
  return metadata?.[keepsKey];
}
