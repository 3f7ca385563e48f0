import type { ConsumerInputs } from "../../../model/contract/consumer.ts";
import { reasonsToMakeAgain } from "../../../model/jetstream/consumer-diff.ts";
import { dropsSubjects } from "../../../model/jetstream/loss/changes.ts";
import { consumerName } from "../../../model/jetstream/names.ts";
import type { StreamSpec } from "../../../model/jetstream/stream.ts";
import type { ConsumerChange } from "../changes.ts";
import type { ConsumerFacts, ConsumerPlace } from "./consumer-facts.ts";
import { deletedConsumer } from "./deleted-consumers.ts";
import { isOfOwnerTag, ownerTagSentences } from "./owner-tag.ts";
import { remadeConsumer } from "./remade-consumers.ts";
import { count, listed, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";
import { startOf } from "./start.ts";

/** What of the streams decides what happens to their consumers. */
export interface StreamsOfConsumers {
  /** Streams that this update deletes or recreates, and their consumers with them. By name. */
  readonly gone: ReadonlySet<string>;
  /** What each stream keeps messages for when its consumers are changed, by name. */
  readonly retentions: ReadonlyMap<string, StreamSpec["retention"]>;
}

/**
 * What happens to consumers and to their places.
 * @param facts by the consumers' ids; without those that no server was asked for
 */
export function consumerMeaning(
  changes: readonly ConsumerChange[],
  { gone, retentions }: StreamsOfConsumers,
  facts: ReadonlyMap<string, ConsumerFacts>,
): Sentence[] {
  return changes.flatMap((change): Sentence[] => {
    const { id, verb, after } = change;
    const stream = consumerName.parse(id)?.stream ?? id;
    const place = {
      stream,
      isGone: gone.has(stream),
      retention: retentions.get(stream) ?? "limits",
      facts: facts.get(id),
    };
    switch (verb) {
      case "created":
        return [says(`${id} is created${after === undefined ? "" : `, ${startOf(after.deliverPolicy)}`}.`)];
      case "deleted":
      case "replaced":
        return deletedConsumer(change, place);
      case "changed":
        return [
          ...changed(change, place),
          ...ownerTagSentences(change.id, change.details),
          ...consent(change),
        ];
      default:
        return verb satisfies never;
    }
  });
}

function changed(change: ConsumerChange, place: ConsumerPlace): Sentence[] {
  const { id, before, after, details } = change;
  if (before !== undefined && after !== undefined && reasonsToMakeAgain(before, after).length > 0)
    return [remadeConsumer({ id, before, after }, place)];
  const paths = details
    .filter((detail) => !isOfOwnerTag(detail) && detail.path !== "allowPositionLoss")
    .map(({ path }) => path);
  if (paths.length === 0 && details.length > 0) return [];
  const which = paths.length === 0 ? "" : `: ${listed(paths)}`;
  const narrowed =
    place.retention === "interest" &&
    before !== undefined &&
    after !== undefined &&
    dropsSubjects(before.filterSubjects, after.filterSubjects);
  const inPlace = `${id} changes in place${which}; it keeps its place.`;
  return [narrowed ? otherSubjects(inPlace, { id, after }, place) : says(inPlace)];
}

/** An interest stream deletes at once messages that no consumer waits for: provider/consumer/reconcile.ts. */
function otherSubjects(
  inPlace: string,
  { id, after }: { readonly id: string; readonly after: ConsumerInputs },
  { stream, facts }: ConsumerPlace,
): Sentence {
  const messages = facts !== undefined && "messages" in facts ? facts.messages : undefined;
  if (messages === 0) return says(inPlace);
  const waits = `${id} no longer waits for some subjects`;
  if (after.allowPositionLoss === true) {
    const lost = messages === undefined ? "messages that" : `up to ${count(messages, "message")} that`;
    return loses(
      `${waits}, and ${stream} deletes at once ${lost} no other consumer waits for (retention: interest): ` +
        "allowPositionLoss accepts that.",
    );
  }
  if (messages === undefined)
    return unchecked(
      `${waits}. It is unchecked whether ${stream} keeps messages of these subjects only for this consumer (retention: ` +
        "interest). If so, `up` refuses, and nothing is changed.",
    );
  return refused(
    `${waits}, and ${stream} would delete up to ${count(messages, "message")} that no other consumer waits for ` +
      "(retention: interest). Wait until clients have acknowledged them, or set allowPositionLoss: true on this consumer if " +
      "these messages may be lost.",
  );
}

function consent({ id, before, after }: ConsumerChange): Sentence[] {
  const [from, to] = [before, after].map((spec) => spec?.allowPositionLoss === true);
  if (from === to) return [];
  return [
    to
      ? says(
          `From this update on, ${id} may lose its place by a change, and other filters or its deletion may lose messages (allowPositionLoss).`,
        )
      : says(`${id} may no longer lose its place.`),
  ];
}
