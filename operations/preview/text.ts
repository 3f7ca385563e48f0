import { detailLines, isRefused, type Report, summaryOf } from "./report.ts";

const marks = { refused: "REFUSED: ", loses: "LOSES: ", unchecked: "", says: "" } as const;

/** A report for a terminal. */
export function textOf(report: Report): string {
  const { stack, comparedWith, failure, sentences, faults, warnings, unhealthy, notes, changes } = report;
  const parts = [
    [`${stack}: ${summaryOf(report)}`, `  ${comparedWith}`],
    failure === undefined ? [] : [failure],
    faults.map((fault) => `REFUSED: ${fault}`),
    sentences.map(({ tone, text }) => `- ${marks[tone]}${text}`),
    warnings.map((warning) => `Warning: ${warning}`),
    unhealthy.map((fault) => `Unhealthy now, before any change: ${fault}`),
    changes.length === 0 ? [] : ["Details:", ...detailLines(changes)],
    notes,
    isRefused(report) ? ["`up` would be refused."] : [],
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`.replace(/[^\P{Cc}\n]/gu, "");
}
