import type { ConsumerChange } from "../changes.ts";
import type { ConsumerPlace } from "./consumer-facts.ts";
import { count, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";

/**
 * A consumer that is deleted, alone or with its stream. Pulumi deletes the consumer before its stream, and a deletion sees
 * only a consent of an earlier update: provider/consumer/delete.ts.
 */
export function deletedConsumer({ id, verb, before }: ConsumerChange, place: ConsumerPlace): Sentence[] {
  const { stream, isGone, retention, facts } = place;
  const consents = before?.allowPositionLoss === true || before?.allowDataLoss === true;
  if (retention !== "interest" || (isGone && consents)) {
    if (isGone) return verb === "replaced" ? [] : [says(`${id} is deleted with its stream.`)];
    // Its stream was lost, and is created again.
    if (verb === "replaced")
      return [says(`${id} is recreated: it loses its place, and may deliver acknowledged messages again.`)];
    return [
      says(
        `${id} is deleted, and its place is lost: a later consumer of this name does not go on there. The messages stay in the stream.`,
      ),
    ];
  }
  const messages = facts !== undefined && "messages" in facts ? facts.messages : undefined;
  const lost = messages === undefined ? "messages that" : `up to ${count(messages, "message")} that`;
  if (messages === 0) return [says(`${id} is deleted, and its place is lost; no message is lost.`)];
  if (consents)
    return [
      loses(
        `${id} is deleted, its place is lost, and ${stream} deletes at once ${lost} no other consumer waits for ` +
          `(retention: interest): ${before?.allowPositionLoss === true ? "allowPositionLoss" : "allowDataLoss"} consents.`,
      ),
    ];
  if (messages === undefined)
    return [
      unchecked(
        `${id} is deleted, and its place is lost. It is unchecked whether ${stream} keeps messages only for this consumer ` +
          "(retention: interest). If so, `up` refuses, and nothing is lost.",
      ),
    ];
  return [
    refused(
      `the deletion of ${id} would delete up to ${count(messages, "message")}: ${stream} keeps a message only while a ` +
        "consumer waits for it (retention: interest). Put the consumer back into the configuration, or set " +
        "allowPositionLoss: true on it in an update before this one.",
    ),
  ];
}
