import { notAPod } from "./checkPods.ts";
import type { Draft } from "./draft.ts";
import { type Fault, show } from "./faults.ts";

/** Whose turn comes first. */
export function checkRollout(draft: Draft): Fault[] {
  const { mode, first } = draft.rollout.values;
  if (first === undefined) return [];
  const path = ["rollout", "first"];
  const faults = notAPod(draft, first).map((message) => ({ path, message }));
  if (mode === undefined || mode === "rolling") return faults;
  const message = `${show(first)} would have no turn in mode "${mode}"; write mode: rolling, or leave "first" out`;
  return [...faults, { path, message }];
}
