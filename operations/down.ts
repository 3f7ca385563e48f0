import { runProgram } from "../toolchain/run-program.ts";
import { yesFlag } from "./arguments.ts";
import { Failure, runCommand } from "./command.ts";
import { confirm } from "./confirm.ts";
import { Stack } from "./stack.ts";

const usage = {
  command: "down",
  help:
    "Takes a stack down: its servers stop gracefully, containers and networks go. The data volumes and the authority " +
    "stay, so that the next `up` goes on where this one stopped.",
  flags: [{ name: "volumes", help: "deletes the data volumes too: every message is lost" }, yesFlag],
};

await runCommand(usage, async ({ stack: name, given }) => {
  const stack = await Stack.open(name, { engine: name === "dev" });
  const volumes = given.has("volumes") ? await dataVolumes(stack) : [];
  if (!given.has("yes")) await ask(name, volumes);
  // What data on disk is bound to is protected, and a destroy would stop at it.
  const code = await stack.run("destroy", ["--yes", "--skip-preview", "--exclude-protected"]);
  if (code !== 0) return code;
  for (const volume of volumes) await deleteVolume(volume, stack.env);
  process.stdout.write(
    volumes.length > 0
      ? `\n${name} is down, and its data is deleted: ${volumes.join(", ")}.\n`
      : `\n${name} is down. Its data is kept in its volumes: \`npm run up -- ${name}\` goes on with it.\n`,
  );
  return 0;
});

async function ask(name: string, volumes: readonly string[]): Promise<void> {
  if (volumes.length > 0) {
    await confirm(`This deletes every message of ${name}, for good: ${volumes.join(", ")}.`, name);
  } else if (name !== "dev") {
    await confirm(`This stops every server of ${name}. The data stays.`, name);
  }
}

async function dataVolumes(stack: Stack): Promise<string[]> {
  const { pods } = await stack.outputs();
  return Object.values(pods).map((pod) => pod.dataVolume);
}

async function deleteVolume(volume: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await runProgram("docker", ["volume", "rm", "--force", volume], { env });
  if (code !== 0) throw new Failure(`the volume ${volume} could not be deleted: ${output.trim()}`);
}
