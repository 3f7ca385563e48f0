import { bodyLimit, cut, printable, withoutMentions } from "./markdown.ts";

/** What scheduled runs watch, each with one open issue a stack at most. */
export const subjects = ["drift", "renewal"] as const;
export type Subject = (typeof subjects)[number];

/** How a run went, as GitHub says it in `job.status`. */
export const outcomes = ["success", "failure"] as const;
export type Outcome = (typeof outcomes)[number];

/** https://docs.github.com/en/rest/issues/issues#list-repository-issues; a pull request is one too. */
export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
  readonly pull_request?: unknown;
}

/** What a run has to say. */
export interface Finding {
  readonly subject: Subject;
  readonly stack: string;
  readonly outcome: Outcome;
  /** undefined: the run ended before it wrote one. */
  readonly report: string | undefined;
  readonly runUrl: string;
}

/** What is done about it. */
export type Deed =
  | { readonly do: "nothing" }
  | { readonly do: "open"; readonly title: string; readonly body: string }
  | { readonly do: "rewrite"; readonly number: number; readonly body: string }
  | { readonly do: "close"; readonly number: number; readonly comment: string };

/** By its first line the issue is found again. */
function issueMarker({ subject, stack }: Pick<Finding, "subject" | "stack">): string {
  return `<!-- unityplan-nats: ${subject} of ${stack} -->`;
}

/**
 * A fault has one issue, which always shows the last run, and is closed when the fault is gone.
 * @param open open issues of this repository
 * @param author whose issues are looked at: nobody else's is touched, whatever stands in it
 */
export function deedFor(finding: Finding, open: readonly Issue[], author: string): Deed {
  const marker = issueMarker(finding);
  const own = open.find(
    ({ body, user, pull_request }) =>
      user?.login === author && body?.startsWith(marker) === true && pull_request === undefined,
  );
  if (finding.outcome === "success") {
    if (own === undefined) return { do: "nothing" };
    return { do: "close", number: own.number, comment: `Fine again, [by this run](${finding.runUrl}).` };
  }
  const body = issueBody(finding);
  if (own === undefined) return { do: "open", title: titleOf(finding), body };
  return own.body === body ? { do: "nothing" } : { do: "rewrite", number: own.number, body };
}

function titleOf({ subject, stack }: Finding): string {
  return subject === "drift"
    ? `${stack} is not what its configuration says`
    : `Certificates of ${stack} were not renewed`;
}

const meanings: Readonly<Record<Subject, (stack: string) => string>> = {
  drift: (stack) =>
    `The daily look at \`${stack}\` found something, or could not look. Either it was changed by hand, then ` +
    `\`npm run up -- ${stack}\` puts it back, or a change that was merged was never deployed, or the run failed.`,
  renewal: (stack) =>
    `The weekly update of \`${stack}\`, which renews what is due and may do nothing else, did not go through. Either ` +
    "it would have done more than that, then deploy or take back what was merged, or it failed. Certificates are " +
    "renewed well before they end; how long there is says `npm run status`.",
};

function issueBody(finding: Finding): string {
  const { subject, stack, report, runUrl } = finding;
  const text = [
    `${issueMarker(finding)}\n${meanings[subject](stack)}`,
    `[The last run](${runUrl}) has it all; this text is of that run, and the issue is closed by the first run that finds nothing.`,
    report === undefined
      ? "The run ended before it wrote a report."
      : withoutMentions(printable(report)).trim(),
  ].join("\n\n");
  return cut(
    text,
    bodyLimit,
    `**Cut here: GitHub takes no longer text. [The run](${runUrl}) has the whole report.**`,
  );
}
