import { countedStreams } from "../../../model/jetstream/loss/consent.ts";
import type { Verdict } from "../../../model/jetstream/loss/first-look.ts";
import type { RolloutPlan } from "../../../plan/topology.ts";
import type { ServerChange } from "../changes.ts";
import { loses, type Sentence, unchecked } from "./sentence.ts";

/**
 * What happens to streams in memory, also to foreign ones.
 * @param verdict undefined: the servers were not asked. Its refusals are faults of the report
 */
export function memoryMeaning(
  changes: readonly ServerChange[],
  { mode }: RolloutPlan,
  verdict: Pick<Verdict, "lost"> | undefined,
): Sentence[] {
  if (!changes.some(({ verb }) => verb === "restarted")) return [];
  if (verdict === undefined) {
    const which =
      mode === "rolling" ? "A stream with its only copy in memory" : "A stream whose copies are in memory";
    return [
      unchecked(
        `${which} would lose its messages in the restart. It is unchecked whether there is such a stream. \`up\` checks this before it touches a server, and refuses if there is such a stream. \`--live\` checks this now.`,
      ),
    ];
  }
  if (verdict.lost.length === 0) return [];
  return [loses(`The restart loses the messages in memory, with consent: ${countedStreams(verdict.lost)}.`)];
}
