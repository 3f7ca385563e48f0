import { askDocker, type Engine } from "../client/docker.ts";
import { allowedIn } from "../model/jetstream/loss/consent.ts";
import { yesFlag } from "./cli/arguments.ts";
import { askBeforeStopping } from "./cli/before-stopping.ts";
import { Failure, runCommand } from "./cli/command.ts";
import { confirm } from "./cli/confirm.ts";
import { loseFlag, namesToLose } from "./cli/lose.ts";
import { beforeStop } from "./down/in-memory.ts";
import { lookAtStack } from "./down/look.ts";
import { rotationGuard } from "./down/rotation-guard.ts";
import { Stack } from "./stack/stack.ts";

const usage = {
  command: "down",
  help:
    "Takes a stack down: its servers stop gracefully, containers and networks go. The data volumes and the authority " +
    "stay, so that the next `up` goes on where this one stopped. Streams in memory are lost: it asks first, and " +
    "`--yes` alone gives none of them up.",
  flags: [
    { name: "volumes", help: "deletes the data volumes too: every message is lost, those in memory too" },
    loseFlag,
    yesFlag,
  ],
};

await runCommand(usage, async ({ stack: name, given, values }) => {
  const yes = given.has("yes");
  const lose = namesToLose(values);
  const stack = await Stack.open(name, { engine: true });
  const halfway = yes ? undefined : rotationGuard(name, stack.topology.tls.authorities);
  if (halfway !== undefined) throw new Failure(halfway);
  await stack.create();
  const volumes = given.has("volumes") ? dataVolumes(stack) : [];
  if (!given.has("volumes")) await askToStop(stack, lose, yes);
  else if (!yes) await askToDelete(name, volumes);
  // What data on disk is bound to is protected, and a destroy would stop at it.
  const code = await stack.run("destroy", ["--yes", "--skip-preview", "--exclude-protected"]);
  if (code !== 0) return code;
  const kept = await deleteVolumes(volumes);
  if (kept.length > 0)
    throw new Failure(`${name} is down, but not all of its data is deleted:\n${kept.join("\n")}`);
  process.stdout.write(
    given.has("volumes")
      ? `\n${name} is down, and its data is deleted.\n`
      : `\n${name} is down. What data it has is kept in its volumes: \`npm run up -- ${name}\` goes on with it.\n`,
  );
  const prepared = stack.topology.hosts.filter(({ remote }) => remote !== undefined).map(({ id }) => id);
  if (prepared.length > 0)
    process.stdout.write(`What was prepared on ${prepared.join(", ")} stays: VPN, firewall, Docker.\n`);
  return 0;
});

interface DataVolume {
  readonly name: string;
  /** @returns what Docker said to it; undefined when it is gone */
  readonly remove: () => Promise<string | undefined>;
}

function dataVolumes({ topology, env }: Stack): DataVolume[] {
  return topology.pods.map(({ hostId, dataVolume: name }) => {
    const engine = topology.hosts.find(({ id }) => id === hostId) ?? {};
    return { name, remove: () => removeVolume(name, engine, env) };
  });
}

async function removeVolume(
  name: string,
  engine: Engine,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const { code, output } = await askDocker(engine, ["volume", "rm", name], env);
  return code === 0 ? undefined : output;
}

/**
 * Lets nothing go that is in memory and that nobody gave up.
 * @throws Failure where it may not, or where somebody says no
 */
async function askToStop(stack: Stack, lose: readonly string[], yes: boolean): Promise<void> {
  const { name, topology } = stack;
  const consents = { lose, allowed: allowedIn(topology.streams) };
  const looked = await lookAtStack(stack);
  await askBeforeStopping(beforeStop({ stack: name, looked, consents, yes }), name);
}

async function askToDelete(stack: string, volumes: readonly DataVolume[]): Promise<void> {
  const names = volumes.map(({ name }) => name).join(", ");
  await confirm(`This deletes every message of ${stack}, for good: ${names}, and what is in memory.`, stack);
}

/** Tries all of them. @returns what stands in the way of those that are still there */
async function deleteVolumes(volumes: readonly DataVolume[]): Promise<string[]> {
  const kept: string[] = [];
  for (const { name, remove } of volumes) {
    const said = await remove();
    if (said !== undefined && !/no such volume/i.test(said)) kept.push(`${name}: ${said.trim()}`);
  }
  return kept;
}
