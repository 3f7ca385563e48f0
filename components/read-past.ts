import * as pulumi from "@pulumi/pulumi";
import { type Past, pastOf } from "../plan/transitions/past.ts";
import type { PastResource } from "../plan/transitions/past-resource.ts";

/**
 * Reads this very stack's state as the last update left it; dials nothing but the backend. The function is one of the
 * engine's own: https://github.com/pulumi/pulumi/blob/master/pkg/resource/deploy/builtins.go
 */
export async function readPast(): Promise<Past> {
  const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", {
    stackName: pulumi.getStack(),
  })) as { outputs: Readonly<Record<string, PastResource>> };
  return pastOf(outputs);
}
