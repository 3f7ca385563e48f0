import { createHash } from "node:crypto";
import { goDuration } from "../../model/units.ts";
import type { ClusterPlan, PodPlan } from "../topology.ts";
import { dataFolder } from "./files.ts";

/** What a server can't change by a reload, as it stands in nats.conf. */
export interface RestartSettings {
  readonly serverName: string;
  readonly clientListen: string;
  readonly clusterListen: string;
  readonly monitorListen: string;
  /** The server can reload the name, but its routes and the meta group would not follow. So a new name needs a restart. */
  readonly clusterName: string;
  readonly storeFolder: string;
  readonly syncInterval: string;
  /** Only an increase can be reloaded; both directions count, so that no change depends on what was before. */
  readonly maxFileStoreBytes: number | undefined;
  readonly lameDuckDuration: string;
  readonly lameDuckGrace: string;
  readonly systemAccount: string;
}

/**
 * The only place that knows what needs a restart. nats.conf takes these values from here, and the digest has all of them.
 * Which options can be reloaded: https://docs.nats.io/running-a-nats-service/configuration#configuration-reloading
 * and `diffOptions` in the server's `server/reload.go`.
 */
export function restartSettings({ listen, ...pod }: PodPlan, cluster: ClusterPlan): RestartSettings {
  return {
    serverName: pod.serverName,
    clientListen: `${listen.address}:${listen.clientPort}`,
    clusterListen: `${listen.address}:${listen.clusterPort}`,
    monitorListen: `${listen.address}:${listen.monitorPort}`,
    clusterName: cluster.name,
    storeFolder: dataFolder,
    syncInterval: cluster.syncInterval === "always" ? "always" : goDuration(cluster.syncInterval),
    maxFileStoreBytes: pod.maxFileStoreBytes,
    lameDuckDuration: goDuration(cluster.lameDuckDurationSeconds),
    lameDuckGrace: goDuration(cluster.lameDuckGraceSeconds),
    systemAccount: cluster.systemAccount,
  };
}

/**
 * A short digest that changes exactly when the server must be restarted: a label of its container, so that
 * nothing else replaces it.
 */
export function restartDigest(pod: PodPlan, cluster: ClusterPlan): string {
  const hash = createHash("sha256").update(JSON.stringify(restartSettings(pod, cluster)));
  // Nothing, so that a stack which never raised it keeps its digest.
  if (cluster.restartGeneration > 0) hash.update(` ${cluster.restartGeneration}`);
  return hash.digest("hex").slice(0, 16);
}
