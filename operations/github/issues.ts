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

/** What the bot does. */
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
 * @param author whose issues are looked at: an issue of another author is never touched
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
    `The daily check of \`${stack}\` found drift, or failed. If someone changed the stack by hand, ` +
    `\`npm run up -- ${stack}\` undoes that change. If a merged change was never deployed, deploy it. Otherwise the run failed.`,
  renewal: (stack) =>
    `The weekly update of \`${stack}\` renews the certificates that are due, and may do nothing else. It did not succeed. ` +
    "If it would have done more, deploy or revert the merged changes. Otherwise it failed. Certificates are renewed well " +
    "before they end; `npm run status` shows how much time is left.",
};

function issueBody(finding: Finding): string {
  const { subject, stack, report, runUrl } = finding;
  const text = [
    `${issueMarker(finding)}\n${meanings[subject](stack)}`,
    `[The last run](${runUrl}) has the whole output, and this text is from that run. The first run that finds nothing closes the issue.`,
    report === undefined
      ? "The run ended before it wrote a report."
      : withoutMentions(printable(report)).trim(),
  ].join("\n\n");
  return cut(
    text,
    bodyLimit,
    `**Cut here: GitHub allows no longer text. [The run](${runUrl}) has the whole report.**`,
  );
}
