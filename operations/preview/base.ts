import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { lastLines, runProgram } from "../../toolchain/run-program.ts";
import { Failure } from "../cli/command.ts";
import { stackFileName } from "../stack/plan.ts";
import { inTemporaryFolder, withCleanup } from "./cleanup.ts";
import { documentVersion, type PlanDocument } from "./document.ts";
import { documentIn } from "./document-text.ts";
import { Git } from "./git.ts";

/** A commit that the work tree is compared with. */
export interface Base {
  readonly commit: string;
  /** As in `1a2b3c4 (merge base of origin/main)`. */
  readonly name: string;
}

/** The answer, or the reason why there is none. */
export type Otherwise<Answer> = Answer | { readonly none: string };

/**
 * The commit where the branch of a project's folder left another branch.
 * @param asked any commit, branch or tag; default `origin/$GITHUB_BASE_REF` in a workflow for a pull request, else
 *   `origin/main`, else `main`
 * @throws Failure saying what to fetch
 */
export async function findBase(
  folder: string,
  asked: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Otherwise<Base>> {
  const git = new Git(folder, env);
  if ((await git.asks("rev-parse", "--git-dir")) === undefined) {
    // git refuses a folder of another user, for example.
    if (existsSync(join(folder, ".git"))) await git.must("rev-parse", "--git-dir");
    if (asked === undefined) return { none: "this folder is not in a git repository" };
    throw new Failure(
      `--base ${asked}: this folder is not in a git repository; run the command without --base`,
    );
  }
  if ((await git.asks("rev-parse", "--verify", "--quiet", "HEAD")) === undefined)
    return { none: "there is no commit yet" };
  const ref = await refOf(git, asked, env.GITHUB_BASE_REF);
  const commit = await git.asks("merge-base", ref, "HEAD");
  if (commit !== undefined) {
    const [first = commit] = commit.split("\n");
    return { commit: first, name: `${first.slice(0, 7)} (merge base of ${ref})` };
  }
  if ((await git.asks("rev-parse", "--is-shallow-repository")) === "true") {
    throw new Failure(
      `this clone is shallow, and lacks the commit where this branch left ${ref}: run \`git fetch --unshallow\`. In a ` +
        "workflow, check out with `fetch-depth: 0`",
    );
  }
  throw new Failure(`${ref} has no commit in common with this branch; name another branch with --base REF`);
}

async function refOf(git: Git, asked: string | undefined, pullRequestBase = ""): Promise<string> {
  const fromWorkflow = pullRequestBase === "" ? undefined : `origin/${pullRequestBase}`;
  const one = asked ?? fromWorkflow;
  const candidates = one === undefined ? ["origin/main", "main"] : [one];
  for (const ref of candidates) {
    // Behind `--end-of-options` nothing is taken for an option.
    const found = await git.asks("rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`);
    if (found !== undefined) return ref;
  }
  const branch = (candidates[0] ?? "").replace(/^origin\//, "");
  throw new Failure(
    `this clone has no ${candidates.join(" and no ")} to compare with: run ` +
      `\`git fetch origin ${branch}:refs/remotes/origin/${branch}\`, or name another branch with --base REF`,
  );
}

/**
 * The plan of a stack as a commit's own files make it, in a worktree that is gone afterwards; neither the index nor any
 * branch is touched.
 */
export async function planAt(
  folder: string,
  { commit }: Base,
  stack: string,
  env: NodeJS.ProcessEnv,
): Promise<Otherwise<PlanDocument>> {
  const git = new Git(folder, env);
  // The project may be a folder of a repository that has more.
  const inside = await git.must("rev-parse", "--show-prefix");
  return inWorktree(git, commit, async (worktree) => {
    const project = join(worktree, inside);
    if (!existsSync(join(project, stackFileName(stack)))) return { none: `has no stack ${stack}` };
    const describe = join(project, "operations/preview/describe.ts");
    if (!existsSync(describe)) return { none: "has no plan to compare with: it is older than this preview" };
    if (!existsSync(join(project, "node_modules")))
      symlinkSync(join(folder, "node_modules"), join(project, "node_modules"));
    return described(describe, stack, project, git.env);
  });
}

async function inWorktree<Result>(
  git: Git,
  commit: string,
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  return inTemporaryFolder(async (temporary) => {
    const worktree = join(temporary, "base");
    // Never `prune`: it would take other worktrees along, of folders that are away for a moment.
    const remove = () => git.now("worktree", "remove", "--force", worktree);
    return withCleanup(remove, async () => {
      await git.must("worktree", "add", "--detach", "--quiet", worktree, commit);
      return work(worktree);
    });
  });
}

const quietNode = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON";
const longestSeconds = 60;

async function described(
  file: string,
  stack: string,
  project: string,
  env: NodeJS.ProcessEnv,
): Promise<Otherwise<PlanDocument>> {
  const { code, stdout, output, stopped } = await runProgram(process.execPath, [quietNode, file, stack], {
    cwd: project,
    env,
    timeoutSeconds: longestSeconds,
  });
  if (code !== 0) {
    const words = output.trim() === "" ? `    ${stopped ?? `exit code ${code}`}` : lastLines(output, 8);
    return { none: `could not make its plan:\n${words.replaceAll(project, ".")}` };
  }
  const document = documentIn(stdout);
  if (document === undefined) return { none: "could not make its plan: its output is not JSON" };
  if (document.version === documentVersion) return document;
  return {
    none: `has a plan of version ${document.version}, but this program compares version ${documentVersion}`,
  };
}
