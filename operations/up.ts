import { yesFlag } from "./arguments.ts";
import { runCommand } from "./command.ts";
import { Stack } from "./stack.ts";
import { refuseStrangers } from "./strangers.ts";
import { unasked } from "./unasked.ts";
import { natsCommand, welcome } from "./welcome.ts";

const usage = {
  command: "up",
  help: "Brings a stack up, or to what its configuration says, with all the set-up that it needs.",
  flags: [yesFlag],
};

await runCommand(usage, async ({ stack: name, given }) => {
  const stack = await Stack.open(name, { engine: true, natsCli: true });
  await stack.create();
  if (await stack.isNew()) await refuseStrangers(stack.topology, stack.env);
  const code = await stack.run("up", unasked("up", name, given.has("yes")));
  if (code !== 0) return code;
  process.stdout.write(`\n${welcome(name, await stack.outputs(), natsCommand(stack.natsCli))}\n`);
  return 0;
});
