import { ClusterClient } from "../../client/cluster-client.ts";
import type { StackOutputs } from "../../model/contract/stack-outputs.ts";
import type { Topology } from "../../plan/topology.ts";
import { accessOf } from "../stack/stack.ts";
import type { Seen } from "../status/look.ts";
import { repairsOf, repairText } from "../status/repairs.ts";
import { verdict } from "../status/screen.ts";
import { settled } from "../status/settled.ts";
import { expectedAfter } from "./expected.ts";

/** An update that has ended well. */
export interface Updated {
  /** The stack's name. */
  readonly stack: string;
  readonly topology: Topology;
  readonly outputs: StackOutputs;
  /** Ids of the pods that `--skip` named. */
  readonly skip: readonly string[];
  /** The update began with a refresh. */
  readonly refreshed: boolean;
}

/** How long a fault may last: the update's last deletes may have stopped a leader. */
const patienceMs = 6_000;
/** How long the look may take, with hosts that do not answer. */
const limitMs = 30_000;

/** Looks at the cluster as `status` does, without the pods that the update skipped. */
export async function lookAfter(
  updated: Updated,
): Promise<{ readonly text: string; readonly healthy: boolean }> {
  const { stack, topology, refreshed } = updated;
  const { outputs, skipped } = expectedAfter(updated.outputs, topology, updated.skip);
  const cluster = new ClusterClient(accessOf(outputs, topology));
  try {
    const looked = settled(cluster, outputs, { patienceMs, skipped });
    const { seen, faults } = await Promise.race([looked, late()]);
    const repairs = repairsOf({ stack, outputs, seen, faults, refreshed, now: new Date() });
    return { text: `${verdict(outputs, faults)}\n${repairText(repairs)}`, healthy: faults.length === 0 };
  } finally {
    await cluster.close();
  }
}

async function late(): Promise<{ seen: Seen; faults: string[] }> {
  await new Promise((resolve) => setTimeout(resolve, limitMs).unref());
  const unreachable = `the servers did not answer within ${limitMs / 1000} s`;
  const empty = {
    streams: new Map(),
    consumers: new Map(),
    missing: new Set<string>(),
    certificates: new Map(),
  };
  return { seen: { servers: [], unreachable, ...empty }, faults: [unreachable] };
}
