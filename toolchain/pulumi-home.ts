import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { GO_MODULES, PULUMI_VERSION } from "./modules.ts";
import { isInPluginFolder, ownPulumiHome, PLUGINS, type PulumiFound, packageVersion } from "./pulumi.ts";

/** A plugin as Pulumi's plugin folder has it. */
export interface LinkedPlugin {
  /** The folder's name: kind, name and version. */
  readonly folder: string;
  readonly program: string;
  /** Path of the program. */
  readonly target: string;
}

/** Parts of Pulumi that were built here and that Pulumi looks up by itself, in words for a person. */
export function builtParts({ cli, plugins }: PulumiFound): string[] {
  return [
    ...(cli["language-nodejs"]?.source === "built" ? [GO_MODULES["language-nodejs"].program] : []),
    ...PLUGINS.filter((name) => plugins[name]?.source === "built").map((name) => GO_MODULES[name].program),
  ];
}

/** What stands in the plugin folder of this project's own home: what was built, and what is in the person's own home. */
export function linkedPlugins(
  { cli, plugins }: PulumiFound,
  project: string,
  env: NodeJS.ProcessEnv,
): LinkedPlugin[] {
  const host = cli["language-nodejs"];
  const { program } = GO_MODULES["language-nodejs"];
  const linked: LinkedPlugin[] =
    host?.source === "built" && host.folder !== undefined
      ? [{ folder: `language-nodejs-v${PULUMI_VERSION}`, program, target: join(host.folder, program) }]
      : [];
  for (const name of PLUGINS) {
    const place = plugins[name];
    if (place === undefined) continue;
    const version = packageVersion(project, name);
    const folder = `resource-${name}-v${version}`;
    const isOwn = place.folder === undefined && isInPluginFolder(env, name, version);
    const source = place.folder ?? (isOwn ? join(ownPulumiHome(env), "plugins", folder) : undefined);
    const ofPlugin = GO_MODULES[name].program;
    if (source !== undefined) linked.push({ folder, program: ofPlugin, target: join(source, ofPlugin) });
  }
  return linked;
}

/**
 * Makes a home for Pulumi in the cache, in which Pulumi finds what was built here. In the person's own home, other
 * projects would get these programs. On PATH, Pulumi would warn of each of them in each command. The person's login stays
 * where it is.
 * @returns what is different in the environment; empty where nothing was built
 */
export function homeWith(
  found: PulumiFound,
  at: { readonly cache: string; readonly project: string; readonly env: NodeJS.ProcessEnv },
): NodeJS.ProcessEnv {
  if (builtParts(found).length === 0) return {};
  const linked = linkedPlugins(found, at.project, at.env);
  const key = createHash("sha256").update(JSON.stringify(linked)).digest("hex").slice(0, 16);
  const home = join(at.cache, "pulumi-homes", key);
  for (const { folder, program, target } of linked) {
    const plugin = join(home, "plugins", folder);
    mkdirSync(plugin, { recursive: true });
    link(target, join(plugin, program));
  }
  return {
    PULUMI_HOME: home,
    PULUMI_CREDENTIALS_PATH: at.env.PULUMI_CREDENTIALS_PATH || ownPulumiHome(at.env),
  };
}

/** Another command may make the same home at the same time. */
function link(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}
