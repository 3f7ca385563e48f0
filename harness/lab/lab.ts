import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "../../client/poll.ts";
import type { SshHost } from "../../model/ssh.ts";
import { applyLinks } from "./faults.ts";
import { closeMaster, identityName, type LabHost, makeHost, makeKey, sshAnswers } from "./host.ts";
import { testHostImage } from "./image.ts";
import { healthy, type Links, type Slowness } from "./links.ts";
import { hostAddress, makeNetwork } from "./network.ts";
import { leftovers, networkLabels, type Owner } from "./owner.ts";
import { cutPower, diskOf, makeDisk } from "./power.ts";
import { needPrograms } from "./programs.ts";
import { removeLab } from "./remove.ts";
import { all, run } from "./run.ts";

export interface LabOptions {
  readonly ids: readonly string[];
  /** `disks`: the engines keep their data on disks whose power can be cut; that needs loop devices. @default volumes */
  readonly stores?: "volumes" | "disks";
  /** A process's lab is removed by the next one that makes a lab, if it was killed. @default this process */
  readonly owner?: Owner;
  /** Is told what takes long. */
  readonly note?: (text: string) => void;
}

/** What another process needs to use a lab, and to dispose of it. */
interface LabState {
  readonly prefix: string;
  readonly subnet: string;
  readonly stores: "volumes" | "disks";
  readonly hosts: readonly LabHost[];
  readonly links: Links;
}

const stateFile = "lab.json";
/** How long a host may need to boot until its SSH answers, on a machine that has much else to do. */
const bootMs = 60_000;
const commandSeconds = 600;

/** Bare hosts on this machine's Docker engine, with a network of their own that leads nowhere else. */
export class Lab {
  readonly folder: string;
  readonly identityFile: string;
  private state: LabState;

  private constructor(folder: string, state: LabState) {
    this.folder = folder;
    this.identityFile = join(folder, identityName);
    this.state = state;
  }

  /** Makes the hosts and waits until their SSH answers. Nothing is left of it when that fails. */
  static async create(options: LabOptions): Promise<Lab> {
    const { ids, stores = "volumes", owner = "this process", note = () => {} } = options;
    await needPrograms(note);
    await removeLeftovers().catch((error: Error) =>
      note(`an old lab could not be removed: ${error.message}`),
    );
    const image = await testHostImage(note);
    const prefix = `lab${randomBytes(4).toString("hex")}`;
    const folder = mkdtempSync(join(tmpdir(), "unityplan-lab-"));
    try {
      const subnet = await makeNetwork(prefix, networkLabels(prefix, folder, owner));
      await makeKey(join(folder, identityName), "lab");
      const hosts = await all(ids.entries(), async ([place, id]) => {
        const engineFolder = stores === "disks" ? await makeDisk(folder, id) : undefined;
        const address = hostAddress(subnet, place);
        return makeHost({ id, image, prefix, folder, address, engineFolder });
      });
      const lab = new Lab(folder, { prefix, subnet, stores, hosts, links: healthy });
      lab.save();
      await all(ids, (id) => lab.ready(id));
      return lab;
    } catch (error) {
      await removeLab(prefix, folder).catch(() => {});
      throw error;
    }
  }

  /** A lab that another process made, by its folder. */
  static open(folder: string): Lab {
    return new Lab(folder, JSON.parse(readFileSync(join(folder, stateFile), "utf8")));
  }

  get hosts(): readonly LabHost[] {
    return this.state.hosts;
  }

  /** In CIDR; this machine is its first address. */
  get subnet(): string {
    return this.state.subnet;
  }

  host(id: string): LabHost {
    const host = this.hosts.find((one) => one.id === id);
    if (host !== undefined) return host;
    throw new Error(`the lab has no host "${id}"; it has ${this.hosts.map((one) => one.id).join(", ")}`);
  }

