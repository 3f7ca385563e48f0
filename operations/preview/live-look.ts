import type { ClusterClient } from "../../client/cluster-client.ts";
import { askHeld } from "../../client/jetstream/held.ts";
import { judge, type Verdict } from "../../model/jetstream/loss/first-look.ts";
import { deployedStateOf } from "../../plan/transitions/deployed-state.ts";
import { lookOf } from "../../plan/transitions/look.ts";
import type { Stack, StateResource } from "../stack/stack.ts";

const patienceMs = 15_000;

/**
 * What the look before the first server will say: provider/server/look.ts.
 * @param resources of the state
 * @returns undefined where no server answers
 */
export async function lookAhead(
  cluster: ClusterClient,
  stack: Stack,
  resources: readonly StateResource[],
): Promise<Verdict | undefined> {
  const deployed = deployedStateOf(
    Object.fromEntries(resources.map(({ urn, type, outputs = {} }) => [urn, { type, outputs }])),
  );
  try {
    const { servers, streams } = await askHeld(await cluster.system(Date.now() + patienceMs));
    return servers.length === 0 ? undefined : judge(lookOf(deployed, stack.topology), streams, stack.name);
  } catch {
    return undefined;
  }
}
