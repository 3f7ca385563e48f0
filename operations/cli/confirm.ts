import { createInterface } from "node:readline/promises";
import { Failure } from "./command.ts";

/**
 * Asks for a word, so that a habit of pressing return can't be an answer.
 * @param mend how to answer where there is no terminal
 * @throws Failure when the answer is another one, or when there is no terminal to ask at
 */
export async function confirm(
  question: string,
  word: string,
  mend = "Say --yes if you mean it.",
): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new Failure(`${question}\nThere is no terminal to ask at, so nothing was done. ${mend}`);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question}\nType "${word}" to go on: `);
    if (answer.trim() !== word) throw new Failure("Nothing was done.");
  } finally {
    terminal.close();
  }
}
