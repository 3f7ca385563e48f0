import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { componentTypes } from "../../model/resource-types.ts";
import type { SshHost } from "../../model/ssh.ts";
import type { RemotePlan } from "../../plan/host-plan.ts";
import { dockerScript, undockScript } from "../../plan/render/host/docker-order.ts";
import { dockerUserCommand } from "../../plan/render/host/docker-user.ts";
import { firewallCommand, firewallRemoval } from "../../plan/render/host/firewall.ts";
import { forgetScript, packagesScript } from "../../plan/render/host/packages.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import { remoteCommand } from "./command.ts";

export interface RemoteHostArgs {
  readonly id: string;
  readonly plan: RemotePlan;
  /** Of the VPN, as in `wg0`. */
  readonly interfaceName: string;
  /** What must be done before anything is changed on the host: the survey. */
  readonly after: readonly pulumi.Resource[];
}

/** A host that is entered by SSH and prepared for pods: packages, the engine's place in the boot, the firewall. */
export class RemoteHost extends pulumi.ComponentResource {
  /** What a VPN or an engine has to wait for. */
  readonly prepared: readonly pulumi.Resource[];

  constructor(name: string, args: RemoteHostArgs, options?: pulumi.ComponentResourceOptions) {
    super(componentTypes.host, name, {}, options);
    const { id, plan, interfaceName, after } = args;
    const { ssh, firewall, peer } = plan;
    const waiting = (...first: pulumi.Resource[]) => ({ parent: this, dependsOn: first });
    const vpn = peer !== undefined;
    const packages = remoteCommand(
      resourceNames.packages.of(id),
      { ssh, script: packagesScript({ hostId: id, interfaceName, vpn, firewall }), onDelete: forgetScript },
      waiting(...after),
    );
    const docker = remoteCommand(
      resourceNames.dockerOrder.of(id),
      {
        ssh,
        script: dockerScript({ hostId: id, interfaceName: vpn ? interfaceName : undefined }),
        onDelete: undockScript,
      },
      waiting(packages),
    );
    this.prepared = [
      docker,
      ...(ssh.user === "root" ? [] : [dockerUser(id, ssh, waiting(docker))]),
      ...(firewall ? [createFirewall(args, waiting(packages))] : []),
    ];
    this.registerOutputs({});
  }
}

function createFirewall(
  { id, plan: { ssh, peer }, interfaceName }: RemoteHostArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  const rules = {
    hostId: id,
    sshPort: ssh.port,
    udpPort: peer?.listenPort,
    interfaceName: peer === undefined ? undefined : interfaceName,
  };
  return new command.local.Command(
    resourceNames.firewall.of(id),
    {
      create: firewallCommand(ssh, rules),
      delete: firewallRemoval(ssh),
      logging: command.local.Logging.Stderr,
    },
    { deleteBeforeReplace: true, ...options },
  );
}

/** The user itself uses Docker, so the user must be in the engine's group. */
function dockerUser(id: string, ssh: SshHost, options: pulumi.CustomResourceOptions): command.local.Command {
  return new command.local.Command(
    resourceNames.dockerUser.of(id),
    { create: dockerUserCommand(ssh), logging: command.local.Logging.Stderr },
    options,
  );
}
