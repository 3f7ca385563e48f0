import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Access } from "../../client/connection.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { jsonOrText } from "../../plan/config/sections.ts";
import { viaOf } from "../../plan/endpoints.ts";
import type { HostPlan, Topology } from "../../plan/topology.ts";
import { createReport } from "../../toolchain/report.ts";
import { type Outcome, runProgram } from "../../toolchain/run-program.ts";
import { prepare, type Tools } from "../../toolchain/setup.ts";
import { STATE_FOLDER, useBackend } from "../../toolchain/state.ts";
import { runAttached } from "../cli/attached.ts";
import { Failure } from "../cli/command.ts";
import { project } from "../stack-file/read.ts";
import { jsonText } from "../stack-file/write.ts";
import { stackFile, stackFileName, topologyOf, warningsOf } from "./plan.ts";
import { replaceFile } from "./replace-file.ts";
import {
  keepEdits,
  type LocalConfiguration,
  localConfiguration,
  withSecretsLines,
} from "./stack-configuration.ts";

export const projectFolder = fileURLToPath(new URL("../..", import.meta.url));

/** Where a stack's servers are, and as whom an operator reaches them. */
export function accessOf(outputs: StackOutputs, topology: Topology): Access {
  return {
    servers: Object.values(outputs.pods).map((pod) => pod.clientUrl),
    systemSeed: outputs.systemSeed,
    clientTls: outputs.clientTls,
    tls: {
      caPem: outputs.caCertificate,
      certificatePem: outputs.operatorCertificate.certificate,
      privateKeyPem: outputs.operatorCertificate.privateKey,
    },
    via: viaOf(topology),
  };
}

/** A resource of the state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** What a command needs of the set-up beside Pulumi itself. */
export interface Needs {
  /** The engine and the servers' image, for what makes or removes containers. */
  readonly engine?: boolean;
  readonly natsCli?: boolean;
  /** Takes a warning about the configuration. @default writes the warning to stderr */
  readonly warn?: (warning: string) => void;
}

