import { fileURLToPath } from "node:url";
import { describeStack } from "./description.ts";
import { documentText } from "./document-text.ts";

/**
 * Prints the plan document of a stack of the project that this file belongs to: `node describe.ts STACK`. It is how a
 * comparison has an older commit speak for itself, so that its name, its argument and its output must stay. Exit code 1
 * and the faults on stderr where there is no plan.
 */
const [stack = "dev"] = process.argv.slice(2);
const { plan, faults } = describeStack(fileURLToPath(new URL("../..", import.meta.url)), stack);
if (plan === undefined) {
  process.stderr.write(`${faults.join("\n")}\n`);
  process.exitCode = 1;
} else {
  process.stdout.write(documentText(plan));
}
