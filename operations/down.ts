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
    "Takes a stack down: its servers stop gracefully, and its containers and networks are deleted. The data volumes and " +
    "the CA stay, so the next `up` continues with the same data. Streams in memory are lost: the command asks first, " +
    "and `--yes` alone is no consent to that loss.",
  flags: [
    { name: "volumes", help: "also deletes the data volumes: every message is lost, on disk and in memory" },
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
  // The state protects what the data on disk depends on, and a destroy would stop there.
  const code = await stack.run("destroy", ["--yes", "--skip-preview", "--exclude-protected"]);
  if (code !== 0) return code;
  const kept = await deleteVolumes(volumes);
  if (kept.length > 0)
    throw new Failure(`${name} is down, but not all of its data is deleted:\n${kept.join("\n")}`);
  process.stdout.write(
    given.has("volumes")
      ? `\n${name} is down, and its data is deleted.\n`
      : `\n${name} is down. Its data stays in its volumes: \`npm run up -- ${name}\` continues with that data.\n`,
  );
  const prepared = stack.topology.hosts.filter(({ remote }) => remote !== undefined).map(({ id }) => id);
  if (prepared.length > 0)
    process.stdout.write(`The preparation of ${prepared.join(", ")} stays: VPN, firewall, Docker.\n`);
  return 0;
});

interface DataVolume {
  readonly name: string;
  /** @returns the error of Docker; undefined: the volume is gone */
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
 * Keeps a stream in memory unless a person consented to its loss.
 * @throws Failure without that consent, or if the answer is no
 */
async function askToStop(stack: Stack, lose: readonly string[], yes: boolean): Promise<void> {
  const { name, topology } = stack;
  const consents = { lose, allowed: allowedIn(topology.streams) };
  const looked = await lookAtStack(stack);
  await askBeforeStopping(beforeStop({ stack: name, looked, consents, yes }), name);
}

async function askToDelete(stack: string, volumes: readonly DataVolume[]): Promise<void> {
  const names = volumes.map(({ name }) => name).join(", ");
  await confirm(
    `This deletes every message of ${stack} permanently: the volumes ${names}, and what is in memory.`,
    stack,
  );
}

/** Tries to delete every volume. @returns for each volume that is still there, why */
async function deleteVolumes(volumes: readonly DataVolume[]): Promise<string[]> {
  const kept: string[] = [];
  for (const { name, remove } of volumes) {
    const said = await remove();
    if (said !== undefined && !/no such volume/i.test(said)) kept.push(`${name}: ${said.trim()}`);
  }
  return kept;
}
