import { yesFlag } from "../cli/arguments.ts";
import { Failure, runCommand } from "../cli/command.ts";
import { approvalFlags } from "../stack/approval.ts";
import { Stack } from "../stack/stack.ts";
import { editConfiguration, withAuthorities, withValue } from "./edit.ts";
import { certificateTable } from "./table.ts";
import { dependenceOf, isDone, isGoing, type Trusted, trustedIn } from "./trusted.ts";
import { nextStep, type Phase, type Step, turnsBack } from "./walk.ts";

const usage = {
  command: "rotate -- ca",
  help:
    "Replaces the authority by three updates: the new one is trusted, then issues, then the old one goes. It writes each " +
    "phase into Pulumi.STACK.yaml. It can be interrupted anywhere and run again.",
  flags: [
    { name: "back", help: "goes back to the old authority, from every phase but the last" },
    { name: "through", help: "does not stop for applications to take over the new authority" },
    yesFlag,
  ],
};

/** `npm run rotate -- ca`. */
export async function rotateAuthority(argv: readonly string[]): Promise<void> {
  await runCommand(
    usage,
    async ({ stack: name, given }) => {
      const approval = approvalFlags("rotate -- ca", name, given.has("yes"));
      const walker: Walker = { name, approval, back: given.has("back"), through: given.has("through") };
      const { stack, trusted } = await openBroughtUp(name);
      refuseGiven(stack);
      const { authorities } = stack.topology.tls;
      const mayTurnBack = walker.back && turnsBack(authorities);
      if (!isDone(trusted, authorities) && !mayTurnBack) {
        say(name, "finishing the update that was begun");
        const code = await update(stack, approval);
        if (code !== 0) return stopped(name, code);
        if (isGoing(trusted, authorities)) return finished(stack);
        if (authorities.length > 1 && waits(stack, walker)) return waiting(name, authorities);
      }
      return walk(walker);
    },
    argv,
  );
}

interface Walker {
  readonly name: string;
  /** What Pulumi is told about the approval. */
  readonly approval: readonly string[];
  readonly back: boolean;
  readonly through: boolean;
}

async function walk(walker: Walker): Promise<number> {
  const { name, approval, back } = walker;
  for (;;) {
    const { stack, trusted } = await openBroughtUp(name);
    const step = nextStep(stack.topology.tls.authorities, { back, lastGeneration: trusted.lastGeneration });
    if (step === undefined) throw new Failure("There is no rotation to go back on.");
    say(name, `${step.name}: ${step.says}`);
    const recycle = step.name === "gone" && (await needsRecycling(stack, trusted, step, walker));
    write(stack, step, recycle);
    const code = await update(await Stack.open(name, { engine: true }), approval);
    if (code !== 0) return stopped(name, code);
    if (step.name === "gone") return finished(stack);
    if (waits(stack, walker)) return waiting(name, step.authorities);
  }
}

/** Applications have to know the new authority before it issues, and to have its certificates before the old one goes. */
function waits({ topology }: Stack, { through }: Walker): boolean {
  return topology.cluster.clientTls !== "off" && !through;
}

async function openBroughtUp(name: string): Promise<{ stack: Stack; trusted: Trusted }> {
  const stack = await Stack.open(name, { engine: true });
  const trusted = trustedIn(await stack.resources());
  if (trusted === undefined) throw new Failure(`${name} is not up: run \`npm run up -- ${name}\` first`);
  return { stack, trusted };
}

/** Who brought an authority along brings the next one too. */
function refuseGiven({ topology }: Stack): void {
  const { authorities } = topology.tls;
  const active = authorities.find(({ phase }) => phase === "active");
  if (active?.given === undefined || authorities.some(({ phase }) => phase === "incoming")) return;
  if (authorities.some(({ phase }) => phase === "outgoing")) return;
  throw new Failure(
    `The authority ${active.generation} was brought along, so this can't make its successor. Add that one to ` +
      'tls.authorities with the phase "incoming" and its certificate, then run this again: it walks through the rest.',
  );
}

/**
 * Whether sessions that hang on the old authority are left, so that every server has to restart.
 * @throws Failure where certificates of it are still in use
 */
async function needsRecycling(
  stack: Stack,
  trusted: Trusted,
  step: Step,
  { through }: Walker,
): Promise<boolean> {
  const found = await dependenceOf(stack, trusted, step.authorities);
  if (found === undefined) return false;
  if (found.live.length > 0) {
    throw new Failure(
      `The old authority can't go yet, and nothing was changed:\n${found.live.map((one) => `  - ${one}`).join("\n")}\n` +
        "Hand the applications their new certificates (`npm run pulumi -- stack output clientCertificates --show-secrets`), then run this again.",
    );
  }
  if (found.silent.length > 0) {
    throw new Failure(
      `The old authority can't go yet, and nothing was changed: ${found.silent.join(", ")} does not answer. ` +
        "Start it, then run this again.",
    );
  }
  if (found.foreign.length > 0 && !through) {
    throw new Failure(
      "The old authority can't go yet, and nothing was changed. These clients show certificates that were not issued " +
        `here:\n${found.foreign.map((one) => `  - ${one}`).join("\n")}\n` +
        "Whoever has one of the old authority is refused from then on. When all have new ones, say --through.",
    );
  }
  const old = found.sessions.length + found.foreign.length;
  if (old > 0) say(stack.name, `${old} sessions may hang on it: the servers restart one after the other`);
  return old > 0;
}

function write({ name, topology }: Stack, { authorities }: Step, recycle: boolean): void {
  const restartGeneration = topology.cluster.restartGeneration + 1;
  editConfiguration(name, ({ tls, cluster }) => ({
    tls: withAuthorities(tls, authorities),
    ...(recycle ? { cluster: withValue(cluster, ["restartGeneration"], restartGeneration) } : {}),
  }));
}

/**
 * One server after the other, whatever the configuration says: a file that one of them refuses then reaches no other,
 * and servers that only drop their sessions need not be away together.
 */
function update(stack: Stack, approval: readonly string[]): Promise<number> {
  const overrides = stack.topology.rollout.mode === "rolling" ? {} : { rollout: "rolling" };
  return stack.run("up", approval, overrides);
}

function say(stack: string, what: string): void {
  process.stdout.write(`\n${stack}: ${what}\n\n`);
}

function stopped(stack: string, code: number): number {
  process.stdout.write(
    `\nThe rotation stopped here; nothing is lost, and the cluster goes on as it is. Mend what is said above, then run ` +
      `\`npm run rotate -- ca ${stack}\` again: it goes on from here. While both authorities are there, \`--back\` goes back.\n`,
  );
  return code;
}

function waiting(stack: string, authorities: readonly Phase[]): number {
  const task = authorities.some(({ phase }) => phase === "incoming")
    ? "Give every application the new `caCertificate` (`npm run pulumi -- stack output caCertificate`)"
    : "Give every application its new certificate (`npm run pulumi -- stack output clientCertificates --show-secrets`)";
  process.stdout.write(
    `\n${task}, then run \`npm run rotate -- ca ${stack}\` again for the next phase. --through does not stop here.\n`,
  );
  return 0;
}

async function finished(stack: Stack): Promise<number> {
  process.stdout.write(
    `\nThe rotation is finished.\n\n${certificateTable(await stack.outputs(), new Date())}\n`,
  );
  return 0;
}
