import { formatDuration } from "../../model/units.ts";
import { sharedMemoryStreams, takesTurnsForMemory } from "../memory-streams.ts";
import { oldestRelease } from "../transitions/release-lines.ts";
import { versionOfImage } from "../transitions/versions.ts";
import type { Configuration } from "./configuration.ts";
import { show } from "./faults.ts";

/** Settings that are allowed and dangerous, and words that the next release does not read. */
export function warningsOf(configuration: Configuration): readonly string[] {
  const { cluster, hosts, rollout } = configuration;
  const warnings = [...configuration.oldWords];
  if (versionOfImage(cluster.image) === undefined) {
    warnings.push(
      `cluster.image ${show(cluster.image)} names no version of three numbers, so this program can't check the release: neither that the servers take its nats.conf (${oldestRelease} or newer), nor that they can go from the release before to this one. Write a tag with the version, for example nats:2.15.1. A digest can follow the tag: nats:2.15.1@sha256:….`,
    );
  }
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
  if (rollout.lose.length > 0) {
    warnings.push(
      `rollout.lose accepts the loss of ${rollout.lose.join(", ")}: an update that stops the last copy in memory loses the messages. Remove the names after the update that needs them.`,
    );
  }
  const inMemory = sharedMemoryStreams(configuration);
  if (takesTurnsForMemory(configuration)) {
    warnings.push(
      `rollout is "parallel", but servers that restart take turns: ${inMemory.join(", ")} would be empty if all of them restarted at once, because the copies are in memory. Write rollout: rolling to say the same yourself.`,
    );
  }
  if (rollout.mode === "all-at-once" && inMemory.length > 0) {
    warnings.push(
      `rollout is "all-at-once": an update that restarts the servers empties ${inMemory.join(", ")}, because the copies are in memory. Write rollout: rolling to keep the messages.`,
    );
  }
  return warnings;
}
