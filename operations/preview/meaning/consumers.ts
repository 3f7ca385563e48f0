import { consumerName } from "../../../model/jetstream/names.ts";
import type { ConsumerChange } from "../changes.ts";
import { listed, loses, type Sentence, says } from "./sentence.ts";

/**
 * What becomes of consumers and of where they are in their streams.
 * @param replacedStreams names of the streams that are made anew, and their consumers with them
 * @param interestStreams names of those that keep a message only for as long as a consumer waits for it
 */
export function consumerMeaning(
  changes: readonly ConsumerChange[],
  replacedStreams: ReadonlySet<string>,
  interestStreams: ReadonlySet<string>,
): Sentence[] {
  return changes.flatMap((change): Sentence[] => {
    const { id, verb, after, details } = change;
    const stream = consumerName.parse(id)?.stream ?? id;
    const lost = interestStreams.has(stream) ? unneeded(stream) : undefined;
    switch (verb) {
      case "created":
        return [says(`${id} is created${after === undefined ? "" : `, ${startOf(after.deliverPolicy)}`}.`)];
      case "deleted":
        return lost === undefined
          ? [
              says(
                `${id} is deleted with its position: a later one of that name starts anew. The messages stay in the stream.`,
              ),
            ]
          : [loses(`${id} is deleted with its position, ${lost}`)];
      case "replaced": {
        if (replacedStreams.has(stream)) return [];
        const what = `${id} is deleted and made anew${after === undefined ? "" : `, ${startOf(after.deliverPolicy)}`}`;
        return lost === undefined
          ? [says(`${what}: it loses its position, and may deliver again what was done.`)]
          : [loses(`${what}, ${lost}`)];
      }
      case "changed": {
        const paths = details.map(({ path }) => path);
        const which = paths.length === 0 ? "" : `: ${listed(paths)}`;
        return lost !== undefined && paths.includes("filterSubjects")
          ? [loses(`${id} waits for other subjects, ${lost}`)]
          : [says(`${id} changes in place${which}; it goes on where it is.`)];
      }
      default:
        return verb satisfies never;
    }
  });
}

/** provider/consumer/delete.ts asks for no consent. */
function unneeded(stream: string): string {
  return `and ${stream} deletes at once what no other consumer waits for (retention: interest); \`up\` does not ask.`;
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
