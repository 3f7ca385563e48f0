import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Access } from "../../client/connection.ts";
import { Lab } from "../../harness/lab/lab.ts";
import { ProdHosts, type Sections } from "../../harness/prod-hosts.ts";
import { prodSections } from "../../harness/prod-stack.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import { readTopology } from "../../operations/stack/plan.ts";
import { accessOf } from "../../operations/stack/stack.ts";
import { Clone } from "../support/clone.ts";

/**
 * The prod stack on three test hosts as a person has it: a copy of the project, its Pulumi.prod.yaml edited by hand, and
 * the commands. Dispose of it in `afterAll`.
 */
export class ProdClone extends ProdHosts {
  readonly clone: Clone;

  private constructor(lab: Lab, clone: Clone, sections: Sections) {
    super(lab, sections);
    this.clone = clone;
  }

  static async create(): Promise<ProdClone> {
    const sections = prodSections();
    const lab = await Lab.create({ ids: Object.keys(sections.hosts) });
    try {
      const clone = await Clone.create();
      clone.export({ PULUMI_CONFIG_PASSPHRASE: "rehearsal" });
      const prod = new ProdClone(lab, clone, sections);
      prod.write(editedForLab(prod.text(), sections, lab));
      return prod;
    } catch (error) {
      await lab.dispose();
      throw error;
    }
  }

  /** What Pulumi.prod.yaml says now. */
  text(): string {
    return readFileSync(this.file, "utf8");
  }

  /** Writes it, as a person does. */
  write(text: string): void {
    writeFileSync(this.file, text);
  }

  private get file(): string {
    return join(this.clone.folder, "Pulumi.prod.yaml");
  }

  async outputs(): Promise<StackOutputs> {
    const args = ["pulumi", "stack", "output", "--json", "--show-secrets", "--stack", "prod"];
    const { code, stdout, stderr } = await this.clone.command(...args);
    if (code !== 0) throw new Error(`the outputs can't be read:\n${stdout}\n${stderr}`);
    return JSON.parse(stdout) as StackOutputs;
  }

  protected async access(): Promise<Access> {
    return accessOf(await this.outputs(), readTopology(this.clone.folder, "prod"));
  }

  async dispose(): Promise<void> {
    await this.forgetCluster();
    await this.clone.dispose();
    await this.lab.dispose();
  }
}

/**
 * What a person has to write into the file for other hosts, and nothing else: the comments stay.
 * @throws Error when there is nothing to replace any more
 */
function editedForLab(text: string, { hosts }: Sections, lab: Lab): string {
  const ofHosts = Object.entries(hosts).flatMap(([id, { ssh }]): [string, string][] => {
    const { address, hostKey, identityFile } = lab.ssh(id);
    const key = `        hostKey: "${hostKey}"\n        identityFile: ${identityFile}\n      image: carry\n`;
    return [
      [`        address: ${ssh.address}\n`, `        address: ${address}\n`],
      [`        hostKey: "${ssh.hostKey}"\n`, key],
    ];
  });
  const sizes: [string, string][] = [
    ["memoryLimit: 2GB", "memoryLimit: 512MB"],
    ["maxFileStore: 50GB", "maxFileStore: 256MB"],
  ];
  return [...ofHosts, ...sizes].reduce((before, [own, other]) => {
    if (!before.includes(own)) throw new Error(`Pulumi.prod.yaml has no ${own.trim()}`);
    return before.replace(own, other);
  }, text);
}
