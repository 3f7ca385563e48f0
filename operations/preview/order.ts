import type { Change } from "./changes.ts";

const whats = ["server", "stream", "consumer", "part"] as const;

/** The one order of every report, so that two of the same changes are the same text. */
export function byWhatAndId(left: Change, right: Change): number {
  return (
    whats.indexOf(left.what) - whats.indexOf(right.what) ||
    compare(kindOf(left), kindOf(right)) ||
    compare(left.id, right.id)
  );
}

function kindOf(change: Change): string {
  return change.what === "part" ? change.kind : "";
}

/** By code unit: the same on every machine, whatever its language. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
