import { describe, expect, it } from "vitest";
import type { Registered } from "../support/mocks.ts";
import { build, deployedStateOf, named, topologyOf } from "../support/program.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF";
const sites = { copenhagen: "dk", oslo: "no", stockholm: "se" };
const hosts = Object.fromEntries(
  Object.keys(sites).map((id, place) => [
    id,
    {
      ssh: { address: `192.0.2.${place + 1}`, hostKey },
      wireguard: { address: `10.0.${place + 1}.1` },
      image: "carry",
    },
  ]),
);
const podOn = (id: string, host: string, port = 4222) => ({
  id,
  host,
  clientPort: port,
  clusterPort: port + 2000,
  monitorPort: port + 4000,
});
const pods = Object.entries(sites).map(([host, id]) => podOn(id, host));

function topologyOn(sections: Readonly<Record<string, unknown>> = {}) {
  return topologyOf([], { hosts, pods, tls: { clients: "required" }, ...sections });
}

async function registeredOn(sections: Readonly<Record<string, unknown>> = {}): Promise<Registered[]> {
  const topology = topologyOn(sections);
  return (await build(topology, { deployed: deployedStateOf(topology) })).registered;
}

describe("pods on several hosts", () => {
  it("come after their host: looked at, prepared, joined by the VPN with all others, and given the image", async () => {
    const registered = await registeredOn();
    const waitsFor = (name: string) => named(registered, name).dependencies;
    expect(waitsFor("oslo-packages")).toContain("hosts");
    expect(waitsFor("oslo-docker")).toContain("oslo-packages");
    expect(waitsFor("oslo-firewall")).toContain("oslo-packages");
    expect(waitsFor("oslo-wireguard")).toEqual(expect.arrayContaining(["oslo-docker", "oslo-firewall"]));
    const gate = registered.find(({ type }) => type === "nats:host:Mesh");
    expect(gate?.dependencies).toEqual(
      expect.arrayContaining(Object.keys(sites).map((id) => `${id}-wireguard`)),
    );
    const onEngine = [
      "oslo-carried-image",
      "oslo-image",
      "no-data",
      "no-configuration",
      "no-loader",
      "no-server",
    ];
    for (const name of onEngine)
      expect([name, waitsFor(name)]).toEqual([name, expect.arrayContaining(["vpn"])]);
    expect(waitsFor("oslo-image")).toContain("oslo-carried-image");
  });

  it("are looked at with room for all that they may hold together", async () => {
    const both = [...pods, podOn("fi", "oslo", 4322)];
    const registered = await registeredOn({ pods: both, cluster: { maxFileStore: "10GB" } });
    expect(named(registered, "hosts").inputs.dataBytes).toBe(20 * 1024 ** 3);
  });
});

describe("a pod that an update leaves as it is", () => {
  const engines =
    /^(docker:index\/(container|volume|network|remoteImage)|command:|nats:server:(Node|Preflight))/;

  it("is left so in every resource, and so is its host", async () => {
    const registered = await registeredOn({ rollout: { mode: "rolling", skip: ["no"] } });
    const touching = registered.filter(({ type }) => engines.test(type));
    const ofOslo = touching.filter(({ name }) => /^(no|oslo)-/.test(name));
    expect(ofOslo.map(({ name }) => name).sort()).toEqual([
      "no-configuration",
      "no-data",
      "no-loader",
      "no-node",
      "no-preflight",
      "no-server",
      "oslo-carried-image",
      "oslo-docker",
      "oslo-firewall",
      "oslo-image",
      "oslo-packages",
      "oslo-wireguard",
    ]);
    for (const { name, ignored } of ofOslo) expect([name, ignored]).toEqual([name, ["*"]]);
    for (const { name, ignored } of touching.filter((one) => !ofOslo.includes(one)))
      expect([name, ignored]).not.toEqual([name, ["*"]]);
  });

  it("leaves a host alone only where it is its last one", async () => {
    const both = [...pods, podOn("fi", "oslo", 4322)];
    const registered = await registeredOn({ pods: both, rollout: { mode: "rolling", skip: ["no"] } });
    expect(named(registered, "no-server").ignored).toEqual(["*"]);
    expect(named(registered, "fi-server").ignored).not.toContain("*");
    expect(named(registered, "oslo-docker").ignored).toEqual([]);
  });
});
