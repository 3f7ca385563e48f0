import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { cacheFolder } from "./cache.ts";
import { DEFAULT_SOCKET } from "./engine.ts";
import { goProblem, goShortcoming, MINIMUM_GO } from "./go.ts";
import { DEFAULT_IMAGE } from "./image.ts";
import { type Job, jobsFor } from "./jobs.ts";
import { builtParts, homeWith } from "./pulumi-home.ts";
import { elapsedTime, type Report } from "./report.ts";
import { findOnPath } from "./run-program.ts";
import {
  binFolders,
  doneWithout,
  type Setting,
  type Survey,
  survey,
  type Wanted,
  whatIsMissing,
} from "./survey.ts";
import { RELEASES, vendorAnswers } from "./vendor.ts";

export type Tools = {
  /** Folders with the programs that were downloaded or built. */
  binDirs: string[];
  /** This process's environment, made fit for `pulumi`, `docker` and the NATS tools. */
  env: NodeJS.ProcessEnv;
  /** Programs that were built here and that Pulumi starts by itself. */
  builtParts: string[];
  /** Absolute path of the `nats` that `env` leads to. Undefined if none was asked for, or there is none. */
  natsCli?: string;
};

export type PrepareOptions = {
  report: Report;
  /** A Docker engine that answers. @default false */
  engine?: boolean;
  /** The server's image in that engine, which then is needed too. @default false; true means nats:2.15.1 */
  image?: boolean | { reference: string };
  /**
   * The `nats` command line. "if possible" is for a command that only recommends it: where it is not installed and
   * there is no Go to build it, one line says so, and that is no error. @default false
   */
  natsCli?: boolean | "if possible";
  /** The `nats-server` program. @default false */
  natsServer?: boolean;
};

const PROJECT = fileURLToPath(new URL("..", import.meta.url));
const QUIET_NODE = "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON";

/**
 * The environment for the tools: theirs come first on PATH, and nothing is fetched behind the user's back.
 * @param where `goFolder` is where the Go in use is: it comes last on PATH, for a shell whose PATH lacks it
 */
export function toolsEnv(
  base: NodeJS.ProcessEnv,
  where: {
    binDirs: string[];
    project: string;
    cache: string;
    dockerHost: string | undefined;
    goFolder?: string;
  },
): NodeJS.ProcessEnv {
  const own = (base.PATH ?? "").split(delimiter).filter(Boolean);
  const last = where.goFolder && !own.includes(where.goFolder) ? [where.goFolder] : [];
  const PATH = [...where.binDirs, join(where.project, "node_modules/.bin"), ...own, ...last];
  const nodeOptions = base.NODE_OPTIONS ?? "";
  return {
    ...base,
    PATH: PATH.join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Every plugin is there: fetching one unasked would hide a version that does not fit.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // `npm run check` checks the types.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    NODE_COMPILE_CACHE: base.NODE_COMPILE_CACHE ?? join(where.cache, "node-compile"),
    NODE_OPTIONS: nodeOptions.includes(QUIET_NODE) ? nodeOptions : `${nodeOptions} ${QUIET_NODE}`.trim(),
    ...(where.dockerHost && where.dockerHost !== DEFAULT_SOCKET ? { DOCKER_HOST: where.dockerHost } : {}),
  };
}

/** What `options` ask for, with what that needs in turn. */
export function wantedOf(options: Omit<PrepareOptions, "report">): Wanted {
  const image =
    typeof options.image === "object" ? options.image.reference : options.image ? DEFAULT_IMAGE : undefined;
  return {
    engine: options.engine === true || image !== undefined,
    image,
    nats: [
      ...(options.natsCli ? (["nats"] as const) : []),
      ...(options.natsServer ? (["nats-server"] as const) : []),
    ],
    ...(options.natsCli === "if possible" ? { natsIfPossible: ["nats"] } : {}),
  };
}

