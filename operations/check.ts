import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { projectFolder } from "./stack.ts";

/** `npm run check [-- --fix]`: types, lint and format of the whole project. */
const bin = join(projectFolder, "node_modules", ".bin");
const fix = process.argv.includes("--fix");
const checks = [
  ["tsc", "--project", "."],
  ["biome", "check", ...(fix ? ["--write"] : []), "--error-on-warnings", "."],
];
for (const [tool = "", ...args] of checks) {
  process.stdout.write(`${[tool, ...args].join(" ")}\n`);
  const { status } = spawnSync(join(bin, tool), args, { cwd: projectFolder, stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
