import type { StreamInputs } from "../../../model/contract/stream.ts";
import { sameValue } from "../../../model/jetstream/stream-canonical.ts";
import { immutableDifferences } from "../../../model/jetstream/stream-diff.ts";
import type { StreamChange } from "../changes.ts";
import { narrowing } from "./limits.ts";
import { ownerTagSentences } from "./owner-tag.ts";
import { count, listed, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";
import type { StreamFacts } from "./stream-facts.ts";

/**
 * What happens to a stream and its messages.
 * @param facts undefined: the servers were not asked
 */
export function streamMeaning(change: StreamChange, facts: StreamFacts | undefined): Sentence[] {
  const { id, verb, before, after } = change;
  if (before === undefined) return [says(`${id} is created${copiesOf(after)}.`)];
  if (after === undefined)
    return [
      gone(id, "is deleted", before.allowDataLoss, facts, "Put the stream back into the configuration"),
    ];
  if (verb === "replaced") {
    const reasons = immutableDifferences(before, after);
    const why = reasons.length === 0 ? "" : ` (it can't be changed in place: ${reasons.join("; ")})`;
    return [
      gone(
        id,
        `is recreated, empty${why}`,
        before.allowDataLoss,
        facts,
        "Take the change back, give the new stream another name",
      ),
    ];
  }
  return [...changed(id, before, after, facts), ...ownerTagSentences(id, change.details)];
}

function copiesOf(after: StreamInputs | undefined): string {
  if (after === undefined) return "";
  const place = after.placementTags.length === 0 ? "" : ` on ${placeOf(after)}`;
  return ` with ${count(after.replicas, "copy", "copies")}${place}`;
}

/** A deletion sees only a consent of an earlier update: provider/stream/delete.ts. */
function gone(
  id: string,
  what: string,
  consent: boolean,
  facts: StreamFacts | undefined,
  fix: string,
): Sentence {
  if (facts?.messages === 0) return says(`${id} ${what}; it holds no message.`);
  const held = facts === undefined ? "all its messages" : `its ${count(facts.messages, "message")}`;
  if (consent) return loses(`${id} ${what}, and ${held} with it: allowDataLoss consents.`);
  if (facts === undefined)
    return unchecked(
      `${id} ${what}. It is unchecked whether ${id} holds messages. If it does, \`up\` refuses, and nothing is lost.`,
    );
  return refused(
    `${id} would lose ${held}: it ${what}. ${fix}, or set allowDataLoss: true on the old stream in an update before this one.`,
  );
}

function changed(
  id: string,
  before: StreamInputs,
  after: StreamInputs,
  facts: StreamFacts | undefined,
): Sentence[] {
  const messages = facts === undefined ? undefined : count(facts.messages, "message");
  const copied = (change: string) =>
    messages === undefined
      ? unchecked(`${id} ${change}. It is unchecked how many messages are copied.`)
      : says(`${id} ${change}: ${messages} ${facts?.messages === 1 ? "is" : "are"} copied.`);
  const moves = !sameValue("placementTags", before.placementTags, after.placementTags);
  return [
    ...(moves ? [copied(`moves to another host, from ${placeOf(before)} to ${placeOf(after)}`)] : []),
    ...(after.replicas > before.replicas
      ? [copied(`gets ${count(after.replicas, "copy", "copies")} instead of ${before.replicas}`)]
      : []),
    ...(after.replicas < before.replicas
      ? [says(`${id} keeps ${count(after.replicas, "copy", "copies")} of ${before.replicas}${alone(after)}.`)]
      : []),
    ...subjectSentences(id, before, after),
    ...narrowing(id, before, after, facts),
    ...consentSentences(id, before, after),
  ];
}

function alone({ replicas }: StreamInputs): string {
  return replicas === 1 ? ": while the server of this copy is away, the stream is unavailable" : "";
}

function placeOf({ placementTags }: StreamInputs): string {
  return placementTags.length === 0
    ? "any pod"
    : listed([...placementTags].map((tag) => tag.replace(/^pod:/, "")));
}

function subjectSentences(id: string, before: StreamInputs, after: StreamInputs): Sentence[] {
  const gone = before.subjects.filter((subject) => !after.subjects.includes(subject));
  const come = after.subjects.filter((subject) => !before.subjects.includes(subject));
  return [
    ...(gone.length > 0
      ? [says(`${id} no longer stores messages on ${listed(gone)}; the messages that it has stay.`)]
      : []),
    ...(come.length > 0 ? [says(`${id} stores messages on ${listed(come)} from now on.`)] : []),
  ];
}

function consentSentences(id: string, before: StreamInputs, after: StreamInputs): Sentence[] {
  if (before.allowDataLoss === after.allowDataLoss) return [];
  return [
    after.allowDataLoss
      ? says(`From this update on, a change may lose messages of ${id} (allowDataLoss).`)
      : says(`A change may no longer lose messages of ${id}.`),
  ];
}