function envFor({ env, project, cache }: Setting, found: Survey): NodeJS.ProcessEnv {
  const dockerHost = found.engine && "endpoint" in found.engine ? found.engine.endpoint.host : undefined;
  const goFolder = found.go ? { goFolder: dirname(found.go.program) } : {};
  return toolsEnv(env, { binDirs: binFolders(found), project, cache, dockerHost, ...goFolder });
}

/** What was found, as a command uses it. */
export function toolsOf(setting: Setting, found: Survey): Tools {
  const env = { ...envFor(setting, found), ...homeWith(found.pulumi, setting) };
  // One that is on PATH but too old was not found.
  const natsCli = found.nats.nats && findOnPath("nats", env);
  return {
    binDirs: binFolders(found),
    builtParts: builtParts(found.pulumi),
    env,
    ...(natsCli ? { natsCli: resolve(natsCli) } : {}),
  };
}

/** Names the tools that the command does without. */
function tellDoneWithout({ report }: Setting, found: Survey, wanted: Wanted): void {
  for (const name of doneWithout(found, wanted)) {
    const why = `it is not installed, building it needs Go ${MINIMUM_GO} or newer, and ${goShortcoming(found.go)}`;
    report.info(`Going on without \`${name}\`: ${why}.`);
  }
}

/** Runs the jobs in turn. @returns false if a download failed, which a build can replace */
async function runJobs(jobs: Job[], report: Report): Promise<boolean> {
  report.plan(jobs);
  for (const job of jobs) {
    try {
      await report.step(job, job.work);
    } catch (error) {
      if (!job.hasSubstitute) throw error;
      report.info(`${(error as Error).message}\nIt is built from Go modules instead.`);
      return false;
    }
  }
  return true;
}

/**
 * Brings what is missing. @returns what is there in the end
 * @throws with what the user can do, where something can't be provided
 */
export async function complete(setting: Setting, wanted: Wanted): Promise<Survey> {
  let found = await survey(setting, wanted);
  let vendor: boolean | undefined;
  // Twice at most: downloads, then builds of what could not be downloaded.
  for (let round = 1; ; round += 1) {
    const missing = whatIsMissing(found, wanted);
    const lacksPulumi = missing.cli.length + missing.plugins.length > 0;
    vendor ??= lacksPulumi ? await vendorAnswers(setting.releases) : undefined;
    const envWithCli = async () =>
      envFor(setting, await survey(setting, { ...wanted, engine: false, image: undefined }));
    const jobs = jobsFor({
      setting,
      found,
      missing,
      image: wanted.image,
      vendor: vendor === true,
      envWithCli,
    });
    if (jobs.length === 0) {
      tellDoneWithout(setting, found, wanted);
      return found;
    }
    if (round > 2) throw new Error(`Set-up is done, but this is still missing: ${JSON.stringify(missing)}`);
    const builds = jobs.flatMap((job) => job.builds);
    const problem = builds.length > 0 ? goProblem(found.go, builds) : undefined;
    if (problem) throw new Error(problem);
    if (!(await runJobs(jobs, setting.report))) vendor = false;
    found = await survey(setting, wanted);
  }
}

/**
 * Makes sure that this machine has what a command needs: Pulumi with its plugins, and what `options` name. What is
 * installed is used; what is missing is downloaded, else built and kept in the user's cache. Where all is there it
 * says nothing and takes about a tenth of a second.
 * @throws with what the user can do, where something can't be provided
 */
export async function prepare(options: PrepareOptions): Promise<Tools> {
  const setting: Setting = {
    report: options.report,
    project: PROJECT,
    cache: cacheFolder(process.env),
    env: process.env,
    releases: RELEASES,
  };
  const begin = performance.now();
  let announced = false;
  const report: Report = {
    ...options.report,
    plan: (steps) => {
      if (!announced) options.report.info("Set-up: some tools are missing here; this is done once.");
      announced = true;
      options.report.plan(steps);
    },
  };
  const found = await complete({ ...setting, report }, wantedOf(options));
  if (announced) options.report.info(`Set-up is complete (${elapsedTime(performance.now() - begin)} min).`);
  return toolsOf(setting, found);
}
