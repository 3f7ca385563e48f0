import { formatDuration } from "../../model/units.ts";
import type { Configuration } from "./configuration.ts";

/** What is allowed and dangerous. */
export function warningsOf({ cluster, hosts }: Configuration): readonly string[] {
  const warnings: string[] = [];
  if (cluster.syncInterval !== "always") {
    const interval = formatDuration(cluster.syncInterval);
    warnings.push(
      `cluster.durability is ${interval}: a message is acknowledged before it is on disk, so a power cut or a crash of the hosts can lose acknowledged messages of the last ${interval}, or a whole young stream. "always" is safe.`,
    );
  }
  const open = hosts.filter(
    ({ address, remote }) => remote?.peer === undefined && !address.startsWith("127."),
  );
  if (open.length > 0) {
    const addresses = open.map(({ address }) => address).join(", ");
    warnings.push(
      `Ports are published on ${addresses}, and clients need no password (cluster.acceptAnonymousRemoteClients): whoever reaches them can read, publish and delete everything.`,
    );
  }
  return warnings;
}
