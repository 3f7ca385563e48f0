import { sameSet } from "../../contract/fields.ts";
import type { ConsumerSpec } from "../consumer.ts";
import { fromServer } from "../consumer-canonical.ts";
import { reasonsToMakeAgain } from "../consumer-diff.ts";
import type { ConsumerProgress, LiveConsumer } from "../consumer-info.ts";
import { helperName, keepsPlaceOf, startIn } from "../consumer-start.ts";
import { type ConsumerIdentity, consumerName } from "../names.ts";
import { belongsTo, isOfStack, type Mark, markIn, type Owner } from "../ownership.ts";
import type { StreamSpec } from "../stream.ts";

type Retention = StreamSpec["retention"];

/**
 * What becomes of a consumer's place in its stream when the consumer has to be recreated:
 * - `kept`: it begins at the first message that is not acknowledged.
 * - `queued`: a work queue only has messages that are not acknowledged, so it begins at the first message.
 * - `lost`: it is unknown where it would have to begin.
 */
export type Place = "kept" | "queued" | "lost";

/** Decided by the old and the new consumer alone. */
export function placeOf(before: ConsumerSpec, after: ConsumerSpec, retention: Retention): Place {
  const [policies, acknowledged] = [
    before.deliverPolicy === "all" && after.deliverPolicy === "all",
    before.ackPolicy !== "none" && after.ackPolicy !== "none",
  ];
  // A server lets no consumer of a work queue begin elsewhere (error 10101).
  if (retention === "workqueue") return policies && acknowledged ? "queued" : "lost";
  return policies && acknowledged && sameSet(before.filterSubjects, after.filterSubjects) ? "kept" : "lost";
}

/** Whether a consumer is the helper that this stack made for the consumer of that name. */
export function isHelperOf(name: string, { config }: LiveConsumer, owner: Owner): boolean {
  return keepsPlaceOf(config) === name && isOfStack(markIn(config.metadata), owner);
}

/** The most messages that a recreated consumer would deliver again, or never; undefined: there can be none. */
export interface Misplaced {
  /** Acknowledged, and to come again. */
  readonly again: number | undefined;
  /** Not acknowledged, and never to come; what is published in the moment of the change comes on top. */
  readonly skipped: number | undefined;
}

/** How a consumer is recreated. */
export interface Remake {
  /** At which message of its stream it begins; undefined: as its `deliverPolicy` says. */
  readonly start: number | undefined;
  /**
   * Where the helper begins, which keeps the place meanwhile. After an update that died, the next update goes on from the
   * helper, and a stream with retention `interest` deletes nothing. undefined: no helper is needed.
   */
  readonly helper: number | undefined;
  readonly place: Place;
  readonly misplaced: Misplaced;
}

/** What to do, by how far the live consumer has come. {@link refusedRemake} decides whether that is allowed. */
export function remakeOf(live: LiveConsumer, wanted: ConsumerSpec, retention: Retention): Remake {
  const place = placeOf(fromServer(live), wanted, retention);
  const start = firstUnacknowledged(live);
  switch (place) {
    case "queued":
      return {
        start: undefined,
        helper: undefined,
        place,
        misplaced: { again: undefined, skipped: undefined },
      };
    case "kept":
      return {
        start,
        helper: start,
        place,
        misplaced: { again: acknowledgedLater(live), skipped: undefined },
      };
    case "lost": {
      const helper = retention === "interest" ? start : undefined;
      return { start: undefined, helper, place, misplaced: misplacedBy(wanted, live) };
    }
    default:
      return place satisfies never;
  }
}

/** The sequence behind the acknowledgement floor. A recreated consumer that has not begun yet has its floor in its start. */
function firstUnacknowledged({ ack_floor, config }: LiveConsumer): number {
  return Math.max(ack_floor.stream_seq + 1, startIn(config) ?? 1);
}

/**
 * At most so many messages behind the floor are acknowledged. Each of the two sequences gives a bound: the consumer's own
 * counts redeliveries too, and the stream's counts messages that it does not filter.
 */
export function acknowledgedLater({ delivered, ack_floor, num_ack_pending }: ConsumerProgress): number {
  const span = Math.min(
    delivered.consumer_seq - ack_floor.consumer_seq,
    delivered.stream_seq - ack_floor.stream_seq,
  );
  return Math.max(0, span - num_ack_pending);
}

