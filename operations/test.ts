import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { projectFolder } from "./stack.ts";
import { closingLine } from "./test/report.ts";

/** `npm test [-- ARGUMENTS OF VITEST]`: all the set-up, then the tests, then a plain line that counts them. */
const tools = await prepare({
  report: createReport(),
  engine: true,
  image: true,
  natsCli: true,
  natsServer: true,
});
const reports = join(projectFolder, "test", "reports");
const report = join(reports, "vitest.json");
mkdirSync(reports, { recursive: true });
rmSync(report, { force: true });

const vitest = join(projectFolder, "node_modules", "vitest", "vitest.mjs");
const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
const child = spawn(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
  cwd: projectFolder,
  env: tools.env,
  stdio: "inherit",
});
child.on("exit", (code, signal) => {
  const { line, passed } = closingLine(report);
  process.stdout.write(`\n${line}\n`);
  process.exitCode = signal === null && code === 0 && passed ? 0 : 1;
});
