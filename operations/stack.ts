import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Topology } from "../components/topology.ts";
import { createReport } from "../toolchain/report.ts";
import { prepare, type Tools } from "../toolchain/setup.ts";
import { STATE_FOLDER, useBackend } from "../toolchain/state.ts";
import { runAttached } from "./attached.ts";
import { Failure } from "./command.ts";
import { readTopology } from "./plan.ts";
import { type LocalConfiguration, localConfiguration } from "./stack-configuration.ts";

export const projectFolder = fileURLToPath(new URL("..", import.meta.url));

/** What a stack tells about itself, pod by pod: the exports of index.ts. */
export interface PodOutputs {
  readonly serverName: string;
  readonly clientUrl: string;
  readonly clusterAddress: string;
  readonly monitorUrl: string;
  readonly dataVolume: string;
  readonly certificateExpires: string;
}

export interface StackOutputs {
  readonly clusterName: string;
  /** By pod id. */
  readonly pods: Readonly<Record<string, PodOutputs>>;
  readonly streams: readonly string[];
  readonly consumers: readonly string[];
  readonly systemSeed: string;
}

/** What a command needs of the set-up beside Pulumi itself. */
export interface Needs {
  /** The engine and the servers' image, for what makes or removes containers. */
  readonly engine?: boolean;
  readonly natsCli?: boolean;
}

/** One stack, with the tools and the backend to work on it. */
export class Stack {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly topology: Topology;
  /** The nats CLI of the set-up; undefined where there is none. */
  readonly natsCli: string | undefined;
  private readonly configuration: LocalConfiguration | undefined;

  private constructor(
    name: string,
    topology: Topology,
    tools: Tools,
    configuration: LocalConfiguration | undefined,
  ) {
    this.name = name;
    this.topology = topology;
    this.env = tools.env;
    this.natsCli = tools.natsCli;
    this.configuration = configuration;
  }

  /**
   * Looks at everything that can be wrong before it does the set-up, which may take minutes. A stack that does not
   * exist yet is made by `create`.
   */
  static async open(name: string, needs: Needs): Promise<Stack> {
    if (!existsSync(join(projectFolder, `Pulumi.${name}.yaml`))) {
      throw new Failure(`there is no stack ${name}: a stack has its configuration in Pulumi.${name}.yaml`);
    }
    const topology = readTopology(projectFolder, name);
    const { backend } = useBackend(process.env, projectFolder, name);
    const local = needs.engine === true && topology.hosts.some(({ dockerUrl }) => isLocal(dockerUrl));
    const tools = await prepare({
      report: createReport(),
      engine: local,
      image: local && { reference: topology.cluster.image },
      natsCli: needs.natsCli === true && "if possible",
    });
    const { env } = useBackend(tools.env, projectFolder, name);
    const madeUp = backend.kind === "local" && backend.passphrase !== "given";
    const folder = join(projectFolder, STATE_FOLDER);
    const configuration = madeUp ? localConfiguration(projectFolder, folder, name) : undefined;
    return new Stack(name, topology, { ...tools, env }, configuration);
  }

  /** Makes the stack in its backend unless it is there. */
  async create(): Promise<void> {
    const folder = this.configuration?.folder ?? projectFolder;
    await this.capture(["stack", "select", this.name, "--create"], folder);
  }

  /** Runs Pulumi on this stack with the person's own terminal. */
  async run(command: string, args: readonly string[]): Promise<number> {
    const stack = ["--stack", this.name];
    const file =
      this.configuration !== undefined && takesConfiguration.has(command)
        ? ["--config-file", this.configuration.file]
        : [];
    return runAttached("pulumi", [command, ...args, ...stack, ...file], {
      cwd: projectFolder,
      env: this.env,
    });
  }

  /** @throws Failure with Pulumi's own words */
  async capture(args: readonly string[], folder = projectFolder): Promise<string> {
    try {
      const options = { cwd: folder, env: this.env, maxBuffer: 256 * 1024 * 1024 };
      return (await promisify(execFile)("pulumi", [...args], options)).stdout;
    } catch (error) {
      const said = (error as { stderr?: string }).stderr?.trim() ?? (error as Error).message;
      throw new Failure(`pulumi ${args[0]} ${args[1] ?? ""} failed:\n${said}`);
    }
  }

  /** Whether the state has anything of this stack. */
  async isNew(): Promise<boolean> {
    const text = await this.capture(["stack", "export", "--stack", this.name]);
    const { deployment } = JSON.parse(text) as { deployment: { resources?: unknown[] } };
    return (deployment.resources ?? []).length === 0;
  }

  /** @throws Failure when the stack is not up */
  async outputs(): Promise<StackOutputs> {
    const text = await this.capture(["stack", "output", "--json", "--show-secrets", "--stack", this.name]);
    const outputs = JSON.parse(text) as Partial<StackOutputs>;
    if (outputs.pods !== undefined) return outputs as StackOutputs;
    throw new Failure(`the stack ${this.name} is not up: run \`npm run up -- ${this.name}\` first`);
  }
}

/** Pulumi's commands that read the stack's configuration file. */
const takesConfiguration = new Set([
  "up",
  "update",
  "preview",
  "refresh",
  "destroy",
  "import",
  "config",
  "watch",
]);

/** An engine on this machine, which the set-up can bring. */
function isLocal(dockerUrl: string | undefined): boolean {
  return dockerUrl === undefined || dockerUrl.startsWith("unix://");
}
