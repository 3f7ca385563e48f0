import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterClient } from "../../../client/cluster-client.ts";
import { clusterHealth } from "../../../client/cluster-health.ts";
import { lookAtServers } from "../../../client/look.ts";
import { poll } from "../../../client/poll.ts";
import { LoopDisk } from "../../../harness/power/disk.ts";
import { mustRun } from "../../../harness/run.ts";
import { TestStack } from "../../../harness/stack.ts";

/** How long the servers may need to find each other after the power is back. */
const recoveryMs = 60_000;

/** A stack whose servers keep their data on disks of their own, and whose power can be cut. */
export class PoweredStack {
  readonly stack: TestStack;
  private readonly folder = mkdtempSync(join(tmpdir(), "unityplan-power-"));
  /** By pod id. */
  private readonly disks: ReadonlyMap<string, LoopDisk>;

  private constructor(stack: TestStack) {
    this.stack = stack;
    this.disks = new Map(stack.pods.map(({ id }) => [id, new LoopDisk(this.folder, id)]));
  }

  static async create(durability: string): Promise<PoweredStack> {
    return new PoweredStack(await TestStack.create({ cluster: { durability } }));
  }

  /** A real `up` that finds its data volumes there already. What it made outlasts a power cut. */
  async up(): Promise<void> {
    for (const [id, disk] of this.disks) {
      await disk.create();
      const bind = ["--opt", "type=none", "--opt", "o=bind", "--opt", `device=${disk.mountPoint}`];
      const volume = `${this.stack.prefix}unityplan-nats-${id}-data`;
      await mustRun("docker", ["volume", "create", "--driver", "local", ...bind, volume]);
    }
    await this.stack.mustUp();
    for (const [id, disk] of this.disks) {
      if (!existsSync(join(disk.mountPoint, "jetstream")))
        throw new Error(`the data of ${id} is not on its disk ${disk.mountPoint}, so its power can't be cut`);
      await disk.sync();
    }
  }

  /** Freezes all servers at once and keeps what their disks hold at that moment. */
  async freeze(): Promise<void> {
    await mustRun("docker", ["pause", ...this.servers]);
    await this.eachDisk((disk) => disk.copyImage());
  }

  /** Ends the frozen servers and starts them again on what the freeze kept; waits until the cluster is healthy. */
  async powerOn(): Promise<void> {
    await mustRun("docker", ["kill", ...this.servers]);
    await this.eachDisk((disk) => disk.becomeCopy());
    await mustRun("docker", ["start", ...this.servers]);
    const deadline = Date.now() + recoveryMs;
    const cluster = new ClusterClient(await this.stack.access());
    try {
      const system = await cluster.system(deadline);
      await poll(deadline, async () => {
        const { faults } = clusterHealth(this.servers, await lookAtServers(system));
        return faults.length === 0 ? { done: true } : { waitingFor: faults.join("; ") };
      });
    } finally {
      await cluster.close();
    }
  }

  async dispose(): Promise<void> {
    try {
      await this.stack.dispose();
    } finally {
      await this.eachDisk((disk) => disk.dispose());
      rmSync(this.folder, { recursive: true });
    }
  }

  private get servers(): string[] {
    return this.stack.pods.map(({ id }) => this.stack.serverName(id));
  }

  /** Goes on with the others when one fails. */
  private async eachDisk(work: (disk: LoopDisk) => Promise<void>): Promise<void> {
    const results = await Promise.allSettled([...this.disks.values()].map(work));
    const failures = results.filter((result) => result.status === "rejected");
    if (failures.length > 0) throw new AggregateError(failures.map(({ reason }) => reason));
  }
}
