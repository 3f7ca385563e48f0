import type { ConsumerSpec } from "../../model/jetstream/consumer.ts";
import type { ConsumerInfo, LiveConsumer, WantedConfig } from "../../model/jetstream/consumer-info.ts";
import { consumerName } from "../../model/jetstream/names.ts";
import { type Found, type Known, markIn } from "../../model/jetstream/ownership.ts";
import { ask, isNotFound, type Limits, order } from "./asset-request.ts";

export type Identity = Pick<ConsumerSpec, "stream" | "name">;

/** undefined: there is no such consumer, or not even its stream. */
export function findConsumer(identity: Identity, limits: Limits): Promise<LiveConsumer | undefined> {
  const { stream, name } = identity;
  return ask(whatIs(identity), `CONSUMER.INFO.${stream}.${name}`, undefined, limits);
}

/** Creates or changes it, and never the one instead of the other. */
export function putConsumer(
  identity: Identity,
  action: "create" | "update",
  config: WantedConfig,
  limits: Limits,
): Promise<LiveConsumer> {
  const { stream, name } = identity;
  const request = { stream_name: stream, action, config };
  return order(whatIs(identity), `CONSUMER.CREATE.${stream}.${name}`, request, limits);
}

export async function deleteConsumer(identity: Identity, limits: Limits): Promise<void> {
  const { stream, name } = identity;
  try {
    await order(whatIs(identity), `CONSUMER.DELETE.${stream}.${name}`, undefined, limits);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/**
 * What the state remembers, with what the server says of an imported consumer's age: one of nats-server 2.10 says
 * another time after a restart, that of the copy and not of the consumer, and each copy its own (`setCreatedTime` in its
 * server/consumer.go). So until it is marked, such a consumer is told by its name alone.
 */
export function knownAs(known: Known, found: Found): Known {
  return known.generation === "" && found.mark === undefined ? { ...known, created: found.created } : known;
}

export function foundIn(info: ConsumerInfo): Found {
  return { mark: markIn(info.config.metadata), created: info.created };
}

export function idOf(identity: Identity): string {
  return consumerName.of(identity);
}

export function whatIs(identity: Identity): string {
  return `consumer ${idOf(identity)}`;
}

/** @throws when an import gives something else than STREAM/CONSUMER */
export function identityFrom(id: string): Identity {
  const identity = consumerName.parse(id);
  if (identity !== undefined) return identity;
  throw new Error(
    `"${id}" is not the id of a consumer; give STREAM/CONSUMER, for example GLOBAL_EVENTS/global-processor`,
  );
}
