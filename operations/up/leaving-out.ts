import type { RolloutPlan } from "../../plan/topology.ts";

/**
 * What of the configuration is different for the one run that leaves pods out.
 * @param pods ids, beside those that the configuration leaves out already
 */
export function leavingOut(
  pods: readonly string[],
  { mode, order, without }: RolloutPlan,
): Record<string, string> {
  if (pods.length === 0) return {};
  const all = [...new Set([...without, ...pods])].sort();
  const first = order.find((id) => !all.includes(id));
  return {
    rollout: JSON.stringify({
      mode,
      ...(mode === "rolling" && first !== undefined ? { first } : {}),
      without: all,
    }),
  };
}
