import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { standInsVariable } from "../../plan/stand-ins.ts";
import { ownPulumiHome } from "../../toolchain/pulumi.ts";
import { lastLines, type Outcome, runProgram } from "../../toolchain/run-program.ts";
import { Failure } from "../cli/command.ts";
import { stackFileName } from "../stack/plan.ts";
import { inTemporaryFolder } from "./cleanup.ts";
import { diagnosed, type Previewed } from "./diagnostics.ts";
import { withoutGit } from "./git.ts";

const longestSeconds = 300;

/**
 * Previews a whole configuration with the real program on a stack that holds nothing, in a backend of its own that is
 * gone afterwards. It needs no secret, no engine, no host and no network, and touches nothing of the user's.
 * @param configuration a stack's file, in which something stands in for every secret
 * @param env with Pulumi and its plugins on PATH
 * @throws Failure when Pulumi itself did not work
 */
export async function previewEmptyStack(
  project: string,
  stack: string,
  configuration: string,
  env: NodeJS.ProcessEnv,
): Promise<Previewed> {
  return inTemporaryFolder(async (folder) => {
    const file = join(folder, stackFileName(stack));
    writeFileSync(file, configuration);
    copyFileSync(join(project, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    const own = ownEnvironment(env, folder);
    const run = (cwd: string, ...args: string[]) =>
      runProgram("pulumi", [...args, "--non-interactive", "--stack", stack], {
        cwd,
        env: own,
        timeoutSeconds: longestSeconds,
      });
    const made = await run(folder, "stack", "select", "--create");
    if (made.code !== 0) throw didNotWork("could not make a stack to try with", made);
    const shown = await run(project, "preview", "--json", "--config-file", file);
    // Where this project is says nothing about it.
    const said = diagnosed(shown.stdout.replaceAll(project.replace(/\/$/, ""), "."));
    if (said === undefined || (shown.code !== 0 && said.faults.length === 0))
      throw didNotWork("could not preview the configuration", shown);
    return said;
  });
}

function didNotWork(what: string, { output, stopped }: Outcome): Failure {
  return new Failure(
    `Pulumi ${what}${stopped === undefined ? "" : `: it was ${stopped}`}:\n${lastLines(output)}`,
  );
}

/** Of the user's own only what finds programs: plugins stay where they are, and no login, and no connection. */
function ownEnvironment(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const home = join(folder, "home");
  mkdirSync(home);
  const plugins = join(ownPulumiHome(env), "plugins");
  if (existsSync(plugins)) symlinkSync(plugins, join(home, "plugins"));
  const kept = Object.entries(withoutGit(env)).filter(
    ([name]) => !/^(?:PULUMI|DOCKER)_/.test(name) || toolSettings.has(name),
  );
  return {
    ...Object.fromEntries(kept),
    PULUMI_HOME: home,
    PULUMI_BACKEND_URL: pathToFileURL(folder).href,
    PULUMI_CONFIG_PASSPHRASE: "it protects nothing",
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
    [standInsVariable]: "yes",
  };
}

/** What toolchain/setup.ts sets. */
const toolSettings: ReadonlySet<string> = new Set([
  "PULUMI_SKIP_UPDATE_CHECK",
  "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
  "PULUMI_NODEJS_TRANSPILE_ONLY",
]);
