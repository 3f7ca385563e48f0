import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type Access, open } from "../client/connection.ts";
import type { StackOutputs } from "../model/contract/stack-outputs.ts";
import { parseUrn } from "../model/urn.ts";
import { stackFileText } from "../operations/stack-file/file.ts";
import { readStackFile } from "../operations/stack-file/read.ts";
import { sectionsOf as ownSections } from "../operations/stack-file/sections.ts";
import { serverNameOf, usualNames } from "../plan/pod-names.ts";
import { resourceNames } from "../plan/resource-names.ts";
import { engineNames, type Kind, removeByPrefix } from "./engine.ts";
import { freePorts } from "./ports.ts";
import { pulumiHome } from "./pulumi-home.ts";
import { begin, mustRun, type Ran, type Running, run } from "./run.ts";

/** The checkout that this file is in. */
export const ownProject = join(import.meta.dirname, "..");

export interface TestPod {
  readonly id: string;
  readonly clientPort: number;
  readonly clusterPort: number;
  readonly monitorPort: number;
}

/** What is left of a stack that was deployed. */
export interface StackFiles {
  /** As `Pulumi.STACK.yaml`, with the salt of the passphrase. */
  readonly configuration: string;
  /** As `pulumi stack export` writes it, without places in sources: secrets are encrypted. */
  readonly state: string;
}

/** The sections of the configuration, as a person writes them. */
export type TestConfiguration = Readonly<Record<string, unknown>> & { readonly pods: readonly TestPod[] };

export interface Step {
  readonly op: string;
  readonly urn: string;
  readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

export interface BrokenFile {
  readonly pod: string;
  readonly file: string;
  readonly content: string;
}

export interface BrokenResource {
  /** Pulumi's name of it. */
  readonly name: string;
  readonly inputs?: object;
  /** Inputs that are known only while an update runs. */
  readonly late?: object;
  readonly options?: object;
}

/**
 * The real program in a stack of its own: own folder, own state, own names and ports on the real engine, so that it
 * never touches a user's dev stack. Dispose of it in `afterAll`; that works after a failure too.
 */
export class TestStack {
  readonly prefix: string;
  readonly folder: string;
  readonly name = "test";
  readonly env: NodeJS.ProcessEnv;
  private readonly project: string;
  private configuration: TestConfiguration;

