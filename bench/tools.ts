import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { cacheFolder, obtain } from "../toolchain/cache.ts";
import { findGo, goProblem } from "../toolchain/go.ts";
import { scaleToCores } from "../toolchain/jobs.ts";
import { buildEntry, findBuild, type GoModule } from "../toolchain/modules.ts";
import type { Report } from "../toolchain/report.ts";
import { runProgram } from "../toolchain/run-program.ts";
import { parseVersion } from "../toolchain/versions.ts";

/** A Docker Compose, installed or built. */
export interface ComposeTool {
  readonly command: readonly string[];
  readonly version: string;
}

export interface TerraformTool {
  readonly version: string;
  /** Folder that holds terraform-provider-docker. */
  readonly providerFolder: string;
}

const sources = fileURLToPath(new URL("go", import.meta.url));

const composeModule: GoModule = {
  name: "compose",
  program: "docker-compose",
  proof: { args: ["version"], says: /v2\.40\.0/ },
  coldBuildSeconds: 120,
};

const providerModule: GoModule = {
  name: "terraform-provider-docker",
  program: "terraform-provider-docker",
  // It wants to be started by Terraform, and says so.
  proof: { args: [], says: /This binary is a plugin/ },
  coldBuildSeconds: 45,
};

/** The one that is installed, else one built from Go modules and kept in the user's cache. */
export async function findCompose(env: NodeJS.ProcessEnv, report: Report): Promise<ComposeTool> {
  for (const command of [["docker", "compose"], ["docker-compose"]]) {
    const version = await versionOf([...command, "version"], env);
    // The first Compose was another program.
    if (version !== undefined && !version.startsWith("1.")) return { command, version };
  }
  const folder = await build(composeModule, env, report);
  return { command: [`${folder}/${composeModule.program}`], version: "2.40.0" };
}

/** undefined: terraform is not installed here. The provider is built from Go modules. */
export async function findTerraform(
  env: NodeJS.ProcessEnv,
  report: Report,
): Promise<TerraformTool | undefined> {
  const quiet = { ...env, CHECKPOINT_DISABLE: "1" };
  const version = await versionOf(["terraform", "version"], quiet);
  if (version === undefined) return undefined;
  return { version, providerFolder: await build(providerModule, env, report) };
}

async function versionOf(words: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const [program = "", ...args] = words;
  const { code, output } = await runProgram(program, args, { env, timeoutSeconds: 30 });
  return code === 0 ? parseVersion(output) : undefined;
}

async function build(module: GoModule, env: NodeJS.ProcessEnv, report: Report): Promise<string> {
  const cache = cacheFolder(env);
  const go = await findGo(env);
  const finished = findBuild(cache, sources, module, go);
  if (finished !== undefined) return finished;
  const problem = goProblem(go, [module.program]);
  if (problem !== undefined || go === undefined) throw new Error(problem);
  const step = {
    title: `building ${module.program} from Go modules`,
    estimateSeconds: scaleToCores(module.coldBuildSeconds, cpus().length),
  };
  return report.step(step, (note) => obtain(cache, buildEntry({ sources, module, go, env, onLine: note })));
}
