import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { createReport } from "../toolchain/report.ts";
import { runProgram } from "../toolchain/run-program.ts";
import { prepare } from "../toolchain/setup.ts";
import { useBackend } from "../toolchain/state.ts";
import { Failure } from "./command.ts";

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

  private constructor(name: string, env: NodeJS.ProcessEnv) {
    this.name = name;
    this.env = env;
  }

  /** Does the set-up that is needed and chooses the backend; a stack that does not exist yet is only made by `create`. */
  static async open(name: string, needs: Needs): Promise<Stack> {
    const tools = await prepare({ report: createReport(), ...needs });
    const { env } = useBackend(tools.env, projectFolder, name);
    return new Stack(name, env);
  }

  /** Makes the stack in its backend unless it is there. */
  async create(): Promise<void> {
    await this.capture(["stack", "select", this.name, "--create"]);
  }

  /** Runs Pulumi on this stack with the person's own terminal. */
  async run(args: readonly string[]): Promise<number> {
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", [...args, "--stack", this.name], {
        cwd: projectFolder,
        env: this.env,
        stdio: "inherit",
      });
      child.on("error", reject);
      child.on("exit", (code) => resolve(code ?? 1));
    });
  }

  /** @throws Failure with Pulumi's own words */
  async capture(args: readonly string[]): Promise<string> {
    const { code, output } = await runProgram("pulumi", [...args], { cwd: projectFolder, env: this.env });
    if (code !== 0) throw new Failure(`pulumi ${args[0]} ${args[1] ?? ""} failed:\n${output.trim()}`);
    return output;
  }

  /** @throws Failure when the stack is not up */
  async outputs(): Promise<StackOutputs> {
    const text = await this.capture(["stack", "output", "--json", "--show-secrets", "--stack", this.name]);
    const outputs = JSON.parse(text) as Partial<StackOutputs>;
    if (outputs.pods !== undefined) return outputs as StackOutputs;
    throw new Failure(`the stack ${this.name} is not up: run \`npm run up -- ${this.name}\` first`);
  }
}
