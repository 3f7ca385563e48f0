import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineNames, removeByPrefix } from "./engine.ts";
import { type Ran, run } from "./run.ts";
import { podsWithFreePorts, type TestPod } from "./stack.ts";

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

  private constructor(folder: string, pods: readonly TestPod[]) {
    this.folder = folder;
    this.pods = pods;
    this.prefix = `t${folder.slice(folder.lastIndexOf("-") + 1).toLowerCase()}-`;
    const {
      PULUMI_BACKEND_URL: _,
      PULUMI_ACCESS_TOKEN: __,
      PULUMI_CONFIG_PASSPHRASE: ___,
      ...env
    } = process.env;
    this.env = {
      ...env,
      PULUMI_HOME: join(folder, "home", "pulumi"),
      XDG_CONFIG_HOME: join(folder, "home", "config"),
    };
  }

  static async create(): Promise<Clone> {
    const folder = mkdtempSync(join(tmpdir(), "unityplan-clone-"));
    cpSync(project, folder, { recursive: true, filter: (file) => !left.has(file.slice(project.length + 1)) });
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    const clone = new Clone(folder, await podsWithFreePorts(["dk", "no", "se"]));
    clone.configure({});
    return clone;
  }

  get configurationFile(): string {
    return join(this.folder, "Pulumi.dev.yaml");
  }

  configure(sections: Readonly<Record<string, unknown>>): void {
    const all = { cluster: { resourcePrefix: this.prefix }, pods: this.pods, ...sections };
    const config = Object.entries(all).map(([section, value]) => [`unityplan-nats:${section}`, value]);
    // JSON is YAML, but for the one line that is looked for by its beginning.
    writeFileSync(
      this.configurationFile,
      `config: ${JSON.stringify(Object.fromEntries(config), undefined, 2)}\n`,
    );
  }

  /** Runs what an npm script runs, without a terminal. */
  command(...args: string[]): Promise<Ran> {
    return this.program(process.execPath, "toolchain/run.mjs", ...args);
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
