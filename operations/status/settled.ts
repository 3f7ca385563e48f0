import type { ClusterClient } from "../../client/cluster-client.ts";
import { pause } from "../../client/poll.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { SeenCurrent } from "../../model/jetstream/copies.ts";
import { faultsOf } from "./faults.ts";
import { look, type Seen } from "./look.ts";

export interface Settling {
  /** How long a fault may last before it is shown. Default: 2 s, because under load a copy is sometimes a few entries behind. */
  readonly patienceMs?: number;
  /** Servers that may be away. Default: none. */
  readonly skipped?: readonly string[];
}

/** What the cluster shows, and the faults that last. */
export async function settled(
  cluster: ClusterClient,
  outputs: StackOutputs,
  { patienceMs = 2_000, skipped = [] }: Settling = {},
): Promise<{ seen: Seen; faults: string[] }> {
  const deadline = Date.now() + patienceMs;
  const seenCurrent: SeenCurrent = new Set();
  for (;;) {
    const seen = await look(cluster, outputs);
    const faults = faultsOf(outputs, seen, new Date(), seenCurrent, skipped);
    if (faults.length === 0 || Date.now() >= deadline) return { seen, faults };
    await pause(200, deadline);
  }
}
