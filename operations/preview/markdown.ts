import { detailLines, isRefused, type Report, summaryOf } from "./report.ts";

const marks = { refused: "**REFUSED:** ", loses: "**LOSES:** ", unchecked: "", says: "" } as const;

/** A report for a pull request: the details are folded. GitHub's dialect: https://github.github.com/gfm/ */
export function markdownOf(report: Report): string {
  const { stack, comparedWith, failure, sentences, faults, warnings, unhealthy, notes, changes } = report;
  const parts = [
    `### ${isRefused(report) || failure !== undefined ? "❌ " : ""}${escaped(stack)}: ${escaped(summaryOf(report))}`,
    ...(failure === undefined ? [] : [fenced(failure, "")]),
    ...(faults.length === 0 ? [] : [`**REFUSED**\n\n${fenced(faults.join("\n\n"), "")}`]),
    list(sentences.map(({ tone, text }) => `${marks[tone]}${escaped(text)}`)),
    list(
      [...warnings, ...unhealthy.map((fault) => `unhealthy now, before any change: ${fault}`)].map(
        (warning) => `⚠️ ${escaped(warning)}`,
      ),
    ),
    ...(changes.length === 0 ? [] : [folded("Details", fenced(detailLines(changes).join("\n"), "diff"))]),
    list(notes.map(escaped)),
    `<sub>${escaped(capitalised(comparedWith))}.</sub>`,
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function folded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** A block that its own text can't end. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/**
 * Words of a configuration must not become marks, links or mentions: everyone who opens a pull request can write them.
 * https://github.github.com/gfm/
 */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/[\\`*_[\]>|~#]/g, "\\$&")
    .replace(/@/g, "&#64;")
    .replace(/:\/\//g, "&#58;//")
    .replace(/\bwww\./gi, "www&#46;");
}
