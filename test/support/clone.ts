import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineNames, removeByPrefix } from "../../harness/engine.ts";
import { pulumiHome } from "../../harness/pulumi-home.ts";
import { begin, type Ran, type Running, run } from "../../harness/run.ts";
import { podsWithFreePorts, type TestPod, type TestStack } from "../../harness/stack.ts";
import { stackFileText } from "../../operations/stack-file/file.ts";
import { readStackFile } from "../../operations/stack-file/read.ts";
import { sectionsOf } from "../../operations/stack-file/sections.ts";

const project = join(import.meta.dirname, "..", "..");
const left = new Set(["node_modules", ".git", ".state", "test"]);

/**
 * A copy of the project, for the commands that a person types: its own state, its own names and ports in
 * Pulumi.dev.yaml, its own home for Pulumi and the nats CLI.
 */
export class Clone {
  readonly folder: string;
  readonly prefix: string;
  readonly pods: readonly TestPod[];
  private readonly env: NodeJS.ProcessEnv;

  private constructor(folder: string, pods: readonly TestPod[], prefix?: string) {
    this.folder = folder;
    this.pods = pods;
    this.prefix = prefix ?? `t${folder.slice(folder.lastIndexOf("-") + 1).toLowerCase()}-`;
    this.env = { ...process.env, PULUMI_HOME: pulumiHome(folder), XDG_CONFIG_HOME: join(folder, "config") };
    for (const name of [
      "BACKEND_URL",
      "CREDENTIALS_PATH",
      "ACCESS_TOKEN",
      "CONFIG_PASSPHRASE",
      "CONFIG_PASSPHRASE_FILE",
    ]) {
      delete this.env[`PULUMI_${name}`];
    }
  }

  /** @param other shares its names and ports with this one */
  static async create(other?: Pick<Clone, "pods" | "prefix">): Promise<Clone> {
    const folder = mkdtempSync(join(tmpdir(), "unityplan-clone-"));
    cpSync(project, folder, { recursive: true, filter: (file) => !left.has(file.slice(project.length + 1)) });
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    const pods = other?.pods ?? (await podsWithFreePorts(["dk", "no", "se"]));
    const clone = new Clone(folder, pods, other?.prefix);
    clone.configure({});
    return clone;
  }

  /** For the commands that a person types, on a stack that a test has brought up; it disposes of the stack's containers. */
  static async of(stack: TestStack): Promise<Clone> {
    const clone = await Clone.create(stack);
    const configuration = `Pulumi.${stack.name}.yaml`;
    copyFileSync(join(stack.folder, configuration), join(clone.folder, configuration));
    const { PULUMI_BACKEND_URL = "", PULUMI_CONFIG_PASSPHRASE = "" } = stack.env;
    clone.export({ PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE });
    return clone;
  }

  /** Sets variables of the environment of all that is run from here. */
  export(variables: Readonly<Record<string, string>>): void {
    Object.assign(this.env, variables);
  }

  get configurationFile(): string {
    return join(this.folder, "Pulumi.dev.yaml");
  }

  /** Sections beside the names and ports that are this clone's own. */
  configure(sections: Readonly<Record<string, unknown>>): void {
    const cluster = { resourcePrefix: this.prefix, ...(sections.cluster as object | undefined) };
    const all = { pods: this.pods, ...sections, cluster };
    // JSON is YAML, but for the one line that is looked for by its beginning.
    const lines = Object.entries(all).map(
      ([section, value]) => `  # kept: ${section}\n  unityplan-nats:${section}: ${JSON.stringify(value)}`,
    );
    // Somebody else's salt, as a plain `pulumi` leaves it behind: the commands must do without it.
    const salt = "encryptionsalt: v1:8AvaQA30OL0=:v1:lfxLzE3gs9NpkcJV:23t+X4PQ8v8DvAASTAyPKgWCpaAnxA==";
    writeFileSync(this.configurationFile, `config:\n${lines.join("\n")}\n${salt}\n`);
  }

  /** What the configuration file says now. */
  sections(): Record<string, unknown> {
    return { ...sectionsOf(readStackFile(stackFileText(this.configurationFile), "Pulumi.dev.yaml")) };
  }

  /** Client URLs by pod. */
  urls(): Record<string, string> {
    return Object.fromEntries(this.pods.map(({ id, clientPort }) => [id, `nats://127.0.0.1:${clientPort}`]));
  }

  /** When each pod's server was started, as the engine says it. */
  async startTimes(): Promise<Record<string, string>> {
    const entries = this.pods.map(async ({ id }) => {
      const name = `${this.prefix}service-nats-${id}`;
      const { stdout } = await this.program("docker", "inspect", "--format", "{{.State.StartedAt}}", name);
      return [id, stdout.trim()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Runs what an npm script runs, without a terminal. */
  command(...args: string[]): Promise<Ran> {
    return this.program(process.execPath, "toolchain/run.mjs", ...args);
  }

  /** As `command`, and leaves the processors to the servers: Pulumi usually runs on a machine of its own. */
  background(...args: string[]): Promise<Ran> {
    return this.program("nice", "-n", "19", process.execPath, "toolchain/run.mjs", ...args);
  }

  /** A command to interfere with. */
  begin(...args: string[]): Running {
    const all = ["-n", "19", process.execPath, "toolchain/run.mjs", ...args];
    return begin("nice", all, { cwd: this.folder, env: this.env });
  }

  program(program: string, ...args: string[]): Promise<Ran> {
    return run(program, args, { cwd: this.folder, env: this.env });
  }

  left(kind: "container" | "network" | "volume"): Promise<string[]> {
    return engineNames(kind, this.prefix);
  }

  async dispose(): Promise<void> {
    await removeByPrefix(this.prefix);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
