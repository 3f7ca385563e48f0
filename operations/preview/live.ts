import { ClusterClient } from "../../client/cluster-client.ts";
import type { Limits } from "../../client/jetstream/asset-request.ts";
import { losses } from "../../client/jetstream/measure.ts";
import { findStream, foundIn } from "../../client/jetstream/stream-api.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { Verdict } from "../../model/jetstream/loss/first-look.ts";
import { belongsTo, isOfStack, type Mark } from "../../model/jetstream/ownership.ts";
import { restartsAll } from "../../plan/render/server-container.ts";
import { hindrances } from "../rotate/hindrances.ts";
import { dependenceOf, trustedIn } from "../rotate/trusted.ts";
import { accessOf, type Stack, type StateResource } from "../stack/stack.ts";
import { settled } from "../status/settled.ts";
import type { Change, StreamChange } from "./changes.ts";
import { askConsumers } from "./live-consumers.ts";
import { lookAhead } from "./live-look.ts";
import type { ConsumerFacts } from "./meaning/consumer-facts.ts";
import type { StreamFacts } from "./meaning/stream-facts.ts";

/** What only the servers know. */
export interface Live {
  /** Of the streams that are to change, by name. */
  readonly facts: ReadonlyMap<string, StreamFacts>;
  /** What the look before the first server will find; undefined: no server answers. */
  readonly look: Verdict | undefined;
  /** The same of consumers, by id. */
  readonly consumerFacts: ReadonlyMap<string, ConsumerFacts>;
  /** Why `up` would be refused. */
  readonly faults: readonly string[];
  /** What is not as it should be now, before any change. */
  readonly unhealthy: readonly string[];
  /** Whether every question was answered. */
  readonly complete: boolean;
}

const patienceMs = 15_000;

/** Asks the servers what the changes would do to them. Changes nothing. */
export async function askServers(stack: Stack, changes: readonly Change[]): Promise<Live> {
  const [outputs, resources] = await Promise.all([stack.outputs(), stack.resources()]);
  const cluster = new ClusterClient(accessOf(outputs, stack.topology));
  try {
    const streams = changes.filter((change) => change.what === "stream");
    const owner = { project: "unityplan-nats", stack: stack.name };
    const [consumers, asked, unhealthy, faults, look] = await Promise.all([
      askConsumers(changes, { cluster, owner, streams: stack.topology.streams }),
      Promise.all(streams.map((change) => askStream(cluster, change, stack.name))),
      healthOf(cluster, outputs),
      authorityFaults(stack, resources),
      lookAhead(cluster, stack, resources),
    ]);
    const silent = [
      ...asked.flatMap((one) => (one !== undefined && "fault" in one ? [one.fault] : [])),
      ...consumers.silent,
    ];
    return {
      facts: new Map(asked.flatMap((one) => (one !== undefined && "facts" in one ? [one.facts] : []))),
      consumerFacts: consumers.facts,
      look,
      faults: [
        ...faults,
        ...(look?.refusals ?? []),
        ...consumers.refusals,
        ...asked.flatMap((one) => (one !== undefined && "refusal" in one ? [one.refusal] : [])),
      ],
      unhealthy: [...silent, ...unhealthy],
      complete: silent.length === 0,
    };
  } finally {
    await cluster.close();
  }
}

type Asked =
  | { readonly facts: readonly [string, StreamFacts] }
  /** Why `up` would be refused. */
  | { readonly refusal: string }
  /** Why there was no answer. */
  | { readonly fault: string };

/** A `create` takes over only what this stack has made: provider/stream/create.ts. */
function takenBy(id: string, mark: Mark | undefined, stack: string): Asked | undefined {
  if (isOfStack(mark, { project: "unityplan-nats", stack, name: id })) return undefined;
  return {
    refusal: `the stream ${id} exists already and ${belongsTo(mark)}: import it (the refusal of \`up\` prints the command), or give your stream another name`,
  };
}

async function askStream(
  cluster: ClusterClient,
  { id, before, after }: StreamChange,
  stack: string,
): Promise<Asked | undefined> {
  const limits: Limits = { cluster, deadline: Date.now() + patienceMs, progress: () => {} };
  try {
    const found = await findStream(id, limits);
    if (before === undefined)
      return found === undefined ? undefined : takenBy(id, foundIn(found).mark, stack);
    if (found === undefined) return { facts: [id, { messages: 0, losses: [] }] };
    const lost = after === undefined ? [] : await losses(found, after, limits);
    return { facts: [id, { messages: found.state.messages, losses: lost }] };
  } catch (error) {
    return { fault: `no server answered about ${id}: ${(error as Error).message}` };
  }
}

async function healthOf(cluster: ClusterClient, outputs: StackOutputs): Promise<string[]> {
  return (await settled(cluster, outputs)).faults;
}

/** Why the servers still need a CA that the configuration drops: `up` would be refused. */
async function authorityFaults(stack: Stack, resources: readonly StateResource[]): Promise<string[]> {
  const trusted = trustedIn(resources);
  if (trusted === undefined) return [];
  const found = await dependenceOf(stack, trusted, stack.topology.tls.authorities);
  if (found === undefined) return [];
  return hindrances(found, restartsAll(stack.topology, trusted.servers));
}
