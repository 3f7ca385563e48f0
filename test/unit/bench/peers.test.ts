import { describe, expect, it } from "vitest";
import { composeFile, composeScript } from "../../../bench/peer/compose-file.ts";
import type { PeerJob } from "../../../bench/peer/job.ts";
import { consumerConfig, streamConfig, streamScript } from "../../../bench/peer/streams.ts";
import { terraformCliConfiguration, terraformFile } from "../../../bench/peer/terraform-file.ts";
import { furtherStreams } from "../../../bench/scale.ts";
import { catalogue } from "../../../plan/catalogue.ts";
import { parseConfiguration } from "../../../plan/config/configuration.ts";

const job: PeerJob = {
  folder: "/tmp/x",
  prefix: "bx-",
  meshNetwork: "bx-mesh",
  pods: ["dk", "no", "se"].map((id, index) => ({
    id,
    clientPort: 5000 + index,
    clusterPort: 6000 + index,
    monitorPort: 7000 + index,
    serverName: `bx-${id}`,
    network: `bx-${id}-net`,
    dataVolume: `bx-${id}-data`,
    conf: `/tmp/x/${id}.conf`,
  })),
  streams: [{ name: "GLOBAL_EVENTS", script: "/tmp/x/GLOBAL_EVENTS/make.sh" }],
};

describe("the peers' job", () => {
  it("is three servers, four networks and three data volumes, all of its own name, on loopback, for Compose", () => {
    const { services, networks, volumes } = JSON.parse(composeFile(job));
    expect(Object.keys(networks)).toEqual(["bx-mesh", "bx-dk-net", "bx-no-net", "bx-se-net"]);
    expect(Object.keys(volumes)).toEqual(["bx-dk-data", "bx-no-data", "bx-se-data"]);
    expect(services.no).toMatchObject({
      container_name: "bx-no",
      networks: ["bx-mesh", "bx-no-net"],
      ports: ["127.0.0.1:5001:4222", "127.0.0.1:6001:6222", "127.0.0.1:7001:8222"],
    });
  });

  it("is the same for Terraform", () => {
    const { resource } = JSON.parse(terraformFile(job));
    const names = (kind: string) => Object.values<{ name: string }>(resource[kind]).map(({ name }) => name);
    expect(names("docker_container")).toEqual(["bx-dk", "bx-no", "bx-se"]);
    expect(names("docker_network")).toEqual(["bx-mesh", "bx-dk-net", "bx-no-net", "bx-se-net"]);
    expect(names("docker_volume")).toEqual(["bx-dk-data", "bx-no-data", "bx-se-data"]);
    expect(resource.docker_container.no.ports).toContainEqual({
      internal: 4222,
      external: 5001,
      ip: "127.0.0.1",
    });
    expect(resource.terraform_data.GLOBAL_EVENTS.depends_on).toEqual([
      "docker_container.dk",
      "docker_container.no",
      "docker_container.se",
    ]);
  });

  it("takes Terraform's provider from the folder that it was built into", () => {
    expect(terraformCliConfiguration("/cache/a b")).toContain('"kreuzwerker/docker" = "/cache/a b"');
  });

  it("has the streams and consumers of the catalogue, and marks them as nobody's", () => {
    const [first] = catalogue(["dk"]);
    expect(first && streamConfig(first.stream)).toMatchObject({
      name: "GLOBAL_EVENTS",
      subjects: ["global.>"],
      num_replicas: 3,
      max_age: 7 * 86_400 * 1e9,
    });
    expect(first && streamConfig(first.stream)).not.toHaveProperty("metadata");
    const [consumer] = first?.consumers ?? [];
    expect(consumer && consumerConfig(consumer)).toMatchObject({
      durable_name: "global-processor",
      ack_policy: "explicit",
    });
    expect(consumer && consumerConfig(consumer)).not.toHaveProperty("metadata");
  });

  it("asks shortly and again, and gives up in the end", () => {
    const script = streamScript("/tmp/x/S", "S", ["c"], ["nats://127.0.0.1:1", "nats://127.0.0.1:2"]);
    expect(script).toContain("--server nats://127.0.0.1:1,nats://127.0.0.1:2 --timeout=500ms stream add S");
    expect(script).toContain("consumer add S c --config '/tmp/x/S/c.json'");
    expect(script).toContain("sleep 0.1");
    expect(script).toMatch(/-lt 300 .*exit 1/);
  });

  it("makes all streams at once and fails when one does", () => {
    expect(composeScript(job, "'docker-compose'")).toContain(
      "'/tmp/x/GLOBAL_EVENTS/make.sh' & all=\"$all $!\"",
    );
    expect(composeScript(job, "'docker-compose'")).toContain("set -e");
  });
});

describe("the streams that are measured at scale", () => {
  it("are as many as asked for and a valid configuration", () => {
    const pods = ["dk", "no", "se"].map((id, index) => ({
      id,
      clientPort: 5000 + index,
      clusterPort: 6000 + index,
      monitorPort: 7000 + index,
    }));
    const values = { "unityplan-nats:pods": pods, "unityplan-nats:streams": furtherStreams(195) };
    const config = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, JSON.stringify(value)]),
    );
    const { streams } = parseConfiguration(config, { project: "unityplan-nats", name: "test" });
    expect(streams).toHaveLength(200);
  });
});
