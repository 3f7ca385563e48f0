import { runCommand } from "./command.ts";
import { Stack } from "./stack.ts";

const usage = {
  command: "preview",
  help: "Shows what `up` would change, property by property, and changes nothing.",
  flags: [],
};

await runCommand(usage, async ({ stack: name }) => {
  const stack = await Stack.open(name, { engine: true });
  await stack.create();
  return stack.run("preview", ["--diff"]);
});
