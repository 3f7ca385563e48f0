import type { ClusterClient } from "../../client/cluster-client.ts";
import { pause } from "../../client/poll.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenCurrent } from "../../model/jetstream/copies.ts";
import { faultsOf } from "./faults.ts";
import { look, type Seen } from "./look.ts";

/** How long a fault may last before it is shown: under load a copy is sometimes a few entries behind. */
const patienceMs = 2_000;

/** What the cluster shows, and the faults that last. */
export async function settled(
  cluster: ClusterClient,
  outputs: StackOutputs,
): Promise<{ seen: Seen; faults: string[] }> {
  const deadline = Date.now() + patienceMs;
  const seenCurrent: SeenCurrent = new Set();
  for (;;) {
    const seen = await look(cluster, outputs);
    const faults = faultsOf(outputs, seen, new Date(), seenCurrent);
    if (faults.length === 0 || Date.now() >= deadline) return { seen, faults };
    await pause(200, deadline);
  }
}