  /** How the project's own code reaches the host. `admin` becomes root by sudo, without a password. */
  ssh(id: string, user: "root" | "admin" = "root"): SshHost {
    const { address, hostKey } = this.host(id);
    return { address, port: 22, user, hostKey, identityFile: this.identityFile };
  }

  /** Runs a shell script as root, past SSH and network. @returns what it printed. @throws Error when it fails */
  async exec(id: string, script: string): Promise<string> {
    const command = ["exec", this.host(id).containerName, "sh", "-euc", script];
    return run("docker", command, { timeoutSeconds: commandSeconds });
  }

  /** Waits until the host's SSH answers. */
  async ready(id: string): Promise<void> {
    const { address } = this.host(id);
    await poll(Date.now() + bootMs, async () =>
      (await sshAnswers(address)) ? { done: true } : { waitingFor: `${id}: no SSH at ${address}` },
    );
  }

  /** Shuts the host down in order and boots it; waits until its SSH answers. */
  async reboot(id: string): Promise<void> {
    await run("docker", ["restart", this.host(id).containerName]);
    await this.ready(id);
  }

  /** Ends everything on the host at once. What it wrote is there again when it starts: see `powerCut`. */
  async kill(id: string): Promise<void> {
    await run("docker", ["kill", "--signal=KILL", this.host(id).containerName]);
  }

  /** Boots a host that is off; waits until its SSH answers. */
  async start(id: string): Promise<void> {
    await run("docker", ["start", this.host(id).containerName]);
    await this.ready(id);
  }

  /** Freezes the host: it holds its connections and answers nothing. */
  async pause(id: string): Promise<void> {
    await run("docker", ["pause", this.host(id).containerName]);
  }

  async unpause(id: string): Promise<void> {
    await run("docker", ["unpause", this.host(id).containerName]);
  }

  /** Everything that the engines' disks were told until now outlasts a power cut. */
  async syncDisks(): Promise<void> {
    this.assertDisks();
    await all(this.hosts, ({ id }) => diskOf(this.folder, id).sync());
  }

  /** The power of hosts fails at one moment, and comes back: what their engines wrote and did not sync is lost. */
  async powerCut(ids: readonly string[]): Promise<void> {
    this.assertDisks();
    const hosts = ids.map((id) => this.host(id));
    await cutPower(this.folder, hosts);
    await all(ids, (id) => this.start(id));
  }

  /** Nothing gets from one host to the other, in both directions. Outlasts restarts, like every fault of links. */
  async cut(one: string, other: string): Promise<void> {
    await this.become({ ...this.links, cut: [...this.links.cut, [one, other], [other, one]] });
  }

  async cutOneWay(from: string, to: string): Promise<void> {
    await this.become({ ...this.links, cut: [...this.links.cut, [from, to]] });
  }

  /** Makes all links between hosts long and bad. */
  async slow(slow: Slowness): Promise<void> {
    await this.become({ ...this.links, slow });
  }

  /** Ends all faults of links. */
  async heal(): Promise<void> {
    await this.become(healthy);
  }

  /** Removes all of it, as far as it is there. */
  async dispose(): Promise<void> {
    const users = ["root", "admin"] as const;
    await all(this.hosts, ({ id }) => all(users, (user) => closeMaster(this.ssh(id, user))));
    await removeLab(this.state.prefix, this.folder);
  }

  private get links(): Links {
    return this.state.links;
  }

  private async become(links: Links): Promise<void> {
    for (const id of links.cut.flat()) this.host(id);
    await applyLinks(this.state.prefix, this.hosts, this.links, links);
    this.state = { ...this.state, links };
    this.save();
  }

  private assertDisks(): void {
    if (this.state.stores === "disks") return;
    throw new Error('the power of this lab can\'t be cut: make it with `stores: "disks"`');
  }

  private save(): void {
    writeFileSync(join(this.folder, stateFile), `${JSON.stringify(this.state, undefined, 2)}\n`);
  }
}

async function removeLeftovers(): Promise<void> {
  await all(await leftovers(), ({ prefix, folder }) => removeLab(prefix, folder));
}
