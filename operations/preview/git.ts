import { execFileSync } from "node:child_process";
import { runProgram } from "../../toolchain/run-program.ts";

/** What git is told beside a command: nothing of a repository is run. */
const quietly = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];

/** git in one folder, whatever repository the environment of a hook points to. */
export class Git {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.env = { ...withoutGit(env), LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_TERMINAL_PROMPT: "0" };
  }

  /** @returns what it printed; undefined where it failed */
  async asks(...args: string[]): Promise<string | undefined> {
    const { code, stdout } = await this.run(...args);
    return code === 0 ? stdout.trim() : undefined;
  }

  /** @throws Error with git's own words */
  async must(...args: string[]): Promise<string> {
    const { code, stdout, output, stopped } = await this.run(...args);
    if (code === 0) return stdout.trim();
    throw new Error(`git ${args.slice(0, 2).join(" ")} failed: ${output.trim() || stopped}`);
  }

  /** For a clean-up: waits for the end, and a failure is none. */
  now(...args: string[]): void {
    try {
      execFileSync("git", [...quietly, ...args], { cwd: this.folder, env: this.env, stdio: "ignore" });
    } catch {
      // What could not be cleaned up is cleaned up by the next `git worktree prune`, which git itself runs too.
    }
  }

  private run(...args: string[]) {
    return runProgram("git", [...quietly, ...args], { cwd: this.folder, env: this.env });
  }
}

/** A hook's environment names its repository: https://git-scm.com/docs/githooks */
export function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}
