import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { poll } from "../../client/poll.ts";

const execute = promisify(execFile);

const usualBytes = 512 * 1024 * 1024;
/** How long the engine and the kernel may need to stop writing to a file system, or to let go of it. */
const settleMs = 20_000;

/**
 * A file system in an image file, so that a power cut can be had without special hardware: what was written and not
 * synced is in this file system's page cache and not in its image. A copy of the image is what a power cut leaves on a
 * disk that keeps its own write cache, and mounting the copy replays the journal, as a boot does.
 */
export class LoopDisk {
  readonly mountPoint: string;
  private readonly image: string;
  private readonly copy: string;
  private readonly sizeBytes: number;

  /** @param folder where its files and its mount point `name` will be */
  constructor(folder: string, name: string, sizeBytes = usualBytes) {
    this.sizeBytes = sizeBytes;
    this.mountPoint = join(folder, name);
    this.image = join(folder, `${name}.img`);
    this.copy = join(folder, `${name}.copy.img`);
  }

  /** Makes it and mounts it, empty. Dispose of it also when this failed. */
  async create(): Promise<void> {
    await mkdir(this.mountPoint);
    const file = await open(this.image, "w");
    await file.truncate(this.sizeBytes);
    await file.close();
    // Initialised at once: else the kernel does it in the background, while the image is copied.
    const atOnce = "lazy_itable_init=0,lazy_journal_init=0";
    await execute("mkfs.ext4", ["-q", "-F", "-E", atOnce, this.image]);
    await this.mount();
  }

  /** Everything written until now outlasts a power cut. */
  async sync(): Promise<void> {
    await execute("sync", ["--file-system", this.mountPoint]);
  }

  /**
   * Keeps the image as it is at one point in time: copies it again until the device did nothing meanwhile. Who writes
   * to it has to be frozen, or that never comes.
   */
  async copyImage(): Promise<void> {
    const [device] = await devicesOf(this.image);
    if (device === undefined) throw new Error(`the disk image ${this.image} is not mounted`);
    await poll(Date.now() + settleMs, async () => {
      const before = await traffic(device);
      await execute("cp", ["--sparse=always", this.image, this.copy]);
      const after = await traffic(device);
      return before.counters === after.counters && after.inFlight === 0
        ? { done: true }
        : { waitingFor: `${device} was written to during every copy of ${this.image}` };
    });
  }

  /** Forgets the file system with its page cache and mounts the copy in its place. No process may still use it. */
  async becomeCopy(): Promise<void> {
    await this.unmount();
    await rename(this.copy, this.image);
    await this.mount();
  }

  async dispose(): Promise<void> {
    await this.unmount();
    await Promise.all([this.image, this.copy].map((file) => rm(file, { force: true })));
  }

  private async mount(): Promise<void> {
    await execute("mount", ["-t", "ext4", "-o", "loop", this.image, this.mountPoint]);
  }

  /** Waits until the kernel let go of it, too: while a container holds the mount, the page cache is alive. */
  private async unmount(): Promise<void> {
    await poll(Date.now() + settleMs, async () => {
      const devices = await devicesOf(this.image);
      if (devices.length === 0) return { done: true };
      const failure = await execute("umount", [this.mountPoint]).then(
        () => "",
        (error: Error) => error.message,
      );
      return { waitingFor: `${this.image} is still in use as ${devices.join(", ")}. ${failure}` };
    });
  }
}

/** The loop devices of an image; the kernel frees them when the file system has left its last mount. */
async function devicesOf(image: string): Promise<string[]> {
  const list = ["--noheadings", "--output", "NAME", "--associated", image];
  const { stdout } = await execute("losetup", list);
  return stdout.split("\n").filter((name) => name !== "");
}

/** https://docs.kernel.org/block/stat.html: the ninth figure is the requests in flight. */
async function traffic(device: string): Promise<{ counters: string; inFlight: number }> {
  const counters = await readFile(`/sys/block/${basename(device)}/stat`, "utf8");
  return { counters, inFlight: Number(counters.trim().split(/\s+/)[8]) };
}

/**
 * Tries out whether this machine can have such a disk. A machine without must not pass by leaving the proof out.
 * @throws Error that says what is needed
 */
export async function assertLoopDisks(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-power-"));
  const disk = new LoopDisk(folder, "trial");
  try {
    await disk.create();
    await disk.dispose();
  } catch (error) {
    throw new Error(
      "this machine can't show what a power cut leaves. The test needs root, loop devices (`modprobe loop`; in a " +
        "container --privileged) and the programs mkfs.ext4, losetup, mount and umount. The test is not skipped, because " +
        `then nothing would prove the promise. Run the tests on a machine that has all of these. The fault: ${(error as Error).message}`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
