import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { RemotePlan } from "../../plan/host-plan.ts";
import { carryCommand } from "../../plan/render/host/carry.ts";
import { resourceNames } from "../../plan/resource-names.ts";

export interface CarriedImageArgs {
  readonly remote: Pick<RemotePlan, "ssh">;
  /** A reference such as `nats:2.15.1`, known to this machine's engine. */
  readonly image: string;
}

/**
 * Copies an image from this machine's Docker engine to that of a host that has no registry.
 * @param hostId the resource is called after it
 */
export function carriedImage(
  hostId: string,
  { remote, image }: CarriedImageArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  return new command.local.Command(
    resourceNames.carriedImage.of(hostId),
    {
      create: carryCommand(hostId, remote.ssh, image),
      logging: command.local.Logging.Stderr,
    },
    options,
  );
}
