import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { pulumiHome } from "../../../harness/pulumi-home.ts";
import type { Clone } from "../clone.ts";
import type { FakeGitHub } from "../github.ts";
import type { Place } from "./job.ts";

/**
 * A stand-in for one of GitHub's machines: a checkout, a folder of its own, and the variables that its runner sets.
 * Nothing of the person's own home is written; what the set-up has built is shared.
 */
export function runnerFor(clone: Clone, github: FakeGitHub): Place {
  const temp = join(clone.folder, "..", `${clone.folder.split("/").at(-1)}-runner`);
  const [home, artifacts, tmp, bin] = ["home", "artifacts", "tmp", "bin"].map((name) => join(temp, name)) as [
    string,
    string,
    string,
    string,
  ];
  for (const folder of [home, artifacts, tmp, bin]) mkdirSync(folder, { recursive: true });
  // Tests run as root, or as who may do without: there is nothing to become.
  script(join(bin, "sudo"), '[ "$1" != --preserve-env ] || shift\nexec "$@"');
  // An agent says its process number to the shell that starts it, and here to the test too.
  script(
    join(bin, "ssh-agent"),
    `PATH=$(printf %s "$PATH" | cut -d: -f2-) ssh-agent "$@" | tee -a ${temp}/agents`,
  );
  const { settings, repository } = github;
  return {
    folder: clone.folder,
    temp,
    artifacts,
    env: {
      ...inherited(process.env),
      PATH: [bin, ...ownPath(process.env.PATH ?? "")].join(delimiter),
      HOME: home,
      TMPDIR: tmp,
      XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
      DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"),
      GOPATH: process.env.GOPATH ?? join(homedir(), "go"),
      GOENV: join(process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config"), "go", "env"),
      PULUMI_HOME: pulumiHome(clone.folder),
      PULUMI_CREDENTIALS_PATH: "",
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_API_URL: settings.apiUrl,
      GITHUB_REPOSITORY: repository,
      GITHUB_SERVER_URL: "https://github.test",
      GITHUB_RUN_ID: "9",
      GITHUB_STEP_SUMMARY: join(temp, "summary.md"),
      RUNNER_TEMP: temp,
    },
  };
}

function script(file: string, lines: string): void {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

/** Process numbers of the agents that were started and still run. */
export function agentsOf({ temp }: Place): number[] {
  const started = readFileSync(join(temp, "agents"), "utf8").matchAll(/SSH_AGENT_PID=(\d+);/g);
  return [...started].map(([, pid]) => Number(pid)).filter(isRunning);
}

/** A process that has ended and that nobody waits for has no command line any more. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/cmdline`;
  return existsSync(file) && readFileSync(file, "utf8").includes("ssh-agent");
}

/** What a machine has by itself, and nothing of the `npm test` that runs this. */
function inherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const left = /^(?:npm_|GITHUB_|PULUMI_|VITEST|NODE_|AWS_|SSH_|INIT_CWD$|TEST$|DEV$|PROD$|MODE$)/i;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !left.test(name)));
}

/** Without the project's own tools, which its commands find by themselves. */
function ownPath(path: string): string[] {
  return path
    .split(delimiter)
    .filter(
      (folder) => !/node_modules\/\.bin\/?$/.test(folder) && !folder.includes("/unityplan-nats/tools/"),
    );
}
