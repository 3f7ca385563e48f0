import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { readArguments, usageText } from "./arguments.ts";
import { runReporting } from "./command.ts";
import { projectFolder } from "./stack.ts";

const usage = {
  command: "check",
  help: "Types, lint and format of the whole project.",
  flags: [{ name: "fix", help: "mends what can be mended by itself" }],
};

await runReporting(async () => {
  const given = readArguments(usage, process.argv.slice(2));
  if (given === "help") {
    process.stdout.write(`${usageText(usage)}\n`);
    return 0;
  }
  const checks = [
    ["tsc", "--project", "."],
    ["biome", "check", ...(given.given.has("fix") ? ["--write"] : []), "--error-on-warnings", "."],
  ];
  const codes = checks.map(([tool = "", ...args]) => {
    process.stdout.write(`${[tool, ...args].join(" ")}\n`);
    return spawnSync(join(projectFolder, "node_modules", ".bin", tool), args, {
      cwd: projectFolder,
      stdio: "inherit",
    });
  });
  return codes.every(({ status }) => status === 0) ? 0 : 1;
});
