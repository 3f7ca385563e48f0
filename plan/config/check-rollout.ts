import { notAPod } from "./check-pods.ts";
import type { Draft } from "./draft.ts";
import { type Fault, show } from "./faults.ts";

/** Which pod comes first, and which pods are skipped. */
export function checkRollout(draft: Draft): Fault[] {
  return [...checkFirst(draft), ...checkSkip(draft)];
}

function checkSkip(draft: Draft): Fault[] {
  const { skip = [], first } = draft.rollout.values;
  const path = ["rollout", "skip"];
  const faults = skip.flatMap((id, index) =>
    notAPod(draft, id).map((message): Fault => ({ path: [...path, index], message })),
  );
  if (first !== undefined && skip.includes(first)) {
    const message = `${show(first)} is also rollout.first; remove it from one of the two`;
    faults.push({ path, message });
  }
  const pods = draft.pods?.flatMap(({ values }) => values.id ?? []) ?? [];
  if (pods.length > 0 && pods.every((id) => skip.includes(id))) {
    faults.push({
      path,
      message: "names every pod, so there is nothing to update; remove the pods whose hosts can be reached",
    });
  }
  return faults;
}

function checkFirst(draft: Draft): Fault[] {
  const { mode, first } = draft.rollout.values;
  if (first === undefined) return [];
  const path = ["rollout", "first"];
  const faults = notAPod(draft, first).map((message) => ({ path, message }));
  if (mode === undefined || mode === "rolling") return faults;
  const message = `${show(first)} has no effect in mode "${mode}"; write mode: rolling, or remove "first"`;
  return [...faults, { path, message }];
}
