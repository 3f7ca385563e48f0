import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ComposeTool, findCompose } from "../../bench/tools.ts";
import { open } from "../../client/connection.ts";
import { removeByPrefix } from "../../harness/engine.ts";
import { mustRun } from "../../harness/run.ts";
import { podsWithFreePorts, type TestPod } from "../../harness/stack.ts";
import { createReport } from "../../toolchain/report.ts";
import { formed } from "./formed.ts";
import { composeFile, environmentFile } from "./hand-made-files.ts";

const ids = ["dk", "no", "se"] as const;

/**
 * A cluster as UnityPlan's people made it before there was this program: a Compose project a pod, streams and consumers
 * by the nats CLI. Its names begin with a prefix and its ports are its own, so that it meets nobody.
 */
export class HandMade {
  readonly folder: string;
  readonly prefix: string;
  readonly pods: readonly TestPod[];
  private readonly compose: ComposeTool;

  private constructor(folder: string, pods: readonly TestPod[], compose: ComposeTool) {
    this.folder = folder;
    this.prefix = `h${folder.slice(folder.lastIndexOf("-") + 1).toLowerCase()}-`;
    this.pods = pods;
    this.compose = compose;
  }

  /**
   * Servers, not yet a stream.
   * @param image of the servers
   */
  static async create(image: string): Promise<HandMade> {
    const compose = await findCompose(process.env, createReport());
    const start = async () => {
      const folder = mkdtempSync(join(tmpdir(), "unityplan-hand-made-"));
      const made = new HandMade(folder, await podsWithFreePorts(ids), compose);
      try {
        made.write(image);
        await mustRun("docker", ["network", "create", made.meshNetwork]);
        await made.start();
      } catch (error) {
        await made.dispose();
        throw error;
      }
      return made;
    };
    return formed(start, (unfit) => unfit.dispose());
  }

  get meshNetwork(): string {
    return `${this.prefix}unityplan-mesh-network`;
  }

  serverName(id: string): string {
    return `${this.prefix}service-nats-${id}`;
  }

  dataVolume(id: string): string {
    return `${this.prefix}pod-${id}_nats-data`;
  }

  url(id: string): string {
    const port = this.pods.find((pod) => pod.id === id)?.clientPort;
    return `nats://127.0.0.1:${port}`;
  }

  /** `docker compose up` in each project, as a person does it; also after `docker rm`. */
  async start(): Promise<void> {
    for (const id of ids) await this.composeOf(id, "up", "--detach");
  }

  /** The nats CLI against one pod. @throws Error with all it said when it failed */
  async nats(id: string, ...args: string[]): Promise<string> {
    return mustRun("nats", ["--no-context", "--server", this.url(id), ...args]);
  }

  /** A connection without TLS and without a login. */
  async connect(id: string) {
    return open({ servers: [this.url(id)], seed: undefined, tls: undefined }, Date.now() + 30_000);
  }

  get monitorPorts(): number[] {
    return this.pods.map(({ monitorPort }) => monitorPort);
  }

  async dispose(): Promise<void> {
    await removeByPrefix(this.prefix);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private write(image: string): void {
    writeFileSync(join(this.folder, "docker-compose.pod.yml"), composeFile(this.prefix, image));
    for (const pod of this.pods) {
      mkdirSync(join(this.folder, "pods", pod.id), { recursive: true });
      writeFileSync(join(this.folder, "pods", pod.id, ".env"), environmentFile(this.prefix, pod));
    }
  }

  private async composeOf(id: string, ...args: string[]): Promise<void> {
    const [program = "", ...words] = this.compose.command;
    const project = ["--project-name", `${this.prefix}pod-${id}`, "--env-file", `pods/${id}/.env`];
    const all = [...words, "--file", "docker-compose.pod.yml", ...project, "--progress", "plain", ...args];
    await mustRun(program, all, { cwd: this.folder });
  }

  async tryStream(): Promise<void> {
    const stream = ["READY", "--subjects=ready", "--replicas=3", "--defaults"];
    await this.nats("dk", "--timeout=1s", "stream", "add", ...stream);
    await this.nats("dk", "stream", "rm", "READY", "--force");
  }
}
