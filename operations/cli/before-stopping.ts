import { Failure } from "./command.ts";
import { confirm } from "./confirm.ts";

/** What has to be said or asked before servers stop and take along what they have in memory. */
export interface BeforeStopping {
  /** What a person should read, whatever comes of it. */
  readonly warnings: readonly string[];
  /** Why nothing may be done; undefined: it may. */
  readonly refusal: string | undefined;
  /** What must be answered first; undefined: nothing. */
  readonly question: Question | undefined;
}

interface Question {
  readonly text: string;
  /** How to answer without a terminal. */
  readonly mend: string;
}

/** @throws Failure where nothing may be done, or where somebody says no */
export async function askBeforeStopping(
  { warnings, refusal, question }: BeforeStopping,
  stack: string,
): Promise<void> {
  for (const warning of warnings) process.stderr.write(`! ${warning}\n`);
  if (refusal !== undefined) throw new Failure(refusal);
  if (question !== undefined) await confirm(question.text, stack, question.mend);
}
