import { cpus } from "node:os";
import { join } from "node:path";
import { obtain } from "./cache.ts";
import { findGo, goProblem } from "./go.ts";
import { scaleToCores } from "./jobs.ts";
import { ACTIONLINT_VERSION, buildEntry, findBuild, GO_MODULES } from "./modules.ts";
import type { Report } from "./report.ts";
import { findInstalled } from "./versions.ts";

/** The linter, or why there is none, with what the user can do. */
export type Actionlint = { program: string } | { problem: string };

/**
 * Brings the linter of workflows, apart from the rest of the set-up, because a check needs neither Pulumi nor an engine:
 * the installed one of the pinned version, else the build in the cache, else a new build.
 * @throws with the build's output where it failed
 */
export async function provideActionlint(options: {
  project: string;
  cache: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}): Promise<Actionlint> {
  const { project, cache, env, report } = options;
  const module = GO_MODULES.actionlint;
  // Another version finds other faults.
  const wanted = { exactly: ACTIONLINT_VERSION };
  const versionArgs = [...module.proof.args];
  const installed = await findInstalled({ cache, env, program: module.program, versionArgs, wanted });
  if (installed) return { program: installed };
  const sources = join(project, "toolchain/go");
  const go = await findGo(env);
  const built = findBuild(cache, sources, module, go);
  if (built) return { program: join(built, module.program) };
  const problem = goProblem(go, [module.program]);
  if (problem || !go) return { problem: problem ?? "" };
  const step = {
    title: `building ${module.program} from Go modules`,
    estimateSeconds: scaleToCores(module.coldBuildSeconds, cpus().length),
  };
  report.plan([step]);
  const folder = await report.step(step, (note) =>
    obtain(cache, buildEntry({ sources, module, go, env, onLine: note }), (owner) =>
      note(`waiting for another set-up that makes it (${owner})`),
    ),
  );
  return { program: join(folder, module.program) };
}
