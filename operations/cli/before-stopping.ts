import { Failure } from "./command.ts";
import { confirm } from "./confirm.ts";

/** What a person reads and answers before servers stop and lose what they have in memory. */
export interface BeforeStopping {
  /** What a person reads in any case. */
  readonly warnings: readonly string[];
  /** Why the command may not go on; undefined: it may. */
  readonly refusal: string | undefined;
  /** The question before the command goes on; undefined: none. */
  readonly question: Question | undefined;
}

interface Question {
  readonly text: string;
  /** How to answer without a terminal. */
  readonly fix: string;
}

/** @throws Failure with the refusal, or if the answer is no */
export async function askBeforeStopping(
  { warnings, refusal, question }: BeforeStopping,
  stack: string,
): Promise<void> {
  for (const warning of warnings) process.stderr.write(`Warning: ${warning}\n`);
  if (refusal !== undefined) throw new Failure(refusal);
  if (question !== undefined) await confirm(question.text, stack, question.fix);
}
