import { table } from "../operations/cli/table.ts";
import { type Bar, passes } from "./bars.ts";
import { type Samples, steps } from "./samples.ts";
import type { ScaleResult } from "./scale.ts";
import { type Summary, summarize } from "./statistics.ts";

/** "3.91 s (3.80–4.12)": the median, and the fastest and slowest. */
export function shown(summary: Summary | undefined): string {
  if (summary === undefined) return "-";
  const { median, min, max } = summary;
  return `${median.toFixed(2)} s (${min.toFixed(2)}–${max.toFixed(2)})`;
}

export function stepsTable(samples: Samples): string {
  const rows = steps.map((step) => [step, ...samples.names.map((who) => shown(samples.summary(who, step)))]);
  return table([["", ...samples.names], ...rows]);
}

export function barsTable(bars: readonly Bar[]): string {
  const rows = bars.map((bar) => [
    bar.name,
    `${bar.limit} ${bar.unit}`,
    bar.measured === undefined ? "-" : `${bar.measured.toFixed(2)} ${bar.unit}`,
    verdict(bar),
  ]);
  return table([["BAR", "AT MOST", "MEASURED", ""], ...rows]);
}

function verdict(bar: Bar): string {
  const passed = passes(bar);
  if (passed === undefined) return "not measured";
  return passed ? "pass" : "MISS";
}

export function scaleTable({ of, sizes }: ScaleResult): string {
  const rows = sizes.map(({ count, up, noOp }) => [
    String(count),
    shown(summarize(up)),
    shown(summarize(noOp)),
  ]);
  return table([[of, "cold up", "no-op up"], ...rows]);
}
