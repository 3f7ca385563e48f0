import { bodyLimit, cutTogether, printable, withoutMentions } from "./markdown.ts";

/** A run of the preview's workflow, as far as it is looked at: https://docs.github.com/en/rest/actions/workflow-runs */
export interface Run {
  readonly event: string;
  readonly head_sha: string;
  readonly head_branch: string | null;
  /** null when the fork was deleted. */
  readonly head_repository: { readonly full_name: string; readonly owner: { readonly login: string } } | null;
  /** Empty for a fork's. */
  readonly pull_requests: readonly { readonly number: number }[] | null;
  readonly html_url: string;
}

/** https://docs.github.com/en/rest/pulls/pulls#list-pull-requests */
export interface Pull {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
  readonly base: { readonly repo: { readonly full_name: string } };
}

/** The pull request that a run is of, or why there is none to write to. */
export type Target = { readonly number: number; readonly isFork: boolean } | { readonly none: string };

/** Where to look for the pull request of a run; undefined where there can be none. */
export function pullsQuery({ event, head_branch, head_repository }: Run): string | undefined {
  if (event !== "pull_request" || head_branch === null || head_repository === null) return undefined;
  const head = encodeURIComponent(`${head_repository.owner.login}:${head_branch}`);
  return `/pulls?state=open&head=${head}`;
}

/**
 * What a run brought along may say anything, so the pull request is the open one that has this run's commit at its head,
 * in this run's repository, by GitHub's own account.
 */
export function targetOf(run: Run, pulls: readonly Pull[]): Target {
  const named = new Set((run.pull_requests ?? []).map(({ number }) => number));
  const found = pulls.filter(
    ({ number, head }) =>
      head.sha === run.head_sha &&
      head.repo?.full_name === run.head_repository?.full_name &&
      (named.size === 0 || named.has(number)),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    return {
      none: `no open pull request has ${run.head_sha} at its head: the pull request was closed, or has newer commits`,
    };
  }
  if (others.length > 0) {
    const numbers = found.map(({ number }) => `#${number}`).join(", ");
    return {
      none: `${run.head_sha} is at the head of ${numbers}, and the run does not name its pull request`,
    };
  }
  return { number: only.number, isFork: only.head.repo?.full_name !== only.base.repo.full_name };
}

/** What a run left of one stack; undefined: nothing. */
export interface Found {
  readonly stack: string;
  readonly report: string | undefined;
}

/** By its first line the comment is found again. */
export const previewMarker = "<!-- unityplan-nats: previews -->";

/** The whole comment: all stacks, in the order given, and never longer than GitHub takes it. */
export function previewComment(run: Run, isFork: boolean, found: readonly Found[]): string {
  const from = isFork
    ? " This pull request comes from a fork, and the code of the fork wrote the text below."
    : "";
  const head = `${previewMarker}\n## Preview\n\nOf ${run.head_sha}, [by this run](${run.html_url}).${from}\n`;
  const texts = found.map(({ stack, report }) =>
    report === undefined
      ? `### ${stack}: no preview\n\nThe run ended before it wrote a preview; [its log](${run.html_url}) shows why.\n`
      : withoutMentions(printable(report)).trim(),
  );
  const room = bodyLimit - head.length - texts.length * 2;
  const notice = `**Cut here: GitHub allows no longer comment. [The run](${run.html_url}) has the whole report.**`;
  return [head, ...cutTogether(texts, room, notice)].join("\n");
}