/** One stack, with the tools and the backend to work on it. */
export class Stack {
  readonly name: string;
  readonly env: NodeJS.ProcessEnv;
  readonly topology: Topology;
  /** The nats CLI of the set-up; undefined where there is none. */
  readonly natsCli: string | undefined;
  private readonly builtParts: readonly string[];
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
    this.builtParts = tools.builtParts;
    this.configuration = configuration;
  }

  /**
   * Looks at everything that can be wrong before it does the set-up, which may take minutes. A stack that does not
   * exist yet is made by `create`.
   */
  static async open(name: string, needs: Needs): Promise<Stack> {
    if (!existsSync(join(projectFolder, stackFileName(name)))) {
      throw new Failure(`there is no stack ${name}: a stack has its configuration in ${stackFileName(name)}`);
    }
    const file = stackFile(projectFolder, name);
    // A value that is read in another way often explains the fault that follows.
    for (const warning of warningsOf(file)) (needs.warn ?? warnOnce)(warning);
    const topology = topologyOf(file, name);
    const { backend } = useBackend(process.env, projectFolder, name);
    const local = needs.engine === true && topology.hosts.some(needsLocalEngine);
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
    const text = readFileSync(this.configurationFile, "utf8");
    await this.capture(["stack", "select", this.name, "--create"], folder);
    const laidOut = readFileSync(this.configurationFile, "utf8");
    if (laidOut !== text) replaceFile(this.configurationFile, withSecretsLines(text, laidOut));
  }

  /** The configuration that Pulumi is given. */
  get configurationFile(): string {
    return this.configuration?.file ?? join(projectFolder, stackFileName(this.name));
  }

  /**
   * Runs Pulumi on this stack with the person's own terminal.
   * @param overrides sections of the configuration, as text, that are different for this one run
   */
  async run(
    command: string,
    args: readonly string[],
    overrides: Readonly<Record<string, string>> = {},
  ): Promise<number> {
    const stack = ["--stack", this.name];
    if (startsPlugins.has(command)) this.tellBuiltParts();
    if (Object.keys(overrides).length > 0) return this.runWith(overrides, command, [...args, ...stack]);
    const code = await this.attached([command, ...args, ...stack, ...this.configurationFor(command)]);
    if (command === "config" && this.configuration !== undefined)
      keepEdits(projectFolder, this.configuration);
    return code;
  }

  /** Runs Pulumi on this stack and gathers what it says, whatever comes of it. */
  look(command: string, args: readonly string[]): Promise<Outcome> {
    const all = [command, ...args, "--stack", this.name, ...this.configurationFor(command)];
    return runProgram("pulumi", all, { cwd: projectFolder, env: this.env });
  }

  /** In place of a warning of Pulumi for each of them, which people took for a fault. */
  private tellBuiltParts(): void {
    if (this.builtParts.length === 0) return;
    sayOnce(`Pulumi uses programs that were built on this machine: ${this.builtParts.join(", ")}`);
  }

  private configurationFor(command: string): string[] {
    if (this.configuration === undefined || !takesConfiguration.has(command)) return [];
    return ["--config-file", this.configuration.file];
  }

  private async runWith(
    overrides: Readonly<Record<string, string>>,
    command: string,
    args: readonly string[],
  ): Promise<number> {
    const folder = mkdtempSync(join(tmpdir(), "unityplan-configuration-"));
    const file = join(folder, stackFileName(this.name));
    const { content, config } = stackFile(dirname(this.configurationFile), this.name);
    const changed = Object.entries(overrides).map(
      ([section, value]) => [`${project}:${section}`, jsonOrText(value)] as const,
    );
    // The file exists for this run only, so its layout does not matter.
    const text = jsonText({ ...content, config: { ...config, ...Object.fromEntries(changed) } });
    writeFileSync(file, text, { mode: 0o600 });
    try {
      return await this.attached([command, ...args, "--config-file", file]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private attached(args: readonly string[]): Promise<number> {
    return runAttached("pulumi", args, { cwd: projectFolder, env: this.env });
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

  /** @param secrets `shown` brings them in plain text: only for what is compared in memory. @default hidden */
  async resources(secrets: "hidden" | "shown" = "hidden"): Promise<readonly StateResource[]> {
    const shown = secrets === "shown" ? ["--show-secrets"] : [];
    const text = await this.capture(["stack", "export", ...shown, "--stack", this.name]);
    const { deployment } = JSON.parse(text) as { deployment: { resources?: StateResource[] } };
    return deployment.resources ?? [];
  }

  /** @throws Failure when the stack is not up */
  async outputs(): Promise<StackOutputs> {
    const outputs = await this.outputsIfUp();
    if (outputs !== undefined) return outputs;
    throw new Failure(`the stack ${this.name} is not up: run \`npm run up -- ${this.name}\` first`);
  }

  /** @returns undefined when no update has ended yet */
  async outputsIfUp(): Promise<StackOutputs | undefined> {
    const text = await this.capture(["stack", "output", "--json", "--show-secrets", "--stack", this.name]);
    const outputs = JSON.parse(text) as Partial<StackOutputs>;
    return outputs.pods === undefined ? undefined : (outputs as StackOutputs);
  }
}

const told = new Set<string>();

/** A command may open its stack several times, and run Pulumi several times. */
function sayOnce(line: string): void {
  if (!told.has(line)) process.stderr.write(`${line}\n`);
  told.add(line);
}

function warnOnce(warning: string): void {
  sayOnce(`Warning: ${warning}`);
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

/** Pulumi's commands that start the program or its plugins. */
const startsPlugins = new Set(["up", "update", "preview", "refresh", "destroy", "import", "watch"]);

/** An engine on this machine, which the set-up can bring: pods run on it, or the image is copied from it. */
function needsLocalEngine({ dockerUrl, remote }: HostPlan): boolean {
  return remote?.image === "carry" || dockerUrl === undefined || dockerUrl.startsWith("unix://");
}