function misplacedBy({ deliverPolicy }: ConsumerSpec, live: LiveConsumer): Misplaced {
  const { delivered, num_ack_pending, num_pending, config } = live;
  // Its own sequence does not count what was acknowledged before it was recreated.
  const span =
    startIn(config) === undefined
      ? Math.min(delivered.consumer_seq, delivered.stream_seq)
      : delivered.stream_seq;
  return {
    again: deliverPolicy === "new" ? undefined : Math.max(0, span - num_ack_pending),
    skipped: deliverPolicy === "all" ? undefined : num_pending + num_ack_pending,
  };
}

/** What to say when an update would lose a consumer's place without consent; undefined: it loses nothing. */
export function refusedRemake(live: LiveConsumer, wanted: ConsumerSpec, remake: Remake): string | undefined {
  const { place, misplaced, start } = remake;
  if (place !== "lost" && (misplaced.again ?? 0) === 0) return undefined;
  const reasons = reasonsToMakeAgain(fromServer(live), wanted).join(", ");
  const what =
    `the consumer ${consumerName.of(wanted)} was not changed: no server changes that in place (${reasons}), so the ` +
    "consumer would be recreated";
  const { why, mend } = lostBecause(fromServer(live), wanted);
  return place === "lost"
    ? `${what} and lose its place, because ${why}: ${inWords(misplaced)}. ${mend}`
    : `${what} and begin at sequence ${start} of its stream, the first message that is not acknowledged: ${inWords(misplaced)}. ${mendOfKept}`;
}

/** What to say when the wanted consumer can't go on where an update died while it recreated the consumer. */
export function refusedResume(wanted: ConsumerSpec, { misplaced }: Remake): string {
  const helper = helperName(wanted.name);
  return (
    `the consumer ${consumerName.of(wanted)} was not recreated: an update died while it recreated the consumer, and ` +
    `left ${helper}. ${helper} keeps the place for deliverPolicy "all", ackPolicy "explicit" or "all", and the old ` +
    `filters. With the new values ${inWords(misplaced)}. Put the old values back for one update. If that loss is ` +
    "acceptable, set allowPositionLoss: true on this consumer"
  );
}

/** What to say where another consumer has the name of the helper, and so nothing could keep the place. */
export function refusedByName(wanted: ConsumerIdentity, other: Mark | undefined): string {
  const helper = helperName(wanted.name);
  return (
    `the consumer ${consumerName.of(wanted)} was not changed: the consumer has to be recreated, and ${helper} has to ` +
    `keep its place meanwhile. But there is a consumer ${consumerName.of({ ...wanted, name: helper })} already, and it ` +
    `${belongsTo(other)}. Delete ${helper}, or recreate ${helper} under another name, and run \`pulumi up\` again`
  );
}

/** Why a place can't be kept, in words that follow "because", and what to do. */
export function lostBecause(before: ConsumerSpec, after: ConsumerSpec): { why: string; mend: string } {
  const consent = "set allowPositionLoss: true on this consumer if that loss is acceptable";
  if (
    [before, after].every(({ deliverPolicy, ackPolicy }) => deliverPolicy === "all" && ackPolicy !== "none")
  )
    return {
      why: "its filters change in the same update",
      mend: `Make two updates, one of them for the filters, or ${consent}`,
    };
  const why = [before, after].every(({ deliverPolicy }) => deliverPolicy === "all")
    ? 'nothing is acknowledged with ackPolicy "none"'
    : 'a consumer keeps its place only with deliverPolicy "all" before and after the change';
  return { why, mend: `Undo the change, give the new consumer another name, or ${consent}` };
}

export const mendOfKept =
  "Let the clients acknowledge what is pending first. If the messages may come again, set allowPositionLoss: true on this consumer";

/** As in `up to 7 acknowledged messages would come again`. */
export function inWords({ again, skipped }: Misplaced): string {
  const parts = [
    ...(again === undefined ? [] : [`up to ${counted(again, "acknowledged message")} would come again`]),
    ...(skipped === undefined
      ? []
      : [`up to ${counted(skipped, "message")}, and what is published meanwhile, would never come`]),
  ];
  return parts.join(", and ");
}

function counted(number: number, one: string): string {
  return `${number} ${one}${number === 1 ? "" : "s"}`;
}
