import type { LookInputs } from "../../contract/look.ts";
import { applicationsAccount, type HeldStream } from "../held.ts";
import { subjectsOverlap } from "../subjects.ts";
import { countedStreams, needlessConsents, withoutConsent, wordsToLoseAll } from "./consent.ts";
import { emptiedBy } from "./emptied.ts";

/** What the servers' streams mean for an update that has not begun. */
export interface Verdict {
  /** Why the update must not begin; empty: it may. */
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  /** Streams that the update empties with consent. */
  readonly lost: readonly HeldStream[];
}

/**
 * Judges an update by the streams that are there now.
 * @param stack its name, for the commands in the messages
 */
export function judge(inputs: LookInputs, streams: readonly HeldStream[], stack: string): Verdict {
  const emptied = emptiedBy({ servers: inputs.restarting, turns: inputs.turns }, streams);
  const refused = withoutConsent(emptied, inputs);
  const words = wordsToLoseAll(emptied, inputs);
  return {
    refusals: [
      ...(refused.length === 0 ? [] : [refusedLoss(refused, inputs, `npm run up -- ${stack} ${words}`)]),
      ...inputs.taken.flatMap((taking) => takenFromOthers(taking, inputs, streams)),
    ],
    warnings: needlessConsents(inputs, emptied, streams),
    lost: emptied.filter((stream) => !refused.includes(stream)),
  };
}

function refusedLoss(
  lost: readonly HeldStream[],
  { restarting, turns }: LookInputs,
  command: string,
): string {
  const servers = `${restarting.length === 1 ? "the server" : "the servers"} ${restarting.join(", ")}`;
  const why = turns
    ? `This update restarts ${servers}, and a stream with its only copy in the memory of one of them loses all messages`
    : `This update restarts ${servers}, but not as a rolling restart, and streams with most of their copies in the memory of these servers lose all messages`;
  const gentler = turns
    ? "Give each stream several copies first (`replicas: 3` in an earlier update; ask the owner of a foreign stream to do that)"
    : "Set `rollout: rolling`, which keeps streams with several copies";
  return (
    `${why}: ${countedStreams(lost)}. ${gentler}. If the messages may be lost, run ` +
    `\`${command}\` for one update (\`rollout.lose\` in the configuration does the same). For every update, set ` +
    "`allowDataLoss: true` on a stream of the configuration"
  );
}

/** A stream that neither the configuration nor the state knows keeps its subjects, and a server refuses a second one. */
function takenFromOthers(taking: string, { known }: LookInputs, streams: readonly HeldStream[]): string[] {
  const [taker = "", subject = ""] = taking.split(" ");
  return streams
    .filter(({ account, name }) => account === applicationsAccount && !known.includes(name))
    .filter(({ subjects }) => subjects.some((other) => subjectsOverlap(subject, other)))
    .map(
      ({ name, subjects }) =>
        `The stream ${taker} takes ${JSON.stringify(subject)}, and the foreign stream ${name} has ` +
        `${subjects.map((one) => JSON.stringify(one)).join(", ")}: the servers would refuse that (error 10065). Give ` +
        `${taker} another subject, remove the subject from ${name}, or import ${name} into this stack`,
    );
}
