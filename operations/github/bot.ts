import type { GitHub } from "./api.ts";
import { deedFor, type Finding, type Issue } from "./issues.ts";
import {
  type Found,
  type Pull,
  previewComment,
  previewMarker,
  pullsQuery,
  type Run,
  targetOf,
} from "./previews.ts";

/** The author of everything that is written with the token of a workflow. */
export const botLogin = "github-actions[bot]";

interface Comment {
  readonly id: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}

/** Writes, or rewrites, the one comment of a pull request. @returns what was done, in words */
export async function commentPreviews(
  github: GitHub,
  runId: string,
  found: readonly Found[],
): Promise<string> {
  const run = await github.get<Run>(`/actions/runs/${runId}`);
  const query = pullsQuery(run);
  const target = targetOf(run, query === undefined ? [] : await github.list<Pull>(query));
  if ("none" in target) return `Nothing was written: ${target.none}.`;
  const body = previewComment(run, target.isFork, found);
  const comments = await github.list<Comment>(`/issues/${target.number}/comments`);
  const own = comments.find(
    (comment) => comment.user?.login === botLogin && comment.body?.startsWith(previewMarker) === true,
  );
  if (own === undefined) {
    await github.post(`/issues/${target.number}/comments`, { body });
    return `Wrote a comment on #${target.number}.`;
  }
  if (own.body === body) return `The comment on #${target.number} is up to date.`;
  await github.patch(`/issues/comments/${own.id}`, { body });
  return `Rewrote the comment on #${target.number}.`;
}

/** Opens, rewrites or closes the issue of a finding. @returns what was done, in words */
export async function keepIssue(github: GitHub, finding: Finding): Promise<string> {
  const open = await github.list<Issue>(`/issues?state=open&creator=${encodeURIComponent(botLogin)}`);
  const deed = deedFor(finding, open, botLogin);
  switch (deed.do) {
    case "nothing":
      return "Nothing was written: the issues are up to date.";
    case "open": {
      const { number } = await github.post<Issue>("/issues", { title: deed.title, body: deed.body });
      return `Opened issue #${number}.`;
    }
    case "rewrite":
      await github.patch(`/issues/${deed.number}`, { body: deed.body });
      return `Rewrote issue #${deed.number}.`;
    case "close":
      await github.post(`/issues/${deed.number}/comments`, { body: deed.comment });
      await github.patch(`/issues/${deed.number}`, { state: "closed", state_reason: "completed" });
      return `Closed issue #${deed.number}.`;
  }
}
