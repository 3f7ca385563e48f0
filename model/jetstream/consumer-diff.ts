import { consumerFields } from "../contract/consumer.ts";
import type { Change, Diff, Previewed } from "../contract/properties.ts";
import type { ConsumerSpec } from "./consumer.ts";
import { sameValue } from "./consumer-canonical.ts";
import { type Known, missingMark } from "./ownership.ts";

/** nats-server's checkNewConsumerConfig: what it never changes in place. */
const immutable = ["stream", "name", "deliverPolicy", "ackPolicy", "replayPolicy", "maxWaiting"] as const;

/** Names every changed property. Dials nothing: it compares what the state says with what is wanted. */
export function diffConsumer(
  state: ConsumerSpec & Partial<Pick<Known, "generation">>,
  news: Previewed<ConsumerSpec>,
): Diff {
  const changes: Change[] = [];
  for (const path of Object.keys(consumerFields) as (keyof ConsumerSpec)[]) {
    const [from, to] = [state[path], news[path]];
    if (sameValue(path, from, to)) continue;
    const replaces = (immutable as readonly string[]).includes(path);
    changes.push({ path, kind: from === undefined ? "add" : "update", replaces });
  }
  return { changes: [...changes, ...missingMark(state)], deleteBeforeReplace: true };
}

/** The properties in which a live consumer can't be brought to what is wanted. */
export function immutableDifferences(live: ConsumerSpec, wanted: ConsumerSpec): string[] {
  return immutable
    .filter((path) => !sameValue(path, live[path], wanted[path]))
    .map((path) => `${path} is ${JSON.stringify(live[path])} and should be ${JSON.stringify(wanted[path])}`);
}
