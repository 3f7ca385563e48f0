import type { ConsumerInputs } from "../../../model/contract/consumer.ts";
import { reasonsToMakeAgain } from "../../../model/jetstream/consumer-diff.ts";
import {
  inWords,
  lostBecause,
  type Misplaced,
  mendOfKept,
  placeOf,
} from "../../../model/jetstream/loss/consumer-place.ts";
import type { ConsumerPlace } from "./consumer-facts.ts";
import { listed, loses, refused, type Sentence, says, unchecked } from "./sentence.ts";
import { startOf } from "./start.ts";

interface Remade {
  readonly id: string;
  readonly before: ConsumerInputs;
  readonly after: ConsumerInputs;
}

/** A consumer that no server changes in place, so an update recreates it: provider/consumer/remake.ts. */
export function remadeConsumer(change: Remade, { retention, stream, facts }: ConsumerPlace): Sentence {
  const { id, before, after } = change;
  const why = `(no server changes in place: ${listed(reasonsToMakeAgain(before, after))})`;
  const misplaced = facts !== undefined && "misplaced" in facts ? facts.misplaced : undefined;
  const place = placeOf(before, after, retention);
  switch (place) {
    case "queued":
      return says(
        `${id} is recreated ${why} and keeps its place: ${stream} has only messages that are not acknowledged.`,
      );
    case "kept":
      return kept(change, why, misplaced);
    case "lost":
      return lost(change, why, { misplaced, stream, isInterest: retention === "interest" });
    default:
      return place satisfies never;
  }
}

const moment = "Messages that are acknowledged during the change can come again.";

function kept({ id, after }: Remade, why: string, misplaced: Misplaced | undefined): Sentence {
  const consents = after.allowPositionLoss === true;
  if (misplaced === undefined) {
    const then = consents
      ? "these messages come again: allowPositionLoss consents"
      : "`up` refuses, and nothing is changed";
    return unchecked(
      `${id} is recreated ${why} and keeps its place. It is unchecked whether messages are acknowledged behind a message ` +
        `that is not acknowledged. If so, ${then}. ${moment}`,
    );
  }
  if ((misplaced.again ?? 0) === 0) return says(`${id} is recreated ${why} and keeps its place. ${moment}`);
  return consents
    ? loses(`${id} is recreated ${why}: ${inWords(misplaced)}. allowPositionLoss consents.`)
    : refused(`${id} would be recreated ${why}: ${inWords(misplaced)}. ${mendOfKept}.`);
}

interface Lost {
  readonly misplaced: Misplaced | undefined;
  readonly stream: string;
  readonly isInterest: boolean;
}

function lost({ id, before, after }: Remade, why: string, { misplaced, stream, isInterest }: Lost): Sentence {
  const because = lostBecause(before, after);
  const numbers = misplaced === undefined ? "" : `: ${inWords(misplaced)}`;
  if (after.allowPositionLoss !== true)
    return refused(
      `${id} would be recreated ${why} and lose its place, because ${because.why}${numbers}. ${because.mend}.`,
    );
  const gone = isInterest
    ? ` ${stream} then deletes at once messages that no consumer waits for (retention: interest).`
    : "";
  return loses(
    `${id} is recreated ${why}, ${startOf(after.deliverPolicy)}, and loses its place${numbers}. allowPositionLoss consents.${gone}`,
  );
}
