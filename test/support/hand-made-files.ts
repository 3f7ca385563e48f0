import type { TestPod } from "../../harness/stack.ts";

/**
 * UnityPlan's docker-compose.pod.yml, with what is in it and does not run mended in the least way:
 * - `--max_payload` is no flag, and the server ends with "flag provided but not defined": it is left out, so that the
 *   servers have their default of 1 MB.
 * - A server with JetStream in a cluster ends with "jetstream cluster requires `server_name` to be set": it gets one.
 * - Compose puts no variables into the keys of `networks`: `pod-${POD_ID}-net` is a name below another key.
 *
 * The routes stay as they are: two of three dial ports that nobody listens on inside, and the cluster comes together
 * over Denmark all the same. Ports are on the loopback only, as nothing of a test is reached from outside.
 */
export function composeFile(prefix: string, image: string): string {
  return `services:
  nats:
    image: ${image}
    container_name: ${prefix}service-nats-\${POD_ID}
    hostname: ${prefix}service-nats-\${POD_ID}
    command:
      - "--server_name=${prefix}service-nats-\${POD_ID}"
      - "--cluster_name=unityplan-global"
      - "--cluster=nats://0.0.0.0:6222"
      - "--routes=\${NATS_ROUTES}"
      - "--http_port=8222"
      - "--jetstream"
      - "--store_dir=/data"
    ports:
      - "127.0.0.1:\${NATS_CLIENT_PORT}:4222"    # Client connections
      - "127.0.0.1:\${NATS_CLUSTER_PORT}:6222"   # Cluster routes
      - "127.0.0.1:\${NATS_MONITOR_PORT}:8222"   # HTTP monitoring
    volumes:
      - nats-data:/data
    networks:
      - pod-net
      - mesh-network
    restart: unless-stopped
networks:
  pod-net:
    name: ${prefix}pod-\${POD_ID}-net
  mesh-network:
    name: ${prefix}unityplan-mesh-network
    external: true
volumes:
  nats-data:
`;
}

const routes: Readonly<Record<string, readonly string[]>> = {
  dk: ["no:6223", "se:6224"],
  no: ["dk:6222", "se:6224"],
  se: ["dk:6222", "no:6223"],
};

/** `pods/{country}/.env`. */
export function environmentFile(prefix: string, pod: TestPod): string {
  const seeds = (routes[pod.id] ?? []).map((place) => `nats://${prefix}service-nats-${place}`);
  return `POD_ID=${pod.id}
NATS_CLIENT_PORT=${pod.clientPort}
NATS_CLUSTER_PORT=${pod.clusterPort}
NATS_MONITOR_PORT=${pod.monitorPort}
NATS_ROUTES=${seeds.join(",")}
`;
}
