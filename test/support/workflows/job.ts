import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Ran, run } from "../../../harness/run.ts";
import { type Contexts, interpolate, runs, type Status } from "./expression.ts";
import type { Step, Workflow } from "./read.ts";

/** Where a job's steps run, which outlives the job. */
export interface Place {
  /** The checkout. */
  readonly folder: string;
  /** `runner.temp` and everything else that a runner has beside the checkout. */
  readonly temp: string;
  /** What the runner itself sets. */
  readonly env: NodeJS.ProcessEnv;
  /** A folder for artifacts. */
  readonly artifacts: string;
}

export interface RanStep extends Ran {
  /** Its name, or the action it uses. */
  readonly step: string;
}

export interface RanJob {
  readonly status: Status;
  /** Those that were not left out. */
  readonly steps: readonly RanStep[];
}

/**
 * Runs one job as a runner would: its shell steps in the shell of the workflow, each with the environment that it is
 * given and no more; of actions, those that hand files over are done here, and those that install tools are not needed.
 */
export async function runJob(
  workflow: Workflow,
  id: string,
  contexts: Contexts,
  place: Place,
): Promise<RanJob> {
  const job = workflow.jobs[id];
  if (job === undefined) throw new Error(`${workflow.name} has no job ${id}`);
  const steps: RanStep[] = [];
  let status: Status = "success";
  if (!runs(job.if, contexts, status)) return { status, steps };
  for (const step of job.steps) {
    const now = { ...contexts, job: { status } };
    if (!runs(step.if, now, status)) continue;
    const context = { contexts: now, status, place };
    const env = { ...workflow.env, ...job.env, ...step.env };
    const ran =
      step.run === undefined
        ? act(step, context)
        : await runStep(step.run, { ...context, env, shell: workflow.defaults?.run?.shell ?? "" });
    steps.push({ ...ran, step: step.name ?? step.uses ?? "" });
    if (ran.code !== 0) status = "failure";
  }
  return { status, steps };
}

interface StepContext {
  readonly contexts: Contexts;
  readonly status: Status;
  readonly place: Place;
}

async function runStep(
  script: string,
  context: StepContext & { readonly env: Readonly<Record<string, string>>; readonly shell: string },
): Promise<Ran> {
  const { contexts, status, place } = context;
  const file = join(place.temp, "step.sh");
  writeFileSync(file, interpolate(script, contexts, status));
  const given = Object.entries(context.env).map(([name, value]) => [
    name,
    interpolate(value, contexts, status),
  ]);
  const [program = "", ...args] = context.shell.replace("{0}", file).split(" ");
  return run(program, args, { cwd: place.folder, env: { ...place.env, ...Object.fromEntries(given) } });
}

const installs = ["actions/checkout", "actions/setup-node", "pulumi/actions", "./.github/actions/tools"];

function act(step: Step, { contexts, status, place }: StepContext): Ran {
  const [action = ""] = (step.uses ?? "").split("@");
  const given = (name: string) => interpolate(step.with?.[name] ?? "", contexts, status);
  if (action === "actions/upload-artifact") {
    const target = join(place.artifacts, given("name"));
    if (existsSync(given("path"))) {
      mkdirSync(target, { recursive: true });
      cpSync(given("path"), join(target, basename(given("path"))));
    }
  } else if (action === "actions/download-artifact") {
    cpSync(place.artifacts, given("path"), { recursive: true });
  } else if (!installs.includes(action)) {
    throw new Error(`nothing stands in for the action ${action}`);
  }
  return { code: 0, stdout: "", stderr: "" };
}
