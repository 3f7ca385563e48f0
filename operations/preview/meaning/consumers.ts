import type { ConsumerChange } from "../changes.ts";
import { listed, type Sentence, says } from "./sentence.ts";

/**
 * What becomes of consumers and of where they are in their streams.
 * @param replacedStreams names of the streams that are made anew, and their consumers with them
 */
export function consumerMeaning(
  changes: readonly ConsumerChange[],
  replacedStreams: ReadonlySet<string>,
): Sentence[] {
  return changes.flatMap(({ id, verb, after, details }): Sentence[] => {
    switch (verb) {
      case "created":
        return [says(`${id} is created${after === undefined ? "" : `, ${startOf(after.deliverPolicy)}`}.`)];
      case "deleted":
        return [
          says(
            `${id} is deleted with its position: a later one of that name starts anew. The messages stay in the stream.`,
          ),
        ];
      case "replaced": {
        if (replacedStreams.has(id.split("/")[0] ?? "")) return [];
        return [
          says(
            `${id} is deleted and made anew${after === undefined ? "" : `, ${startOf(after.deliverPolicy)}`}: it loses its position, and may deliver again what was done.`,
          ),
        ];
      }
      case "changed": {
        const paths = listed(details.map(({ path }) => path));
        return [says(`${id} changes in place${paths === "" ? "" : `: ${paths}`}; it goes on where it is.`)];
      }
      default:
        return verb satisfies never;
    }
  });
}

function startOf(policy: "all" | "last" | "new" | "last_per_subject"): string {
  const starts = {
    all: "from the first message on",
    last: "from the last message on",
    new: "with what comes from then on",
    last_per_subject: "with the last message of every subject",
  };
  return starts[policy];
}
