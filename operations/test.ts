import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { runAttached } from "./cli/attached.ts";
import { runReporting } from "./cli/command.ts";
import { closingLine, readReport } from "./cli/test-report.ts";
import { readTimes, timesReport } from "./cli/test-times.ts";
import { timesFileVariable } from "./cli/test-times-reporter.ts";
import { projectFolder } from "./stack/stack.ts";

/**
 * `npm test [-- ARGUMENTS OF VITEST]`: does all the set-up and runs the tests. Then it shows the longest files, and a
 * last line counts the tests.
 */
const reports = join(projectFolder, "test", "reports");
const file = join(reports, "vitest.json");
const timesFile = join(reports, "times.json");
mkdirSync(reports, { recursive: true });
for (const old of [file, timesFile]) rmSync(old, { force: true });

await runReporting(async () => {
  const tools = await prepare({
    report: createReport(),
    engine: true,
    image: true,
    natsCli: true,
    natsServer: true,
  });
  const vitest = join(projectFolder, "node_modules", "vitest", "vitest.mjs");
  const ofTimes = join(projectFolder, "operations", "cli", "test-times-reporter.ts");
  const reporters = [
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${file}`,
    `--reporter=${ofTimes}`,
  ];
  const given = process.argv.slice(2);
  const short = given.some((argument) => argument.startsWith("--project"))
    ? []
    : ["--project=!matrix", "--project=!long"];
  const args = [vitest, "run", ...reporters, ...short, ...given];
  return runAttached(process.execPath, args, {
    cwd: projectFolder,
    env: { ...tools.env, [timesFileVariable]: timesFile },
  });
});

const { line, passed } = closingLine(readReport(file), Number(process.exitCode ?? 1));
const times = timesReport(readTimes(timesFile));
process.stdout.write(`\n${times === "" ? "" : `${times}\n\n`}${line}\n`);
if (!passed) process.exitCode ||= 1;
