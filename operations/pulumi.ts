import { UsageError } from "./cli/arguments.ts";
import { runReporting } from "./cli/command.ts";
import { Stack } from "./stack/stack.ts";

const help = `npm run pulumi -- COMMAND [ARGUMENTS OF PULUMI] [--stack STACK]

Runs any command of Pulumi on a stack, default dev, with the project's own tools, backend and passphrase:
  npm run pulumi -- refresh          reads changes by hand into the state
  npm run pulumi -- stack output     shows the outputs
  npm run pulumi -- cancel           removes the lock of an update that died
`;

/** Every argument except the stack goes to Pulumi as it is. */
await runReporting(async () => {
  const given = process.argv.slice(2);
  if (given[0] === "--help") {
    process.stdout.write(help);
    return 0;
  }
  const at = given.findIndex((argument) => argument === "--stack" || argument === "-s");
  const name = at === -1 ? "dev" : (given[at + 1] ?? "");
  const [command, ...args] = at === -1 ? given : [...given.slice(0, at), ...given.slice(at + 2)];
  if (command === undefined || name === "")
    throw new UsageError(`The command or the name of the stack is missing.\n\n${help}`);
  const stack = await Stack.open(name, { engine: ["up", "refresh", "destroy"].includes(command) });
  return stack.run(command, args);
});
