import * as pulumi from "@pulumi/pulumi";
import type { DeployedResource } from "../plan/transitions/deployed-resource.ts";
import { type DeployedState, deployedStateOf } from "../plan/transitions/deployed-state.ts";

/**
 * Reads the state of this stack as the last update left it. Dials only the backend. The function is one of the
 * engine's own: https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go
 */
export async function readDeployedState(): Promise<DeployedState> {
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName: pulumi.getStack(),
  })) as { outputs: Readonly<Record<string, DeployedResource>> };
  return deployedStateOf(outputs);
}
