import { image, type PeerJob, type PeerPod } from "./job.ts";

/** The job as a Terraform configuration in JSON. https://developer.hashicorp.com/terraform/language/syntax/json */
export function terraformFile(job: PeerJob): string {
  const networks = [{ id: "mesh", network: job.meshNetwork }, ...job.pods];
  const containers = job.pods.map((pod) => `docker_container.${pod.id}`);
  return JSON.stringify({
    terraform: { required_providers: { docker: { source: "kreuzwerker/docker" } } },
    provider: { docker: {} },
    resource: {
      docker_image: { nats: { name: image, keep_locally: true } },
      docker_network: Object.fromEntries(networks.map(({ id, network }) => [id, { name: network }])),
      docker_volume: Object.fromEntries(job.pods.map((pod) => [pod.id, { name: pod.dataVolume }])),
      docker_container: Object.fromEntries(job.pods.map((pod) => [pod.id, container(pod)])),
      terraform_data: Object.fromEntries(
        job.streams.map(({ name, script }) => [
          name,
          { depends_on: containers, provisioner: [{ "local-exec": { command: script } }] },
        ]),
      ),
    },
  });
}

function container(pod: PeerPod) {
  const networks = ["mesh", pod.id].map((id) => ({ name: `\${docker_network.${id}.name}` }));
  return {
    name: pod.serverName,
    hostname: pod.serverName,
    image: `\${docker_image.nats.image_id}`,
    command: ["--config", "/etc/nats/nats.conf"],
    restart: "unless-stopped",
    // Unset, it shows as a change in every plan.
    network_mode: "bridge",
    networks_advanced: networks,
    ports: [
      { internal: 4222, external: pod.clientPort, ip: "127.0.0.1" },
      { internal: 6222, external: pod.clusterPort, ip: "127.0.0.1" },
      { internal: 8222, external: pod.monitorPort, ip: "127.0.0.1" },
    ],
    volumes: [
      { volume_name: `\${docker_volume.${pod.id}.name}`, container_path: "/data" },
      { host_path: pod.conf, container_path: "/etc/nats/nats.conf", read_only: true },
    ],
  };
}

/** Takes the provider from a folder. https://developer.hashicorp.com/terraform/cli/config/config-file#development-overrides-for-provider-developers */
export function terraformCliConfiguration(providerFolder: string): string {
  return `provider_installation {
  dev_overrides {
    "kreuzwerker/docker" = ${JSON.stringify(providerFolder)}
  }
  direct {}
}
`;
}
