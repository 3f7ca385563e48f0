import { image, type PeerJob, type PeerPod } from "./job.ts";

/** The job as a Compose file; JSON is YAML. https://docs.docker.com/reference/compose-file/ */
export function composeFile(job: PeerJob): string {
  const networks = [job.meshNetwork, ...job.pods.map((pod) => pod.network)];
  return JSON.stringify({
    name: job.prefix.slice(0, -1),
    services: Object.fromEntries(job.pods.map((pod) => [pod.id, service(job, pod)])),
    networks: Object.fromEntries(networks.map((name) => [name, { name }])),
    volumes: Object.fromEntries(job.pods.map(({ dataVolume: name }) => [name, { name }])),
  });
}

function service(job: PeerJob, pod: PeerPod) {
  return {
    image,
    container_name: pod.serverName,
    hostname: pod.serverName,
    command: ["--config", "/etc/nats/nats.conf"],
    restart: "unless-stopped",
    networks: [job.meshNetwork, pod.network],
    ports: [
      `127.0.0.1:${pod.clientPort}:4222`,
      `127.0.0.1:${pod.clusterPort}:6222`,
      `127.0.0.1:${pod.monitorPort}:8222`,
    ],
    volumes: [
      { type: "volume", source: pod.dataVolume, target: "/data" },
      { type: "bind", source: pod.conf, target: "/etc/nats/nats.conf", read_only: true },
    ],
  };
}

/** Brings all up: the servers, then the streams, all at once. */
export function composeScript(job: PeerJob, compose: string): string {
  const make = job.streams.map(({ script }) => `'${script}' & all="$all $!"\n`).join("");
  return `#!/bin/sh
set -e
${compose} up --detach
${make}for one in $all; do wait "$one"; done
`;
}
