import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { RemoteHost } from "../../components/host/host.ts";
import { carriedImage } from "../../components/host/image.ts";
import { HostSurvey } from "../../components/host/resources.ts";
import type { RemotePlan } from "../../plan/host-plan.ts";
import { mockEngine, type Registered } from "../support/mocks.ts";
import { named } from "../support/program.ts";
import { surveyedHost } from "../support/survey.ts";

vi.setConfig({ testTimeout: 30_000 });

const { id, ssh, tcpPorts, udpPort, vpnAddress } = surveyedHost("dk");
const peer = {
  hostId: "dk",
  address: "10.0.1.1",
  network: "10.0.1.0/24",
  endpoint: "192.0.2.1:51820",
  listenPort: 51820,
  keyGeneration: 1,
};
const plan: RemotePlan = { ssh, firewall: true, image: "carry", peer };

/** What a host brings along, with the survey before it. */
async function build(changes: Partial<RemotePlan> = {}, preview = false) {
  const registered = await mockEngine(() => ({}), preview);
  const options = { provider: undefined } as unknown as pulumi.CustomResourceOptions;
  const survey = new HostSurvey(
    "hosts",
    {
      hosts: [{ id, ssh, tcpPorts, udpPort, vpnAddress }],
      vpnNetworks: ["10.0.1.0/24"],
      interfaceName: "wg0",
      dataBytes: 1e9,
      without: [],
    },
    options,
  );
  const full = { ...plan, ...changes };
  const host = new RemoteHost("dk", { id: "dk", plan: full, interfaceName: "wg0", after: [survey] });
  carriedImage("dk", { remote: full, image: "nats:2.15.1" }, { dependsOn: [...host.prepared] });
  await vi.waitFor(() => expect(registered.map(({ name }) => name)).toContain("dk-carried-image"));
  return { registered, prepared: await Promise.all(host.prepared.map(nameOf)) };
}

function nameOf(resource: pulumi.Resource): Promise<string> {
  return new Promise((resolve) => {
    resource.urn.apply((urn) => resolve(urn.slice(urn.lastIndexOf("::") + 2)));
  });
}

const commands = (registered: readonly Registered[]) =>
  registered.filter(({ type }) => type === "command:local:Command").map(({ name }) => name);

describe("a host that is made ready", () => {
  it("is looked at first, then has its packages, then Docker and the firewall", async () => {
    const { registered, prepared } = await build();
    expect(commands(registered).sort()).toEqual([
      "dk-carried-image",
      "dk-docker",
      "dk-firewall",
      "dk-packages",
    ]);
    expect(named(registered, "dk").type).toBe("unityplan:host:Host");
    expect(named(registered, "dk-packages").dependencies).toEqual(["hosts"]);
    expect(named(registered, "dk-docker").dependencies).toEqual(["dk-packages"]);
    expect(named(registered, "dk-firewall").dependencies).toEqual(["dk-packages"]);
    expect(prepared).toEqual(["dk-docker", "dk-firewall"]);
    expect(named(registered, "dk-carried-image").dependencies).toEqual(["dk-docker", "dk-firewall"]);
  });

  it("is given the survey's inputs and no more", async () => {
    const { registered } = await build();
    const { inputs } = named(registered, "hosts");
    expect(Object.keys(inputs).sort()).toEqual([
      "dataBytes",
      "hosts",
      "interfaceName",
      "vpnNetworks",
      "without",
    ]);
  });

  it("has no firewall where none is wanted", async () => {
    const { registered, prepared } = await build({ firewall: false });
    expect(commands(registered)).not.toContain("dk-firewall");
    expect(prepared).toEqual(["dk-docker"]);
    expect(named(registered, "dk-packages").inputs.create).not.toContain("nftables");
  });

  it("lets a user that is not root speak to Docker", async () => {
    const { registered, prepared } = await build({ ssh: { ...ssh, user: "admin" } });
    expect(named(registered, "dk-docker-user").dependencies).toEqual(["dk-docker"]);
    expect(named(registered, "dk-docker-user").inputs.create).toContain("usermod -aG docker admin");
    expect(prepared).toEqual(["dk-docker", "dk-docker-user", "dk-firewall"]);
  });

  it("without a VPN waits for none", async () => {
    const { registered } = await build({ peer: undefined });
    for (const name of ["dk-packages", "dk-docker", "dk-firewall"]) {
      expect(JSON.stringify(named(registered, name).inputs)).not.toMatch(/wg-quick|wireguard|iifname \\"wg0/);
    }
  });

  it("takes back on the way out what it has changed, and leaves the packages", async () => {
    const { registered } = await build();
    const outs = ["dk-packages", "dk-docker", "dk-firewall"].map((name) =>
      String(named(registered, name).inputs.delete),
    );
    expect(outs[0]).toContain("rm -f /etc/unityplan/host.json");
    expect(outs[1]).toContain("rm -f /etc/systemd/system/docker.service.d/unityplan.conf");
    expect(outs[2]).toContain("nft delete table inet unityplan");
    expect(outs.join("\n")).not.toMatch(/apt-get|purge/);
  });

  it("changes no command from update to update", async () => {
    const [first, second] = [await build(), await build()];
    const inputs = ({ registered }: typeof first) =>
      JSON.stringify(registered.map(({ name, inputs }) => [name, inputs]).sort());
    expect(inputs(first)).toBe(inputs(second));
  });

  it("is shown in full by a preview", async () => {
    const { registered } = await build({ ssh: { ...ssh, user: "admin" } }, true);
    expect(commands(registered)).toHaveLength(5);
  });
});
