import { existsSync, readFileSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { findComplete } from "./cache.ts";
import type { Go } from "./go.ts";
import { findBuild, GO_MODULES, type GoModuleName, PULUMI_VERSION } from "./modules.ts";
import { findOnPath, isExecutable } from "./run-program.ts";
import { releaseInCache } from "./vendor.ts";
import { findInstalled } from "./versions.ts";

/** The plugins that the program uses; the versions are those of its npm packages. */
export const PLUGINS = ["docker", "tls", "command"] as const;
export type PluginName = (typeof PLUGINS)[number];

/** Where a part of Pulumi is. `folder` goes on PATH; an installed one needs none. */
export type Place = { source: "installed" | "downloaded" | "built"; folder?: string };

/** What a part of Pulumi is taken from: what is installed and new enough, then the vendor's release, then a build. */
export function choosePlace(found: {
  installed: boolean;
  downloaded: string | undefined;
  built: string | undefined;
}): Place | undefined {
  if (found.installed) return { source: "installed" };
  if (found.downloaded) return { source: "downloaded", folder: found.downloaded };
  if (found.built) return { source: "built", folder: found.built };
  return undefined;
}

/** The command line and its host for Node programs. */
export const CLI_PARTS = ["pulumi", "language-nodejs"] as const;
export type CliPart = (typeof CLI_PARTS)[number];

export type PulumiFound = {
  cli: Record<CliPart, Place | undefined>;
  plugins: Record<PluginName, Place | undefined>;
};

/** The version of an npm package of the project, which is the version of its plugin. */
export function packageVersion(project: string, name: PluginName): string {
  const file = join(project, "node_modules/@pulumi", name, "package.json");
  return JSON.parse(readFileSync(file, "utf8")).version;
}

/** The person's own home of Pulumi. */
export function ownPulumiHome(env: NodeJS.ProcessEnv): string {
  return env.PULUMI_HOME || join(env.HOME || homedir(), ".pulumi");
}

/** Whether Pulumi's own plugin folder holds that version, whole. */
export function isInPluginFolder(env: NodeJS.ProcessEnv, name: string, version: string): boolean {
  const folder = join(ownPulumiHome(env), "plugins", `resource-${name}-v${version}`);
  // Pulumi marks an unfinished install so: https://github.com/pulumi/pulumi/blob/v3.259.0/sdk/go/common/workspace/plugins.go
  return isExecutable(join(folder, `pulumi-resource-${name}`)) && !existsSync(`${folder}.partial`);
}

async function findInstalledCli(cache: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const wanted = { atLeast: PULUMI_VERSION };
  const cli = await findInstalled({ cache, env, program: "pulumi", versionArgs: ["version"], wanted });
  const host = GO_MODULES["language-nodejs"].program;
  return (
    cli !== undefined && (isExecutable(join(dirname(realpathSync(cli)), host)) || !!findOnPath(host, env))
  );
}

/** Everything of Pulumi that is on this machine already. */
export async function findPulumi(options: {
  cache: string;
  env: NodeJS.ProcessEnv;
  go: Go | undefined;
  project: string;
}): Promise<PulumiFound> {
  const { cache, env, go, project } = options;
  const built = (name: GoModuleName) => findBuild(cache, join(project, "toolchain/go"), GO_MODULES[name], go);
  const plugin = (name: PluginName) =>
    choosePlace({
      installed:
        findOnPath(GO_MODULES[name].program, env) !== undefined ||
        isInPluginFolder(env, name, packageVersion(project, name)),
      downloaded: undefined,
      built: built(name),
    });
  const installed = await findInstalledCli(cache, env);
  const downloaded = findComplete(cache, releaseInCache());
  const part = (name: CliPart) => choosePlace({ installed, downloaded, built: built(name) });
  return {
    cli: { pulumi: part("pulumi"), "language-nodejs": part("language-nodejs") },
    plugins: { docker: plugin("docker"), tls: plugin("tls"), command: plugin("command") },
  };
}
