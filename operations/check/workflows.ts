import type { Actionlint } from "../../toolchain/actionlint.ts";

/** A program to run, or what is said instead, and the exit code for it. */
export type WorkflowCheck =
  | { readonly program: string; readonly args: readonly string[] }
  | { readonly says: string; readonly code: number };

/**
 * How workflows are checked. Who has neither the linter nor Go can still check the rest; a CI that has lost its Go must
 * not pass for that.
 * @param ci the variable `CI`, which GitHub and others set to "true"
 */
export function workflowCheck(found: Actionlint, ci: string | undefined): WorkflowCheck {
  if ("program" in found) {
    // Whether shellcheck and pyflakes are installed must not decide what is a fault: the tests run the steps.
    return { program: found.program, args: ["-shellcheck=", "-pyflakes="] };
  }
  const failing = ci === "true" || ci === "1";
  const verdict = failing ? "That is an error here, because CI is set." : "Everything else was.";
  return { says: `Workflows were not checked. ${verdict}\n${found.problem}`, code: failing ? 1 : 0 };
}
