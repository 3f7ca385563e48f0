import { createInterface } from "node:readline/promises";
import { Failure } from "./command.ts";

/**
 * Asks for a word, because people press return out of habit.
 * @param fix how to answer where there is no terminal
 * @throws Failure if the answer is another word, or if there is no terminal
 */
export async function confirm(
  question: string,
  word: string,
  fix = "Say --yes if you mean it.",
): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new Failure(`${question}\nThere is no terminal to ask at, so nothing was done. ${fix}`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType "${word}" to go on: `);
    if (answer.trim() !== word) throw new Failure("Nothing was done.");
  } finally {
    terminal.close();
  }
}
