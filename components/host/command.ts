import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { asRoot, type SshHost, sshArguments } from "../../model/ssh.ts";

export interface RemoteCommandArgs {
  readonly ssh: SshHost;
  /** Shell script that root runs: once, and again when anything here changes. The state shows it: write no secrets. */
  readonly script: string;
  /** The script that runs when the resource is deleted. */
  readonly onDelete?: string;
  /** What the script reads. It may be a secret; then the script must not print it. */
  readonly stdin?: pulumi.Input<string>;
  /** Other values: when one changes, the script runs again. */
  readonly because?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** A script on a host, over the system's OpenSSH. Its stderr is shown. */
export function remoteCommand(
  name: string,
  { ssh, script, onDelete, stdin, because }: RemoteCommandArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    name,
    {
      interpreter: ["ssh", ...sshArguments(ssh)],
      create: asRoot(ssh, script),
      update: asRoot(ssh, script),
      ...(onDelete === undefined ? {} : { delete: asRoot(ssh, onDelete) }),
      ...(stdin === undefined ? {} : { stdin }),
      // Never sent: what changes here makes the command run again, without a replacement.
      ...(because === undefined ? {} : { environment: { ...because } }),
      logging: command.local.Logging.Stderr,
    },
    // In the other order, the deletion of the old command would undo what the new command has done.
    { deleteBeforeReplace: true, ...options },
  );
}
