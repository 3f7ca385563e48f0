import { join } from "node:path";
import type { Access } from "../client/connection.ts";
import { Lab, type LabOptions } from "./lab/lab.ts";
import { ProdHosts, type Sections } from "./prod-hosts.ts";
import { ownProject, sectionsOf, TestStack } from "./stack.ts";

/** What the test hosts are too small for. */
const smaller = { memoryLimit: "512MB", maxFileStore: "256MB", resourcePrefix: "" };

/**
 * The prod stack on three test hosts: the real program with the real configuration, except for the addresses and keys of the
 * hosts and for sizes. Dispose of it in `afterAll`.
 */
export class ProdStack extends ProdHosts {
  readonly stack: TestStack;
  private readonly project: string;

  private constructor(lab: Lab, stack: TestStack, project: string) {
    super(lab, prodSections(project));
    this.stack = stack;
    this.project = project;
  }

  /** @param project the checkout whose program and configuration it is */
  static async create(options: Omit<LabOptions, "ids"> = {}, project = ownProject): Promise<ProdStack> {
    const sections = prodSections(project);
    const lab = await Lab.create({ ids: Object.keys(sections.hosts), ...options });
    try {
      const stack = await TestStack.create(onLab(sections, lab), [], project);
      return new ProdStack(lab, stack, project);
    } catch (error) {
      await lab.dispose();
      throw error;
    }
  }

  /** Sections of this stack's configuration, to change one of. */
  sections(): Sections {
    return onLab(prodSections(this.project), this.lab);
  }

  protected async access(): Promise<Access> {
    const via = Object.fromEntries(this.pods.map(({ host }) => [this.vpnAddress(host), this.lab.ssh(host)]));
    return { ...(await this.stack.access()), servers: this.pods.map(({ id }) => this.url(id)), via };
  }

  async dispose(): Promise<void> {
    await this.forgetCluster();
    await this.stack.dispose();
    await this.lab.dispose();
  }
}

/** What a checkout's Pulumi.prod.yaml says. */
export function prodSections(project = ownProject): Sections {
  return sectionsOf(join(project, "Pulumi.prod.yaml")) as Sections;
}

/** The same with the test hosts in place of the real ones, and the image carried there: they have no registry. */
function onLab(sections: Sections, lab: Lab): Sections {
  const hosts = Object.fromEntries(
    Object.entries(sections.hosts).map(([id, host]) => {
      const { address, hostKey, identityFile } = lab.ssh(id);
      return [id, { ...host, ssh: { ...host.ssh, address, hostKey, identityFile }, image: "carry" }];
    }),
  );
  return { ...sections, hosts, cluster: { ...(sections.cluster as object), ...smaller } };
}
