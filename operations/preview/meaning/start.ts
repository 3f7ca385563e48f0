import type { ConsumerSpec } from "../../../model/jetstream/consumer.ts";

/** Where a new consumer starts. */
export function startOf(policy: ConsumerSpec["deliverPolicy"]): string {
  const starts = {
    all: "from the first message on",
    last: "from the last message on",
    new: "with messages that come from then on",
    last_per_subject: "with the last message of every subject",
  };
  return starts[policy];
}
