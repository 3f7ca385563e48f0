import type { ConsumerChange } from "../changes.ts";
import type { ConsumerPlace } from "./consumer-facts.ts";
import { count, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";

/**
 * A consumer that goes, alone or with its stream. Pulumi deletes it before its stream, and a deletion sees only the
 * consent that the update before it brought: provider/consumer/delete.ts.
 */
export function deletedConsumer({ id, verb, before }: ConsumerChange, place: ConsumerPlace): Sentence[] {
  const { stream, isGone, retention, facts } = place;
  const consents = before?.allowPositionLoss === true || before?.allowDataLoss === true;
  if (retention !== "interest" || (isGone && consents)) {
    if (isGone) return verb === "replaced" ? [] : [says(`${id} is deleted with its stream.`)];
    // Its stream was lost, and comes again.
    if (verb === "replaced")
      return [
        says(`${id} is deleted and made anew: it loses its position, and may deliver again what was done.`),
      ];
    return [
      says(
        `${id} is deleted with its position: a later one of that name starts anew. The messages stay in the stream.`,
      ),
    ];
  }
  const messages = facts !== undefined && "messages" in facts ? facts.messages : undefined;
  const lost = messages === undefined ? "what" : `up to ${count(messages, "message")} that`;
  if (messages === 0) return [says(`${id} is deleted with its position; no message goes with it.`)];
  if (consents)
    return [
      loses(
        `${id} is deleted with its position, and ${stream} deletes at once ${lost} no other consumer waits for ` +
          `(retention: interest): ${before?.allowPositionLoss === true ? "allowPositionLoss" : "allowDataLoss"} consents.`,
      ),
    ];
  if (messages === undefined)
    return [
      unchecked(
        `${id} is deleted with its position: unchecked whether ${stream} keeps messages for it alone (retention: ` +
          "interest). If so, `up` refuses, and nothing is lost.",
      ),
    ];
  return [
    refused(
      `${id} would take up to ${count(messages, "message")} with it: ${stream} keeps a message only for as long as a ` +
        "consumer waits for it (retention: interest). Either put it back into the configuration, or give it " +
        "allowPositionLoss: true in an update before this one.",
    ),
  ];
}
