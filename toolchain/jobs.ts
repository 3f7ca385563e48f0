import { cpus } from "node:os";
import { join } from "node:path";
import { type Entry, obtain } from "./cache.ts";
import { findEngine } from "./engine.ts";
import { engineRemedy, installDockerCli, installEngine, readMachine, startEngine } from "./engine-start.ts";
import { goProblem } from "./go.ts";
import { buildImage, cannotBuild, engineArchitecture, hasImage, pullImage } from "./image.ts";
import { withLock } from "./lock.mjs";
import {
  buildEntry,
  GO_MODULES,
  type GoModule,
  type GoModuleName,
  PULUMI_VERSION,
  type Target,
} from "./modules.ts";
import { type PluginName, packageVersion } from "./pulumi.ts";
import type { PlannedStep } from "./report.ts";
import type { Missing, Setting, Survey } from "./survey.ts";
import { downloadEntry, installPlugin } from "./vendor.ts";

export type Job = PlannedStep & {
  /** Programs that the job builds from Go modules for certain. */
  builds: string[];
  work: (note: (text: string) => void) => Promise<void>;
  /** Whether a build can take the job's place if it fails. */
  hasSubstitute?: boolean;
};

/** Builds were timed on 2 cores; more than 8 hardly help. */
export function scaleToCores(secondsOnTwoCores: number, cores: number): number {
  return Math.round((secondsOnTwoCores * 2) / Math.min(Math.max(cores, 1), 8));
}

function waiting(note: (text: string) => void): (owner: string) => void {
  return (owner) => note(`waiting for another set-up that makes it (${owner})`);
}

function buildJob(setting: Setting, found: Survey, module: GoModule): Job {
  return {
    title: `building ${module.program} from Go modules`,
    estimateSeconds: scaleToCores(module.coldBuildSeconds, cpus().length),
    builds: [module.program],
    work: async (note) => {
      await obtain(setting.cache, entryOf(setting, found, module, note), waiting(note));
    },
  };
}

/** @throws where Go is missing or too old */
function entryOf(
  { project, env }: Setting,
  { go }: Survey,
  module: GoModule,
  note: (text: string) => void,
  target?: Target,
): Entry {
  const problem = goProblem(go, [module.program]);
  if (problem || !go) throw new Error(problem);
  const sources = join(project, "toolchain/go");
  return buildEntry({ sources, module, go, env, onLine: note, ...(target ? { target } : {}) });
}

/** Two set-ups never install packages or start an engine at once. */
function withEngineLock<T>(
  { cache }: Setting,
  note: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  return withLock(join(cache, "locks/engine"), work, { onWait: waiting(note) });
}

/** Gets the engine to answer. @throws where that can't be done here */
export function provideEngine(setting: Setting, note: (text: string) => void): Promise<void> {
  const { env } = setting;
  return withEngineLock(setting, note, async () => {
    // The set-up that held the lock may have done it.
    const found = await findEngine(env);
    if ("endpoint" in found) return;
    const remedy = engineRemedy(readMachine(env), found);
    if (typeof remedy === "object") throw new Error(remedy.error);
    await (remedy === "start" ? startEngine(env) : installEngine(env, note));
  });
}

function engineJob(setting: Setting, found: Survey): Job {
  const remedy = engineRemedy(readMachine(setting.env), found.engine ?? { problems: [] });
  if (typeof remedy === "object") throw new Error(remedy.error);
  const work: Job["work"] = (note) => provideEngine(setting, note);
  if (remedy === "start") {
    return { title: "starting the Docker engine", estimateSeconds: 5, builds: [], work };
  }
  return {
    title: "installing and starting the Docker engine (packages docker.io, iptables)",
    estimateSeconds: 60,
    builds: [],
    work,
  };
}

/** Gets the image: pulled, else built from the server's sources and named as a local build. */
async function provideImage(
  setting: Setting,
  found: Survey,
  reference: string,
  note: (text: string) => void,
): Promise<void> {
  const engine = await findEngine(setting.env);
  if (!("endpoint" in engine)) throw new Error("the Docker engine does not answer any more");
  const { host } = engine.endpoint;
  const env = { ...setting.env, DOCKER_HOST: host };
  if (await hasImage(reference, host, env)) return;
  await withEngineLock(setting, note, () => installDockerCli(env, note));
  note("pulling");
  const problem = await pullImage(reference, env, note);
  if (problem === undefined) return;
  const impossible = cannotBuild(reference);
  if (impossible) throw new Error(`${reference} could not be pulled (${problem}), and ${impossible}`);
  note("building nats-server from Go modules");
  const target = { os: "linux", arch: await engineArchitecture(env) };
  const module = GO_MODULES["nats-server"];
  const folder = await obtain(setting.cache, entryOf(setting, found, module, note, target), waiting(note));
  note("making the image");
  const toolchain = join(setting.project, "toolchain");
  await buildImage({ reference, server: join(folder, module.program), toolchain, env });
  setting.report.info(
    `${reference} could not be pulled: it is now a local build of the same version's source.`,
  );
}

function imageJob(setting: Setting, found: Survey, reference: string): Job {
  return {
    title: `getting the image ${reference}`,
    estimateSeconds: 20 + scaleToCores(GO_MODULES["nats-server"].coldBuildSeconds, cpus().length),
    builds: [],
    work: (note) => provideImage(setting, found, reference, note),
  };
}

function downloadCliJob(setting: Setting): Job {
  return {
    title: `downloading Pulumi ${PULUMI_VERSION}`,
    estimateSeconds: 30,
    builds: [],
    hasSubstitute: true,
    work: async (note) => {
      await obtain(setting.cache, downloadEntry(setting.env, setting.releases, note), waiting(note));
    },
  };
}

function downloadPluginJob(
  setting: Setting,
  name: PluginName,
  envWithCli: () => Promise<NodeJS.ProcessEnv>,
): Job {
  const version = packageVersion(setting.project, name);
  return {
    title: `downloading Pulumi's plugin ${name} ${version}`,
    estimateSeconds: 10,
    builds: [],
    hasSubstitute: true,
    work: async () => installPlugin(name, version, await envWithCli()),
  };
}

/**
 * The jobs that bring what is missing, in their order: first what can fail for want of a permission, then the
 * quick, then the slow.
 * @param vendor whether Pulumi can be downloaded
 * @throws where an engine is missing and can't be provided
 */
export function jobsFor(options: {
  setting: Setting;
  found: Survey;
  missing: Missing;
  image: string | undefined;
  vendor: boolean;
  envWithCli: () => Promise<NodeJS.ProcessEnv>;
}): Job[] {
  const { setting, found, missing, image, vendor } = options;
  const build = (name: GoModuleName) => buildJob(setting, found, GO_MODULES[name]);
  const cli = vendor && missing.cli.length > 0 ? [downloadCliJob(setting)] : missing.cli.map(build);
  const plugins = missing.plugins.map((name) =>
    vendor ? downloadPluginJob(setting, name, options.envWithCli) : build(name),
  );
  return [
    ...(missing.engine ? [engineJob(setting, found)] : []),
    ...(missing.image && image ? [imageJob(setting, found, image)] : []),
    ...missing.nats.map(build),
    ...cli,
    ...plugins,
  ];
}
