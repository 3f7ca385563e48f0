import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { provideActionlint } from "../toolchain/actionlint.ts";
import { cacheFolder } from "../toolchain/cache.ts";
import { createReport } from "../toolchain/report.ts";
import { workflowCheck } from "./check/workflows.ts";
import { readArguments, usageText } from "./cli/arguments.ts";
import { runReporting } from "./cli/command.ts";
import { projectFolder } from "./stack/stack.ts";

const usage = {
  command: "check",
  help: "Checks types, lint and format of the whole project, and lints its workflows.",
  flags: [{ name: "fix", help: "fixes what can be fixed automatically" }],
  withoutStack: true,
} as const;

await runReporting(async () => {
  const given = readArguments(usage, process.argv.slice(2));
  if (given === "help") {
    process.stdout.write(`${usageText(usage)}\n`);
    return 0;
  }
  const bin = join(projectFolder, "node_modules", ".bin");
  const codes = [
    runCheck(join(bin, "tsc"), ["--project", "."]),
    runCheck(join(bin, "biome"), [
      "check",
      ...(given.given.has("fix") ? ["--write"] : []),
      "--error-on-warnings",
      ".",
    ]),
    await checkWorkflows(),
  ];
  return codes.every((code) => code === 0) ? 0 : 1;
});

async function checkWorkflows(): Promise<number> {
  const { env } = process;
  const setting = { project: projectFolder, cache: cacheFolder(env), env, report: createReport() };
  const check = workflowCheck(await provideActionlint(setting), env.CI);
  if ("program" in check) return runCheck(check.program, check.args);
  process.stdout.write(`${check.says}\n`);
  return check.code;
}

/** @returns the exit code */
function runCheck(program: string, args: readonly string[]): number {
  process.stdout.write(`${[program.slice(program.lastIndexOf("/") + 1), ...args].join(" ")}\n`);
  return spawnSync(program, args, { cwd: projectFolder, stdio: "inherit" }).status ?? 1;
}
