import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { ownPulumiHome } from "../toolchain/pulumi.ts";

/** A home for Pulumi in a test's own folder, so that a person's is not filled; the plugins that are there are shared. */
export function pulumiHome(folder: string): string {
  const home = join(folder, "pulumi-home");
  mkdirSync(home, { recursive: true });
  const plugins = join(ownPulumiHome(process.env), "plugins");
  if (existsSync(plugins) && !existsSync(join(home, "plugins"))) symlinkSync(plugins, join(home, "plugins"));
  return home;
}
