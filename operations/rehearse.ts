import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { UsageError } from "./cli/arguments.ts";
import { runAttached } from "./cli/attached.ts";
import { runReporting } from "./cli/command.ts";
import { projectFolder } from "./stack/stack.ts";

const help = `npm run rehearse -- [--all] [--seed NUMBER]

Builds three bare test hosts on this machine's Docker engine, and deploys the prod stack on them over SSH and WireGuard.
Then hosts and links fail while applications publish and consume. Needs root on Debian or Ubuntu. Dials no address of
the real hosts.

  --all           runs the whole list of faults; \`npm test\` runs the short list
  --seed NUMBER   repeats the random choices of an earlier run
  --help          shows this help`;

const table = join(projectFolder, "test", "reports", "rehearsal.md");

await runReporting(async () => {
  const { all, seed, help: asked } = read(process.argv.slice(2));
  if (asked) {
    process.stdout.write(`${help}\n`);
    return 0;
  }
  const tools = await prepare({ report: createReport(), engine: true, image: true });
  rmSync(table, { force: true });
  const vitest = join(projectFolder, "node_modules", "vitest", "vitest.mjs");
  const env = { ...tools.env, UNITYPLAN_SEED: seed };
  const args = [vitest, "run", "--project", all ? "matrix" : "rehearsal"];
  const code = await runAttached(process.execPath, args, { cwd: projectFolder, env });
  if (existsSync(table)) process.stdout.write(`\nSeed ${seed}\n\n${readFileSync(table, "utf8")}`);
  return code;
});

function read(argv: string[]): { all: boolean; seed: string; help: boolean } {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { all: { type: "boolean" }, seed: { type: "string" }, help: { type: "boolean" } },
    });
    const seed = values.seed ?? String(Date.now() % 1_000_000);
    if (!/^\d{1,9}$/.test(seed))
      throw new Error(`"${seed}" is not a seed; allowed is a whole number of at most 9 digits`);
    return { all: values.all === true, seed, help: values.help === true };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${help}`);
  }
}
