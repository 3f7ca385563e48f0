import { viaOf } from "../plan/endpoints.ts";
import { yesFlag } from "./cli/arguments.ts";
import { runCommand } from "./cli/command.ts";
import { loseFlag, namesToLose } from "./cli/lose.ts";
import { approvalFlags } from "./stack/approval.ts";
import { Stack } from "./stack/stack.ts";
import { natsCommand, welcome } from "./stack/welcome.ts";
import { hasNoServer, refuseForeign } from "./up/foreign-containers.ts";
import { lookAfter } from "./up/look.ts";
import { configurationOf } from "./up/this-run.ts";

const usage = {
  command: "up",
  help: [
    "Brings a stack up, or updates it to its configuration. Does all the set-up that this needs. Ends with a look at the",
    "cluster. If anything is unhealthy or missing, lists that with the commands that repair it, and exits with 1.",
  ].join("\n"),
  flags: [
    {
      name: "skip",
      oldName: "without",
      argument: "PODS",
      help: "leaves these pods as they are (dk,no), because their hosts can't be reached; the next `up` updates them",
    },
    loseFlag,
    {
      name: "refresh",
      help: "first reads what is there, so that the update also repairs what was stopped, removed or changed by hand",
    },
    yesFlag,
  ],
};

await runCommand(usage, async ({ stack: name, given, values }) => {
  const stack = await Stack.open(name, { engine: true, natsCli: true });
  const approval = approvalFlags("up", name, given.has("yes"));
  await stack.create();
  const resources = await stack.resources();
  if (hasNoServer(resources)) await refuseForeign(name, stack.topology, resources, stack.env);
  const skip = values.get("skip")?.split(",") ?? [];
  const lose = namesToLose(values);
  const refreshed = given.has("refresh");
  const args = [...approval, ...(refreshed ? ["--refresh"] : [])];
  const code = await stack.run("up", args, configurationOf({ skip, lose }, stack.topology.rollout));
  if (code !== 0) return code;
  if (skip.length > 0) {
    process.stdout.write(
      `\nSkipped: ${skip.join(", ")}. Run \`npm run up -- ${name}\` when the host is back: that updates what was skipped.\n`,
    );
  }
  const { topology } = stack;
  const outputs = await stack.outputs();
  process.stdout.write(`\n${welcome(name, outputs, natsCommand(stack.natsCli), viaOf(topology))}\n`);
  const { text, healthy } = await lookAfter({ stack: name, topology, outputs, skip, refreshed });
  process.stdout.write(`\n${text}`);
  return healthy ? 0 : 1;
});
