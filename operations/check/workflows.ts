import type { Actionlint } from "../../toolchain/actionlint.ts";

/** A program to run, or the text to print instead, with its exit code. */
export type WorkflowCheck =
  | { readonly program: string; readonly args: readonly string[] }
  | { readonly says: string; readonly code: number };

/**
 * How workflows are checked. A person without the linter and without Go can still check the rest. A CI without Go fails.
 * @param ci the variable `CI`, which GitHub and others set to "true"
 */
export function workflowCheck(found: Actionlint, ci: string | undefined): WorkflowCheck {
  if ("program" in found) {
    // Whether shellcheck and pyflakes are installed must not decide what is a fault: the tests run the steps.
    return { program: found.program, args: ["-shellcheck=", "-pyflakes="] };
  }
  const failing = ci === "true" || ci === "1";
  const verdict = failing ? "That is an error here, because CI is set." : "Everything else was checked.";
  return { says: `Workflows were not checked. ${verdict}\n${found.problem}`, code: failing ? 1 : 0 };
}
