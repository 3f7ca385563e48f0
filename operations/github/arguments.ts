import { parseArgs } from "node:util";
import { UsageError } from "../cli/arguments.ts";
import { type Outcome, outcomes, type Subject, subjects } from "./issues.ts";

export type GitHubCommand =
  | { readonly command: "help" }
  | { readonly command: "comment"; readonly runId: string; readonly reports: string }
  | {
      readonly command: "issue";
      readonly subject: Subject;
      readonly stack: string;
      readonly outcome: Outcome;
      readonly report: string | undefined;
    };

export const githubHelp = `npm run github -- comment --run ID --reports DIR
npm run github -- issue ${subjects.join("|")} STACK --outcome ${outcomes.join("|")} [--report FILE]

For the workflows in .github/workflows: shows on GitHub what a run has found.

  comment             writes the previews of a pull request into one comment, and updates this comment
  issue               keeps one open issue while scheduled runs fail, and closes the issue when a run succeeds

  --run ID            the run that made the previews; GitHub knows its pull request
  --reports DIR       has preview-STACK/report.md of each stack
  --outcome OUTCOME   job.status of the workflow: ${outcomes.join(" or ")}
  --report FILE       a preview in Markdown; it may be missing
  --help              shows this help`;

/** @throws UsageError with the words that are wrong */
export function readGitHubArguments(argv: readonly string[]): GitHubCommand {
  try {
    return understood(argv);
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${githubHelp}`);
  }
}

function understood(argv: readonly string[]): GitHubCommand {
  const text = { type: "string" } as const;
  const { values, positionals } = parseArgs({
    args: [...argv],
    options: { run: text, reports: text, outcome: text, report: text, help: { type: "boolean" } },
    allowPositionals: true,
    strict: true,
  });
  if (values.help === true) return { command: "help" };
  const [command, subject, stack, ...rest] = positionals;
  if (command === "comment" && subject === undefined) {
    if (!/^\d+$/.test(values.run ?? ""))
      throw new Error(`--run ${values.run ?? ""} is not the number of a run; allowed are digits`);
    if (!values.reports) throw new Error("--reports DIR is missing");
    return { command, runId: values.run ?? "", reports: values.reports };
  }
  if (command === "issue" && rest.length === 0) {
    if (!isOneOf(subjects, subject)) throw new Error(`"${subject ?? ""}" is not ${subjects.join(" or ")}`);
    if (!/^[A-Za-z0-9_-]+$/.test(stack ?? ""))
      throw new Error(`"${stack ?? ""}" is not a stack's name; allowed are letters, digits, "_" and "-"`);
    const { outcome, report } = values;
    if (!isOneOf(outcomes, outcome))
      throw new Error(`--outcome ${outcome ?? ""} is not ${outcomes.join(" or ")}`);
    return { command, subject, stack: stack ?? "", outcome, report };
  }
  throw new Error(`"${positionals.join(" ")}" is not a command; allowed are comment and issue`);
}

function isOneOf<T extends string>(all: readonly T[], value: string | undefined): value is T {
  return (all as readonly (string | undefined)[]).includes(value);
}
