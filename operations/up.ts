import { yesFlag } from "./arguments.ts";
import { Failure, runCommand } from "./command.ts";
import { Stack } from "./stack.ts";
import { refuseStrangers } from "./strangers.ts";
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
  const code = await stack.run("up", unasked(name, given.has("yes")));
  if (code !== 0) return code;
  process.stdout.write(`\n${welcome(name, await stack.outputs(), natsCommand(stack.natsCli))}\n`);
  return 0;
});

/** The dev stack is brought up without a question; for any other one Pulumi shows the preview and asks. */
function unasked(name: string, yes: boolean): string[] {
  if (name === "dev") return ["--yes", "--skip-preview"];
  if (yes) return ["--yes"];
  if (process.stdin.isTTY) return [];
  throw new Failure(
    `An update of ${name} shows its preview and asks, and there is no terminal to ask at. ` +
      `Look at \`npm run preview -- ${name}\`, then say \`npm run up -- --yes ${name}\`.`,
  );
}
