import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createReport } from "../toolchain/report.ts";
import { prepare } from "../toolchain/setup.ts";
import { STATE_FOLDER, useBackend } from "../toolchain/state.ts";
import { Failure } from "./command.ts";
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
  readonly engine?: boolean;
  readonly image?: boolean;
  readonly natsCli?: boolean;
}

/** One stack, with the tools and the backend to work on it. */
export class Stack {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  private readonly configuration: LocalConfiguration | undefined;

  private constructor(name: string, env: NodeJS.ProcessEnv, configuration: LocalConfiguration | undefined) {
    this.name = name;
    this.env = env;
    this.configuration = configuration;
  }

  /** Does the set-up that is needed and chooses the backend; a stack that does not exist yet is made by `create`. */
  static async open(name: string, needs: Needs): Promise<Stack> {
    if (!existsSync(join(projectFolder, `Pulumi.${name}.yaml`))) {
      throw new Failure(`there is no stack ${name}: a stack has its configuration in Pulumi.${name}.yaml`);
    }
    const tools = await prepare({ report: createReport(), ...needs });
    const { env, backend } = useBackend(tools.env, projectFolder, name);
    const madeUp = backend.kind === "local" && backend.passphrase !== "given";
    const folder = join(projectFolder, STATE_FOLDER);
    return new Stack(name, env, madeUp ? localConfiguration(projectFolder, folder, name) : undefined);
  }

  /** Makes the stack in its backend unless it is there. */
  async create(): Promise<void> {
    const folder = this.configuration?.folder ?? projectFolder;
    await this.capture(["stack", "select", this.name, "--create"], folder);
  }

  /** Runs Pulumi on this stack with the person's own terminal. */
  async run(command: "up" | "preview" | "destroy", args: readonly string[]): Promise<number> {
    const configuration = this.configuration === undefined ? [] : ["--config-file", this.configuration.file];
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", [command, ...args, "--stack", this.name, ...configuration], {
        cwd: projectFolder,
        env: this.env,
        stdio: "inherit",
      });
      child.on("error", reject);
      child.on("exit", (code) => resolve(code ?? 1));
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

  /** @throws Failure when the stack is not up */
  async outputs(): Promise<StackOutputs> {
    const text = await this.capture(["stack", "output", "--json", "--show-secrets", "--stack", this.name]);
    const outputs = JSON.parse(text) as Partial<StackOutputs>;
    if (outputs.pods !== undefined) return outputs as StackOutputs;
    throw new Failure(`the stack ${this.name} is not up: run \`npm run up -- ${this.name}\` first`);
  }
}
