import type { ClusterClient } from "../../client/cluster-client.ts";
import { pause } from "../../client/poll.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenCurrent } from "../../model/jetstream/copies.ts";
import { faultsOf } from "./faults.ts";
import { look, type Seen } from "./look.ts";

/** How long what is missing may take to come: under load a copy is a few entries behind now and then. */
const patienceMs = 2_000;

/** What is to be seen of a cluster, and what of it is not as it should be and stays so. */
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