  private constructor(project: string, configuration: TestConfiguration) {
    const folder = mkdtempSync(join(tmpdir(), "unityplan-test-"));
    this.folder = folder;
    this.prefix = `t${folder.slice(folder.lastIndexOf("-") + 1).toLowerCase()}-`;
    this.project = project;
    this.configuration = configuration;
    linkProgram(project, folder);
    this.interfere(undefined);
    this.env = {
      ...process.env,
      PULUMI_HOME: pulumiHome(folder),
      PULUMI_CREDENTIALS_PATH: "",
      PULUMI_BACKEND_URL: `file://${folder}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_CONFIG_PASSPHRASE_FILE: "",
    };
  }

  /**
   * @param sections what differs from three pods `dk`, `no` and `se` with defaults for everything else
   * @param project the checkout whose program is run
   */
  static async create(
    sections: Readonly<Record<string, unknown>> = {},
    ids = ["dk", "no", "se"],
    project = ownProject,
  ): Promise<TestStack> {
    const stack = new TestStack(project, { pods: await podsWithFreePorts(ids), ...sections });
    stack.configure({});
    await stack.init();
    return stack;
  }

  /** A stack that was deployed elsewhere, with this checkout's program: for previews, since no engine has it. */
  static async restore(files: StackFiles): Promise<TestStack> {
    const stack = new TestStack(ownProject, sectionsOf(files.configuration) as TestConfiguration);
    // It would become a setting of the engine's provider, and such files are made where it is not set.
    delete stack.env.DOCKER_HOST;
    copyFileSync(files.configuration, stack.configurationFile);
    await stack.init();
    await stack.mustPulumi("stack", "import", "--file", files.state);
    return stack;
  }

  /** Writes what `restore` reads. */
  async save(files: StackFiles): Promise<void> {
    const state = withoutSources(JSON.parse(await this.mustPulumi("stack", "export")));
    writeFileSync(files.state, `${JSON.stringify(state, undefined, 1)}\n`);
    copyFileSync(this.configurationFile, files.configuration);
  }

  private async init(): Promise<void> {
    await mustRun("pulumi", ["stack", "init", this.name, "--non-interactive"], {
      cwd: this.folder,
      env: this.env,
    });
  }

  get pods(): readonly TestPod[] {
    return this.configuration.pods;
  }

  /** Changes sections of the configuration; a section is replaced as a whole. */
  configure(sections: Readonly<Record<string, unknown>>): void {
    this.configuration = { ...this.configuration, ...sections };
    const cluster = { resourcePrefix: this.prefix, ...(this.configuration.cluster as object | undefined) };
    const entries = Object.entries({ ...withConsent(this.configuration), cluster });
    const config = Object.fromEntries(
      entries.map(([section, value]) => [`unityplan-nats:${section}`, value]),
    );
    // JSON is YAML.
    writeFileSync(this.configurationFile, JSON.stringify({ encryptionsalt: this.salt(), config }));
  }

  /** Adds a pod with ports of its own. */
  async addPod(id: string): Promise<void> {
    this.configure({ pods: [...this.pods, ...(await podsWithFreePorts([id]))] });
  }

  /**
   * Makes a pod's loader carry a broken file: the same program, with one upload changed on its way to the engine.
   * @param broken undefined: the file is whole again
   */
  breakFile(broken: BrokenFile | undefined): void {
    const namesIn = ({ pod }: BrokenFile) => ({
      loader: resourceNames.loader.of(pod),
      node: resourceNames.node.of(pod),
    });
    const argument = broken && { ...broken, ...namesIn(broken) };
    this.interfere(argument && { with: "break-file", argument });
  }

  /**
   * Ends the wait of a type's resources after so many seconds, as on a server that does not come up.
   * @param limit undefined: they wait as long as the program lets them
   */
  waitLess(limit: { readonly type: string; readonly seconds: number } | undefined): void {
    this.interfere(limit && { with: "wait-less", argument: limit });
  }

  /**
   * Changes one resource on its way to the engine, as a fault in the program would.
   * @param broken undefined: the resource goes as the program makes it
   */
  breakPolicy(broken: BrokenResource | undefined): void {
    const argument = { ...broken, network: resourceNames.meshNetwork.of("local") };
    this.interfere(broken === undefined ? undefined : { with: "break-policy", argument });
  }

  private interfere(interference: Interference | undefined): void {
    writeFileSync(join(this.folder, "main.js"), programText(this.project, interference));
  }

  /** Names of what carries this stack's prefix on the engine. */
  async leftovers(kind: Kind): Promise<string[]> {
    return engineNames(kind, this.prefix);
  }

  async up(...args: string[]): Promise<Ran> {
    return this.pulumi("up", "--yes", "--skip-preview", ...args);
  }

  /** As `up`, and leaves the processors to the servers: Pulumi usually runs on a machine of its own. */
  async upInBackground(...args: string[]): Promise<Ran> {
    return run("nice", ["-n", "19", "pulumi", ...this.upArguments(args)], {
      cwd: this.folder,
      env: this.env,
    });
  }

  /** An update to interfere with. */
  begin(...args: string[]): Running {
    return begin("nice", ["-n", "19", "pulumi", ...this.upArguments(args)], {
      cwd: this.folder,
      env: this.env,
    });
  }

  private upArguments(args: readonly string[]): string[] {
    return [
      "up",
      "--yes",
      "--skip-preview",
      ...args,
      "--stack",
      this.name,
      "--non-interactive",
      "--color=never",
    ];
  }

  /** The engine's own time, for `restarts` and `docker logs --since`. */
  now(): string {
    return String(Math.floor(Date.now() / 1000));
  }

  /** What happened to the servers' containers since then, in order: `die NAME`, `start NAME`. */
  async restarts(since: string): Promise<string[]> {
    const filters = ["--filter", "event=die", "--filter", "event=start"];
    const format = ["--format", "{{.Action}} {{.Actor.Attributes.name}}"];
    const until = String(Math.ceil(Date.now() / 1000));
    const { stdout } = await this.docker("events", "--since", since, "--until", until, ...filters, ...format);
    return stdout.split("\n").filter((line) => this.isServerName(line.split(" ")[1] ?? ""));
  }

  private isServerName(name: string): boolean {
    return usualNames.server.parse(name)?.resourcePrefix === this.prefix;
  }

  /** When each pod's server was started, as the engine says it. */
  async startTimes(pods: readonly { readonly id: string }[] = this.pods): Promise<Record<string, string>> {
    const entries = pods.map(async ({ id }) => {
      const { stdout } = await this.docker(
        "inspect",
        "--format",
        "{{.State.StartedAt}}",
        this.serverName(id),
      );
      return [id, stdout.trim()] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  }

  /** Kills a pod's server as a crash would; the engine starts it again. */
  async crash(id: string): Promise<void> {
    const { stdout } = await this.docker("inspect", "--format", "{{.State.Pid}}", this.serverName(id));
    process.kill(Number(stdout), "SIGKILL");
  }

  /** @throws Error with everything that Pulumi printed, when the update failed */
  async mustUp(): Promise<string> {
    return this.mustPulumi("up", "--yes", "--skip-preview");
  }

  /** What the next update would change. */
  async changes(...args: string[]): Promise<Step[]> {
    const text = await this.mustPulumi("preview", "--json", ...args);
    const { steps = [] } = JSON.parse(text.slice(text.indexOf("{"))) as { steps?: Step[] };
    return steps.filter((step) => step.op !== "same" && step.op !== "refresh");
  }

  async pulumi(...args: string[]): Promise<Ran> {
    const all = [...args, "--stack", this.name, "--non-interactive", "--color=never"];
    return run("pulumi", all, { cwd: this.folder, env: this.env });
  }

  async mustPulumi(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.pulumi(...args);
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")} exited with ${code}:\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** The URN in the state that ends so: `TYPE::NAME`. */
  async urn(ending: string): Promise<string> {
    const { deployment } = JSON.parse(await this.mustPulumi("stack", "export")) as {
      deployment: { resources: { urn: string }[] };
    };
    const found = deployment.resources.find(({ urn }) => urn.endsWith(`$${ending}`));
    if (found === undefined) throw new Error(`the state has no resource that ends in ${ending}`);
    return found.urn;
  }

  async outputs<T = Record<string, unknown>>(): Promise<T> {
    return JSON.parse(await this.mustPulumi("stack", "output", "--json", "--show-secrets")) as T;
  }

  /** Where the cluster is reached, for `client/cluster-client.ts`. */
  async access(): Promise<Access> {
    const { systemSeed, clientTls, caCertificate, operatorCertificate } = await this.outputs<StackOutputs>();
    const tls = {
      caPem: caCertificate,
      certificatePem: operatorCertificate.certificate,
      privateKeyPem: operatorCertificate.privateKey,
    };
    return { servers: this.pods.map((pod) => this.url(pod.id)), systemSeed, clientTls, tls };
  }

  url(id: string): string {
    return `nats://127.0.0.1:${this.pod(id).clientPort}`;
  }

  pod(id: string): TestPod {
    const pod = this.pods.find((candidate) => candidate.id === id);
    if (pod === undefined) throw new Error(`the test stack has no pod ${id}`);
    return pod;
  }

  serverName(id: string): string {
    return serverNameOf({ id }, this.prefix);
  }

  /** A connection of an application to one pod's server, without TLS. */
  async connect(id: string) {
    return open({ servers: [this.url(id)], seed: undefined, tls: undefined }, Date.now() + 30_000);
  }

  /** The nats CLI against one pod. */
  async nats(id: string, ...args: string[]): Promise<Ran> {
    return run("nats", ["--no-context", "--server", this.url(id), ...args], { env: this.env });
  }

  async docker(...args: string[]): Promise<Ran> {
    return run("docker", args, { env: this.env });
  }

  /** The certificate and key that a pod's server was given, out of its configuration volume. */
  async leafOf(id: string): Promise<{ certificate: string; privateKey: string }> {
    const [certificate, privateKey] = await Promise.all(
      ["server-cert.pem", "server-key.pem"].map(async (file) => {
        const { stdout } = await this.docker("cp", `${this.serverName(id)}:/etc/nats/tls/${file}`, "-");
        return stdout.slice(stdout.indexOf("-----BEGIN"), stdout.lastIndexOf("-----") + 5);
      }),
    );
    return { certificate: certificate ?? "", privateKey: privateKey ?? "" };
  }

  /** Removes everything that carries this stack's prefix, whatever state the stack is in. */
  async dispose(): Promise<void> {
    await removeByPrefix(this.prefix);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `stack init` writes the salt of the passphrase into the file, and it must stay there. */
  private salt(): string | undefined {
    if (!existsSync(this.configurationFile)) return undefined;
    const text = readFileSync(this.configurationFile, "utf8");
    return /encryptionsalt"?: ?["']?(v1:[\w:+/=]+)/.exec(text)?.[1];
  }

  private get configurationFile(): string {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }
}

interface Interference {
  /** A file in this folder, without its ending. */
  readonly with: "break-file" | "break-policy" | "wait-less";
  readonly argument: object;
}

/** Which files a program has differs from commit to commit; what is not a file of it does no harm. */
function linkProgram(project: string, folder: string): void {
  const isOwn = (name: string) =>
    name.startsWith(".") || name === "main.js" || /^Pulumi\..+\.yaml$/.test(name);
  for (const name of readdirSync(project))
    if (!isOwn(name)) symlinkSync(join(project, name), join(folder, name));
}

/** The project's own program, and before it, where something is to be different, what makes it so. */
function programText(project: string, interference?: Interference): string {
  const required = (file: string) => `require(${JSON.stringify(file)})`;
  const before =
    interference === undefined
      ? ""
      : `${required(join(import.meta.dirname, `${interference.with}.cjs`))}(${JSON.stringify(interference.argument)});\n`;
  return `${before}module.exports = ${required(join(project, "main.js"))};\n`;
}

/** Where in the program each resource was made is of no use elsewhere: it is full of this machine's paths. */
function withoutSources(state: ExportedState): ExportedState {
  const resources = state.deployment.resources.map(({ sourcePosition, stackTrace, ...resource }) => resource);
  return { ...state, deployment: { ...state.deployment, resources } };
}

interface ExportedState {
  readonly deployment: { readonly resources: readonly Readonly<Record<string, unknown>>[] };
}

/** What a `Pulumi.STACK.yaml` says, by section. */
export function sectionsOf(file: string): Record<string, unknown> {
  return { ...ownSections(readStackFile(stackFileText(file), basename(file))) };
}

/** A test's own keys may be read by everybody, unless the test is about just that. */
function withConsent(configuration: TestConfiguration): TestConfiguration {
  const hasKey = JSON.stringify(configuration).includes("PRIVATE KEY-----");
  if (!hasKey || "policy" in configuration) return configuration;
  return { ...configuration, policy: { waive: { "plain-secret": "keys of a test" } } } as TestConfiguration;
}

export async function podsWithFreePorts(ids: readonly string[]): Promise<TestPod[]> {
  const ports = await freePorts(ids.length * 3);
  return ids.map((id, index) => {
    const [clientPort = 0, clusterPort = 0, monitorPort = 0] = ports.slice(index * 3);
    return { id, clientPort, clusterPort, monitorPort };
  });
}

/** A step as `update TERRITORY_DK: maxAgeSeconds`, for expectations that a person can read. */
export function inShort(step: Step): string {
  const properties = Object.keys(step.detailedDiff ?? {}).sort();
  const { name } = parseUrn(step.urn);
  return `${step.op} ${name}${properties.length === 0 ? "" : `: ${properties.join(", ")}`}`;
}
