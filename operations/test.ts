import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { runAttached } from "./cli/attached.ts";
import { runReporting } from "./cli/command.ts";
import { closingLine, readReport } from "./cli/test-report.ts";
import { projectFolder } from "./stack/stack.ts";

/** `npm test [-- ARGUMENTS OF VITEST]`: all the set-up, then the tests, then a plain line that counts them. */
const reports = join(projectFolder, "test", "reports");
const file = join(reports, "vitest.json");
mkdirSync(reports, { recursive: true });
rmSync(file, { force: true });

await runReporting(async () => {
  const tools = await prepare({
    report: createReport(),
    engine: true,
    image: true,
    natsCli: true,
    natsServer: true,
  });
  const vitest = join(projectFolder, "node_modules", "vitest", "vitest.mjs");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const given = process.argv.slice(2);
  const short = given.some((argument) => argument.startsWith("--project"))
    ? []
    : ["--project=!matrix", "--project=!long"];
  const args = [vitest, "run", ...reporters, ...short, ...given];
  return runAttached(process.execPath, args, { cwd: projectFolder, env: tools.env });
});

const { line, passed } = closingLine(readReport(file), Number(process.exitCode ?? 1));
process.stdout.write(`\n${line}\n`);
if (!passed) process.exitCode ||= 1;
