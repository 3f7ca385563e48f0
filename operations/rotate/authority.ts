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
    "Replaces the CA in three updates: every server trusts the new CA, then the new CA issues, then the old CA is " +
    "removed. Writes each phase into Pulumi.STACK.yaml. You can interrupt the command at any time, and run it again.",
  flags: [
    { name: "back", help: "goes back to the old CA; possible in every phase except the last" },
    {
      name: "through",
      help: "does not stop between the updates for applications to get the new CA and certificates",
    },
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
        say(name, "finishing the update that was interrupted");
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
    if (step === undefined)
      throw new Failure("No CA rotation is in progress, so `--back` has nothing to undo.");
    say(name, `${step.name}: ${step.says}`);
    const recycle = step.name === "gone" && (await needsRecycling(stack, trusted, step, walker));
    write(stack, step, recycle);
    const code = await update(await Stack.open(name, { engine: true }), approval);
    if (code !== 0) return stopped(name, code);
    if (step.name === "gone") return finished(stack);
    if (waits(stack, walker)) return waiting(name, step.authorities);
  }
}

/** Applications need the new CA before it issues, and its certificates before the old CA is removed. */
function waits({ topology }: Stack, { through }: Walker): boolean {
  return topology.cluster.clientTls !== "off" && !through;
}

async function openBroughtUp(name: string): Promise<{ stack: Stack; trusted: Trusted }> {
  const stack = await Stack.open(name, { engine: true });
  const trusted = trustedIn(await stack.resources());
  if (trusted === undefined) throw new Failure(`${name} is not up: run \`npm run up -- ${name}\` first`);
  return { stack, trusted };
}

/** If the active CA comes from the configuration, the next CA comes from the configuration too. */
function refuseGiven({ topology }: Stack): void {
  const { authorities } = topology.tls;
  const active = authorities.find(({ phase }) => phase === "active");
  if (active?.given === undefined || authorities.some(({ phase }) => phase === "incoming")) return;
  if (authorities.some(({ phase }) => phase === "outgoing")) return;
  throw new Failure(
    `CA ${active.generation} comes from the configuration, so this command can't make the next CA. Add the next CA to ` +
      'tls.authorities with the phase "incoming" and its certificate. Then run the command again: it does the other phases.',
  );
}

/**
 * Whether sessions may still depend on the old CA, so that every server has to restart.
 * @throws Failure if certificates of the old CA are still in use
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
      `The old CA can't be removed yet, and nothing was changed:\n${found.live.map((one) => `  - ${one}`).join("\n")}\n` +
        "Give the applications their new certificates (`npm run pulumi -- stack output clientCertificates --show-secrets`), " +
        "then run this command again.",
    );
  }
  if (found.silent.length > 0) {
    throw new Failure(
      `The old CA can't be removed yet, and nothing was changed: ${found.silent.join(", ")} does not answer. ` +
        "Start the server, then run this command again.",
    );
  }
  if (found.foreign.length > 0 && !through) {
    throw new Failure(
      "The old CA can't be removed yet, and nothing was changed. These clients have certificates that this stack did not " +
        `issue:\n${found.foreign.map((one) => `  - ${one}`).join("\n")}\n` +
        "Without the old CA, servers refuse a client with a certificate of the old CA. When all these clients have new " +
        "certificates, say --through.",
    );
  }
  const old = found.sessions.length + found.foreign.length;
  if (old > 0)
    say(stack.name, `${old} sessions may depend on the old CA: the servers restart one after the other`);
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
 * One server after the other, whatever the configuration says: a file that one server refuses then reaches no other
 * server, and the restarts never stop several servers at once.
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
    `\nThe rotation stopped here. Nothing is lost, and the cluster goes on as it is. Fix the error above, then run ` +
      `\`npm run rotate -- ca ${stack}\` again: it goes on from here. While both CAs are there, \`--back\` goes back.\n`,
  );
  return code;
}

function waiting(stack: string, authorities: readonly Phase[]): number {
  const task = authorities.some(({ phase }) => phase === "incoming")
    ? "Give every application the new `caCertificate` (`npm run pulumi -- stack output caCertificate`)"
    : "Give every application its new certificate (`npm run pulumi -- stack output clientCertificates --show-secrets`)";
  process.stdout.write(
    `\n${task}, then run \`npm run rotate -- ca ${stack}\` again for the next phase. With --through, the command does not stop here.\n`,
  );
  return 0;
}

async function finished(stack: Stack): Promise<number> {
  process.stdout.write(
    `\nThe rotation is finished.\n\n${certificateTable(await stack.outputs(), new Date())}\n`,
  );
  return 0;
}
