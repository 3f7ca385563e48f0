import type { ClusterClient } from "../../client/cluster-client.ts";
import type { Limits } from "../../client/jetstream/asset-request.ts";
import { findConsumer, foundIn, identityFrom } from "../../client/jetstream/consumer-api.ts";
import { lossByDeletion, lossByFilters } from "../../client/jetstream/measure.ts";
import type { ConsumerInputs } from "../../model/contract/consumer.ts";
import { reasonsToMakeAgain } from "../../model/jetstream/consumer-diff.ts";
import { helperName } from "../../model/jetstream/consumer-start.ts";
import { dropsSubjects } from "../../model/jetstream/loss/changes.ts";
import { isHelperOf, refusedByName, remakeOf } from "../../model/jetstream/loss/consumer-place.ts";
import type { Owner } from "../../model/jetstream/ownership.ts";
import type { StreamSpec } from "../../model/jetstream/stream.ts";
import type { Change, ConsumerChange } from "./changes.ts";
import type { ConsumerFacts } from "./meaning/consumer-facts.ts";

/** What the servers report of the consumers that are to change. */
export interface LiveConsumers {
  /** By id. */
  readonly facts: ReadonlyMap<string, ConsumerFacts>;
  /** Why `up` would be refused. */
  readonly refusals: readonly string[];
  /** Why some did not answer. */
  readonly silent: readonly string[];
}

export interface ConsumerRequest {
  readonly cluster: ClusterClient;
  /** Of each consumer, less its name: the project and the stack. */
  readonly owner: Omit<Owner, "name">;
  /** As they are planned: they are changed before their consumers. */
  readonly streams: readonly StreamSpec[];
}

const patienceMs = 15_000;

/** Asks what happens to the places of consumers, and to messages that wait for a consumer to be deleted. Changes nothing. */
export async function askConsumers(
  changes: readonly Change[],
  request: ConsumerRequest,
): Promise<LiveConsumers> {
  const consumers = changes.filter((change) => change.what === "consumer");
  const asked = await Promise.all(consumers.map((change) => askConsumer(change, request)));
  return {
    facts: new Map(asked.flatMap(({ id, facts }) => (facts === undefined ? [] : [[id, facts] as const]))),
    refusals: asked.flatMap(({ refusal }) => refusal ?? []),
    silent: asked.flatMap(({ fault }) => fault ?? []),
  };
}

interface Asked {
  readonly id: string;
  readonly facts?: ConsumerFacts;
  readonly refusal?: string;
  readonly fault?: string;
}

async function askConsumer(
  { id, verb, before, after }: ConsumerChange,
  request: ConsumerRequest,
): Promise<Asked> {
  const limits = { cluster: request.cluster, deadline: Date.now() + patienceMs, progress: () => {} };
  try {
    if (verb === "deleted" || verb === "replaced") return { id, facts: await askOfDeletion(id, limits) };
    if (before === undefined || after === undefined) return { id };
    if (reasonsToMakeAgain(before, after).length > 0)
      return { id, ...(await askOfRemake(after, request, limits)) };
    const live = dropsSubjects(before.filterSubjects, after.filterSubjects)
      ? await findConsumer(after, limits)
      : undefined;
    return live === undefined
      ? { id }
      : { id, facts: { messages: await lossByFilters(live, after, limits) } };
  } catch (error) {
    return { id, fault: `no server answered about ${id}: ${(error as Error).message}` };
  }
}

async function askOfDeletion(id: string, limits: Limits): Promise<ConsumerFacts> {
  const identity = identityFrom(id);
  const live =
    (await findConsumer(identity, limits)) ??
    (await findConsumer({ ...identity, name: helperName(identity.name) }, limits));
  return { messages: live === undefined ? 0 : await lossByDeletion(identity.name, live, limits) };
}

async function askOfRemake(
  wanted: ConsumerInputs,
  { owner, streams }: ConsumerRequest,
  limits: Limits,
): Promise<Omit<Asked, "id">> {
  const helper = await findConsumer({ ...wanted, name: helperName(wanted.name) }, limits);
  const isOwn = helper !== undefined && isHelperOf(wanted.name, helper, { ...owner, name: "" });
  // An update that died has left the helper, and the next update goes on from the helper.
  const live = (await findConsumer(wanted, limits)) ?? (isOwn ? helper : undefined);
  if (live === undefined) return {};
  const retention = streams.find(({ name }) => name === wanted.stream)?.retention ?? "limits";
  const remake = remakeOf(live, wanted, retention);
  return remake.helper !== undefined && helper !== undefined && !isOwn
    ? { refusal: refusedByName(wanted, foundIn(helper).mark) }
    : { facts: { misplaced: remake.misplaced } };
}
