import type { RolloutPlan } from "../../plan/topology.ts";

/** What a person sets for one run, in addition to the configuration. */
export interface ThisRun {
  /** Ids of pods that stay as they are. */
  readonly skip: readonly string[];
  /** Names of streams that may lose what they have in memory. */
  readonly lose: readonly string[];
}

/** What of the configuration is different for one run, section by section. */
export function configurationOf(
  run: ThisRun,
  { mode, order, ...configured }: RolloutPlan,
): Record<string, string> {
  if (run.skip.length === 0 && run.lose.length === 0) return {};
  const skip = together(configured.skip, run.skip);
  const first = order.find((id) => !skip.includes(id));
  return {
    rollout: JSON.stringify({
      mode,
      ...(mode === "rolling" && first !== undefined ? { first } : {}),
      skip,
      lose: together(configured.lose, run.lose),
    }),
  };
}

function together(one: readonly string[], other: readonly string[]): string[] {
  return [...new Set([...one, ...other])].sort();
}
