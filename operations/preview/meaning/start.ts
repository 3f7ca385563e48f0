import type { ConsumerSpec } from "../../../model/jetstream/consumer.ts";

/** Where a consumer begins that has no place yet. */
export function startOf(policy: ConsumerSpec["deliverPolicy"]): string {
  const starts = {
    all: "from the first message on",
    last: "from the last message on",
    new: "with what comes from then on",
    last_per_subject: "with the last message of every subject",
  };
  return starts[policy];
}
