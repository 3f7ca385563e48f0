import type { RolloutPlan } from "../../plan/topology.ts";
import type { Change } from "./changes.ts";
import type { Sentence } from "./meaning/sentence.ts";
import { nameOf } from "./names.ts";

/** What a preview has found, for people: `text.ts` and `markdown.ts` write it. */
export interface Report {
  readonly stack: string;
  /** What the changes are changes of, as in `the stack's state`. */
  readonly comparedWith: string;
  /** In the order of `order.ts`. */
  readonly changes: readonly Change[];
  /** Resources that stay as they are; undefined: not counted. */
  readonly unchanged: number | undefined;
  readonly mode: RolloutPlan["mode"];
  readonly sentences: readonly Sentence[];
  /** Why there is no report, for a reason outside of the configuration. */
  readonly failure: string | undefined;
  /** Why the configuration, or the way to it, is refused; each may be several lines. */
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
  /** What is unhealthy before any change, by the servers; empty: healthy, or not asked. */
  readonly unhealthy: readonly string[];
  /** What else a reader has to know about this preview. */
  readonly notes: readonly string[];
  /** Whether all servers answered that were asked. */
  readonly complete: boolean;
}

/** Whether `up` would be refused, as far as the preview knows. */
export function isRefused({ faults, sentences }: Report): boolean {
  return faults.length > 0 || sentences.some(({ tone }) => tone === "refused");
}

/** As in `3 reloaded, 1 stream created`; what only looks is not counted. */
export function summaryOf(report: Report): string {
  const { changes, faults, mode, unchanged } = report;
  const counted = changes.filter((change) => !isCheck(change));
  const same = unchanged === undefined ? "" : `; ${unchanged} resources unchanged`;
  if (report.failure !== undefined) return "the preview failed";
  if (counted.length === 0) {
    if (faults.length > 0) return "refused";
    const checks = changes.length === 0 ? "" : "; only checks run again";
    return `nothing changes${checks}${same}`;
  }
  const parts = [
    ["created", "created"],
    ["changed", "changed in place"],
    ["reloaded", "reloaded"],
    ["restarted", mode === "rolling" ? "restarted one by one" : "restarted"],
    ["replaced", "replaced"],
    ["deleted", "deleted"],
  ] as const;
  const counts = parts.flatMap(([verb, words]) => {
    const number = counted.filter((change) => change.verb === verb).length;
    return number === 0 ? [] : [`${number} ${words}`];
  });
  return `${isRefused(report) ? "REFUSED: " : ""}${counts.join(", ")}${same}`;
}

/** Every change with what is known of it; the first character is that of a diff. */
export function detailLines(changes: readonly Change[]): string[] {
  const checks = changes.filter(isCheck).map(({ id }) => id);
  return [
    ...changes
      .filter((change) => !isCheck(change))
      .flatMap((change) => [
        `${signs[change.verb]} ${nameOf(change)}: ${change.verb}`,
        ...change.details.flatMap(({ path, before, after }) => [
          ...(before === undefined ? [] : [`-     ${path}: ${before}`]),
          ...(after === undefined ? [] : [`+     ${path}: ${after}`]),
        ]),
      ]),
    // Their inputs are digests of what stands above.
    ...(checks.length === 0 ? [] : [`  checks that run again: ${checks.join(", ")}`]),
  ];
}

function isCheck(change: Change): boolean {
  return change.what === "part" && change.kind === "check";
}

const signs: Readonly<Record<Change["verb"], string>> = {
  created: "+",
  changed: "!",
  reloaded: "!",
  restarted: "!",
  replaced: "!",
  deleted: "-",
};
