import { type ConsumerInputs, consumerFields } from "../contract/consumer.ts";
import type { Change, Diff, Previewed } from "../contract/properties.ts";
import type { ConsumerSpec } from "./consumer.ts";
import { sameValue } from "./consumer-canonical.ts";
import { type Known, missingMark } from "./ownership.ts";

/** With another one of these it is another consumer. */
const identity = ["stream", "name"] as const;

/**
 * nats-server's checkNewConsumerConfig: what it never changes in place. An update makes the consumer again under its
 * name: Pulumi's replacement would carry no place across, for its deletion knows the old state only, and its creation
 * the new inputs only.
 */
const madeAgain = ["deliverPolicy", "ackPolicy", "replayPolicy", "maxWaiting"] as const;

/** Names every changed property. Dials nothing: it compares what the state says with what is wanted. */
export function diffConsumer(state: ConsumerInputs & Partial<Known>, news: Previewed<ConsumerInputs>): Diff {
  const changes: Change[] = [];
  for (const path of Object.keys(consumerFields) as (keyof ConsumerInputs)[]) {
    // Its stream shows that change.
    if (path === "allowDataLoss") continue;
    const [from, to] = [state[path], news[path]];
    if (sameValue(path, from, to)) continue;
    const replaces = (identity as readonly string[]).includes(path);
    changes.push({
      path,
      kind: from === undefined ? "add" : to === undefined ? "delete" : "update",
      replaces,
    });
  }
  return { changes: [...changes, ...missingMark(state)], deleteBeforeReplace: true };
}

/** The properties in which a live consumer can't be brought to what is wanted. */
export function immutableDifferences(live: ConsumerSpec, wanted: ConsumerSpec): string[] {
  return [...identity, ...madeAgain]
    .filter((path) => !sameValue(path, live[path], wanted[path]))
    .map((path) => `${path} is ${JSON.stringify(live[path])} and should be ${JSON.stringify(wanted[path])}`);
}

/** The differences for which a consumer has to be recreated, as in `maxWaiting 512 → 256`. */
export function reasonsToMakeAgain(before: ConsumerSpec, after: ConsumerSpec): string[] {
  return madeAgain
    .filter((path) => !sameValue(path, before[path], after[path]))
    .map((path) => `${path} ${before[path]} → ${after[path]}`);
}
