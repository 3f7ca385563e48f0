import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { commitFile, fixtureFiles, fixtureNames, fixturesFolder, renewal } from "./fixtures.ts";
import { ProdStack } from "./prod-stack.ts";
import { mustRun } from "./run.ts";
import { ownProject, sectionsOf, TestStack } from "./stack.ts";

const usage = `usage: ${renewal} [--commit REVISION]

Deploys the dev stack, and the prod stack on three test hosts, for real with the program of a commit (default HEAD), and
writes their states to test/fixtures. Previews with the code of today then have to show no change.`;

const say = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { commit: { type: "string", default: "HEAD" } } });
  const commit = await commitOf(values.commit);
  const { env } = await prepare({ report: createReport(), engine: true, image: true });
  if (env.DOCKER_HOST !== undefined)
    throw new Error(
      `the state would hold DOCKER_HOST (${env.DOCKER_HOST}): unset DOCKER_HOST, and use Docker's usual socket`,
    );
  Object.assign(process.env, env);
  // Whatever runs is interrupted as well, so that it fails, and what was made is removed on the way out.
  process.on("SIGINT", () => say("interrupted: this removes everything that it made"));
  await inTemporaryFolder(async (folder) => {
    const checkout = join(folder, "checkout");
    const made = join(folder, "fixtures");
    mkdirSync(made);
    await checkOut(commit, checkout);
    await deployDev(checkout, made);
    await deployProd(checkout, made);
    for (const name of fixtureNames) refuseOpenSecrets(readFileSync(fixtureFiles(name, made).state, "utf8"));
    cpSync(made, fixturesFolder, { recursive: true });
    writeFileSync(commitFile, `${commit}\n`);
  });
  say(`the fixtures in test/fixtures are of ${commit}`);
}

async function commitOf(revision: string): Promise<string> {
  return (await git("rev-parse", "--verify", "--end-of-options", `${revision}^{commit}`)).trim();
}

/** The files of a commit, with the packages that it asks for; this clone and its worktrees stay as they are. */
async function checkOut(commit: string, folder: string): Promise<void> {
  mkdirSync(folder);
  const archive = `${folder}.tar`;
  await git("archive", "--output", archive, commit);
  await mustRun("tar", ["-xf", archive, "-C", folder]);
  const lock = (project: string) => readFileSync(join(project, "package-lock.json"), "utf8");
  if (lock(folder) === lock(ownProject))
    symlinkSync(join(ownProject, "node_modules"), join(folder, "node_modules"));
  else await mustRun("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder });
}

async function deployDev(checkout: string, folder: string): Promise<void> {
  say("deploying the dev stack …");
  const { pods, ...sections } = sectionsOf(join(checkout, "Pulumi.dev.yaml"));
  const ids = (pods as { id: string }[]).map(({ id }) => id);
  const stack = await TestStack.create(sections, ids, checkout);
  try {
    await settle(stack);
    await stack.save(fixtureFiles("dev", folder));
  } finally {
    await stack.dispose();
  }
}

async function deployProd(checkout: string, folder: string): Promise<void> {
  say("deploying the prod stack on three test hosts …");
  const prod = await ProdStack.create({ note: say }, checkout);
  try {
    await settle(prod.stack);
    await prod.stack.save(fixtureFiles("prod", folder));
  } finally {
    await prod.dispose();
  }
}

/** The first update finds nothing deployed, so that some inputs are others in the second one; from then on they stay. */
async function settle(stack: TestStack): Promise<void> {
  await stack.mustUp();
  await stack.mustUp();
}

function refuseOpenSecrets(state: string): void {
  if (state.includes("PRIVATE KEY")) throw new Error("a private key is in the state in plain text");
}

async function git(...args: string[]): Promise<string> {
  return mustRun("git", args, { cwd: ownProject });
}

async function inTemporaryFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-fixtures-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n\n${usage}\n`);
  process.exitCode = 1;
});
