import { labelNames } from "../../model/labels.ts";
import { digestOf } from "../digest.ts";
import type { ClusterPlan, Endpoint, PodPlan, Topology } from "../topology.ts";
import { configurationFolder, dataFolder, files } from "./files.ts";
import { restartDigest } from "./restart.ts";

/** Added to the lame duck time before the engine kills a server that does not end. */
const stopMarginSeconds = 10;

/** All that a server's container is started with, as plain data. */
export interface ServerContainer {
  readonly name: string;
  /** A reference such as `nats:2.15.1`. */
  readonly image: string;
  readonly command: readonly string[];
  readonly restart: string;
  readonly networkMode: string;
  readonly logDriver: string;
  readonly stopSignal: string;
  readonly stopTimeoutSeconds: number;
  readonly networks: readonly string[];
  readonly ports: readonly { internal: number; external: number; ip: string }[];
  /** Names, by where they are mounted. */
  readonly volumes: Readonly<Record<string, string>>;
  readonly logOpts: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** undefined: as much as the host has. */
  readonly memory?: MemoryLimit | undefined;
}

export interface MemoryLimit {
  readonly megabytes: number;
  /** What the Go runtime keeps to: https://pkg.go.dev/runtime#hdr-Environment_Variables */
  readonly environment: string;
}

export function serverContainer(pod: PodPlan, cluster: ClusterPlan): ServerContainer {
  return {
    name: pod.serverName,
    image: cluster.image,
    command: ["--config", files.conf],
    restart: "unless-stopped",
    networkMode: pod.networks === undefined ? "host" : "bridge",
    logDriver: "json-file",
    // Lame duck: hand leaderships over, then stop. https://docs.nats.io/running-a-nats-service/nats_admin/lame_duck_mode
    stopSignal: "SIGUSR2",
    stopTimeoutSeconds: cluster.lameDuckDurationSeconds + stopMarginSeconds,
    networks: pod.networks === undefined ? [] : [pod.networks.mesh, pod.networks.pod],
    ports: pod.networks === undefined ? [] : portsOf(pod.listen, pod.published),
    volumes: { [dataFolder]: pod.dataVolume, [configurationFolder]: pod.configurationVolume },
    logOpts: { "max-size": "10m", "max-file": "3" },
    labels: {
      [labelNames.pod]: pod.id,
      [labelNames.restartDigest]: restartDigest(pod, cluster),
    },
    memory: cluster.memoryLimitBytes === undefined ? undefined : memoryLimit(cluster.memoryLimitBytes),
  };
}

/** The rest is for what the runtime does not count: stacks, mapped files. */
const heapShare = 0.9;

function memoryLimit(bytes: number): MemoryLimit {
  const megabytes = Math.floor(bytes / 1024 ** 2);
  return { megabytes, environment: `GOMEMLIMIT=${Math.floor(megabytes * heapShare)}MiB` };
}

/** Changes exactly when the container is replaced, known before an update. */
export function startDigest(container: ServerContainer): string {
  return digestOf([JSON.stringify(container)]).slice(0, 16);
}

/**
 * Whether an update to that topology ends every session, because every server restarts.
 * @param servers as the last update has proven them
 */
export function restartsAll(
  { pods, cluster }: Pick<Topology, "pods" | "cluster">,
  servers: readonly { readonly serverName: string; readonly startDigest: string }[],
): boolean {
  const proven = new Map(servers.map(({ serverName, startDigest: digest }) => [serverName, digest]));
  return pods.every((pod) => proven.get(pod.serverName) !== startDigest(serverContainer(pod, cluster)));
}

function portsOf(inside: Endpoint, outside: Endpoint): ServerContainer["ports"] {
  const ip = outside.address;
  return [
    { internal: inside.clientPort, external: outside.clientPort, ip },
    { internal: inside.clusterPort, external: outside.clusterPort, ip },
    { internal: inside.monitorPort, external: outside.monitorPort, ip },
  ];
}
