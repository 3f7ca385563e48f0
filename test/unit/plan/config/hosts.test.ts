import { describe, expect, it } from "vitest";
import { configure, faults, nordicPods, plan, podInput } from "../../../support/configuration.ts";

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF";
const ssh = (address: string) => ({ address, hostKey });
const required = { clients: "required" };

const hosts = {
  copenhagen: { ssh: ssh("45.123.45.67"), wireguard: { address: "10.0.1.1" } },
  oslo: { ssh: ssh("89.234.56.78"), wireguard: { address: "10.0.2.1" } },
  stockholm: { ssh: ssh("91.234.12.34"), wireguard: { address: "10.0.3.1" } },
};
const pods = [
  podInput("dk", 0, { host: "copenhagen" }),
  podInput("no", 0, { host: "oslo" }),
  podInput("se", 0, { host: "stockholm" }),
];
const three = { hosts, pods, tls: required };

describe("three hosts in a VPN", () => {
  it("have servers that listen, and are dialled, on the VPN's addresses only", () => {
    const topology = plan(three);
    expect(topology.pods[0]).toMatchObject({
      networks: undefined,
      listen: { address: "10.0.1.1", clientPort: 4222, clusterPort: 6222, monitorPort: 8222 },
      published: { address: "10.0.1.1", clientPort: 4222, clusterPort: 6222, monitorPort: 8222 },
      clusterAdvertise: "10.0.1.1:6222",
      clientAdvertise: "10.0.1.1:4222",
      routes: ["nats://10.0.2.1:6222", "nats://10.0.3.1:6222"],
      dnsNames: ["service-nats-dk", "localhost", "10.0.1.1"],
      ipAddresses: ["127.0.0.1", "10.0.1.1"],
    });
  });

  it("are each reached by SSH, with a place of their own in the VPN", () => {
    const topology = plan(three);
    expect(topology.hosts[1]).toEqual({
      id: "oslo",
      dockerUrl: "ssh://root@89.234.56.78:22",
      meshNetwork: undefined,
      skip: false,
      remote: {
        ssh: { address: "89.234.56.78", port: 22, user: "root", hostKey, identityFile: undefined },
        firewall: true,
        image: "pull",
        peer: {
          hostId: "oslo",
          address: "10.0.2.1",
          network: "10.0.2.0/24",
          endpoint: "89.234.56.78:51820",
          listenPort: 51820,
          keyGeneration: 1,
        },
      },
    });
    expect(topology.vpn).toMatchObject({ interfaceName: "wg0", mtu: 1420, presharedKeyGeneration: 1 });
    expect(topology.vpn?.peers.map(({ hostId }) => hostId)).toEqual(["copenhagen", "oslo", "stockholm"]);
  });

  it("may have two pods on one of them, which differ in their ports", () => {
    const both = [...pods, podInput("fi", 1, { host: "oslo" })];
    const topology = plan({ ...three, pods: both });
    expect(topology.pods.find(({ id }) => id === "fi")?.clusterAdvertise).toBe("10.0.2.1:6223");
    expect(topology.pods.find(({ id }) => id === "no")?.routes).toContain("nats://10.0.2.1:6223");
  });

  it("may be entered as another user, by another port and with a key of one's own", () => {
    const more = { ...ssh("45.123.45.67"), user: "admin", port: 2222, identityFile: "~/.ssh/unityplan" };
    const { remote, dockerUrl } =
      configure({
        ...three,
        hosts: {
          ...hosts,
          copenhagen: {
            ssh: more,
            wireguard: { address: "10.0.1.1", port: 51821, endpoint: "198.51.100.7" },
            firewall: false,
            image: "carry",
          },
        },
      }).hosts[0] ?? {};
    expect(dockerUrl).toBe("ssh://admin@45.123.45.67:2222");
    expect(remote).toMatchObject({
      ssh: more,
      firewall: false,
      image: "carry",
      peer: { endpoint: "198.51.100.7:51821" },
    });
  });

  it("are left out where all their pods are", () => {
    const both = [...pods, podInput("fi", 1, { host: "oslo" })];
    const skipped = (...skip: string[]) =>
      plan({ ...three, pods: both, rollout: { skip } })
        .hosts.filter((host) => host.skip)
        .map(({ id }) => id);
    expect(skipped("no")).toEqual([]);
    expect(skipped("no", "fi", "dk")).toEqual(["copenhagen", "oslo"]);
  });
});

describe("hosts are refused", () => {
  const one = (host: Record<string, unknown>) => faults({ hosts: { local: host } });

  it.each([
    ["<host key of oslo>", '"<host key of oslo>" is still the placeholder; write the host\'s public key'],
    ["AAAA", '"AAAA" is not a host key; allowed the host\'s public key, for example "ssh-ed25519 AAAA…"'],
    [undefined, "is missing; allowed the host's public key"],
  ])("with the host key %j", (key, fault) => {
    expect(one({ ssh: { address: "192.0.2.1", hostKey: key } })).toEqual([
      expect.stringContaining(`dev hosts.local.ssh.hostKey: ${fault}`),
    ]);
  });

  it("with a name where an address has to be, or a key file that could be something else", () => {
    expect(one({ ssh: { ...ssh("oslo.example.org"), identityFile: "a b" } })).toEqual([
      expect.stringContaining(
        'dev hosts.local.ssh.address: "oslo.example.org" is not an IPv4 address of a host',
      ),
      expect.stringContaining('dev hosts.local.ssh.identityFile: "a b" is not a path'),
    ]);
  });

  it("with two ways to reach the engine, or with what needs SSH and none", () => {
    expect(one({ ssh: ssh("192.0.2.1"), docker: "unix:///run/docker.sock" })).toEqual([
      "dev hosts.local.docker: is given together with ssh, and the engine is reached by ssh; remove docker or ssh",
    ]);
    const told = faults({
      hosts: { local: { wireguard: { address: "10.0.1.1" }, firewall: true, image: "carry" } },
      tls: required,
    });
    expect(told.map((fault) => fault.split(":")[0])).toEqual([
      "dev hosts.local.wireguard",
      "dev hosts.local.firewall",
      "dev hosts.local.image",
    ]);
  });

  it("with an address to publish at beside that in the VPN", () => {
    const oslo = { ...hosts.oslo, publishAddress: "192.0.2.1" };
    expect(faults({ ...three, hosts: { ...hosts, oslo } })).toEqual([
      "dev hosts.oslo.publishAddress: is given together with wireguard, and servers of the VPN listen only on the host's address in the VPN; remove publishAddress",
    ]);
  });

  it("that publish ports which their own firewall shuts", () => {
    const open = { ssh: ssh("192.0.2.1"), publishAddress: "192.0.2.1" };
    const cluster = { acceptAnonymousRemoteClients: true };
    const told = (host: Record<string, unknown>) => faults({ hosts: { local: host }, cluster });
    expect(told(open)).toEqual([
      'dev hosts.local.publishAddress: "192.0.2.1" is for clients on other machines, and the host\'s firewall would block all of them; set firewall: false for this host and use a firewall of your own, or keep 127.0.0.1',
    ]);
    expect(told({ ...open, firewall: true })).toHaveLength(1);
    expect(told({ ...open, firewall: false })).toEqual([]);
    expect(told({ ...open, publishAddress: "127.0.0.1" })).toEqual([]);
    expect(told({ publishAddress: "192.0.2.1" })).toEqual([]);
  });

  it("twice by the same address", () => {
    const oslo = { ...hosts.oslo, ssh: ssh("45.123.45.67") };
    expect(faults({ ...three, hosts: { ...hosts, oslo } })).toContainEqual(
      expect.stringContaining(
        'dev hosts.oslo.ssh.address: "45.123.45.67" is already the address of the host copenhagen',
      ),
    );
  });

  it("with addresses of the VPN that are another host's, Docker's, or those outside of it", () => {
    const with_ = (address: string, endpoint?: string) =>
      faults({
        ...three,
        hosts: { ...hosts, oslo: { ...hosts.oslo, wireguard: { address, ...(endpoint && { endpoint }) } } },
      });
    expect(with_("10.0.1.7")).toEqual([
      expect.stringContaining(
        "dev hosts.oslo.wireguard.address: 10.0.1.0/24 overlaps 10.0.1.0/24, which is the network of the host copenhagen",
      ),
    ]);
    expect(with_("172.17.0.1")[0]).toContain("from which Docker takes its networks");
    expect(with_("10.0.2.0")[0]).toContain("is the network address or the broadcast address of 10.0.2.0/24");
    expect(with_("10.0.2.1", "10.0.3.9")[0]).toContain(
      "dev hosts.oslo.wireguard.endpoint: 10.0.3.9:51820 is inside of 10.0.3.0/24",
    );
  });

  it("with the generation of a key that no host of the VPN has", () => {
    expect(
      plan({ ...three, wireguard: { keyGenerations: { oslo: 3 } } }).vpn?.peers.map(
        (peer) => peer.keyGeneration,
      ),
    ).toEqual([1, 3, 1]);
    expect(faults({ ...three, wireguard: { keyGenerations: { bergen: 3 } } })).toEqual([
      "dev wireguard.keyGenerations.bergen: is not a host of the VPN; its hosts are copenhagen, oslo, stockholm",
    ]);
  });

  it("where clients of the VPN would need neither a password nor a certificate", () => {
    const told = faults({ ...three, tls: { clients: "on" } });
    expect(told).toHaveLength(3);
    expect(told[0]).toContain(
      "dev hosts.copenhagen.wireguard: the other hosts of the VPN can reach this host's servers",
    );
    expect(
      faults({ ...three, tls: { clients: "on" }, cluster: { acceptAnonymousRemoteClients: true } }),
    ).toEqual([]);
  });

  it("where pods are on several and one of these is in no VPN", () => {
    const { wireguard: _, ...oslo } = hosts.oslo;
    expect(faults({ ...three, hosts: { ...hosts, oslo } })).toEqual([
      "dev pods: are on the hosts copenhagen, oslo, stockholm, and their servers would not reach each other: put all pods on one host, or give oslo the sections ssh and wireguard",
    ]);
  });
});

describe("one host that is reached by SSH", () => {
  it("needs no VPN: its pods have networks of their own, as on this machine", () => {
    const topology = plan({ hosts: { desk: { ssh: ssh("192.0.2.1") } }, pods: nordicPods });
    expect(topology.vpn).toBeUndefined();
    expect(topology.pods[0]?.networks).toEqual({ mesh: "unityplan-mesh-network", pod: "pod-dk-net" });
    expect(topology.hosts[0]).toMatchObject({
      dockerUrl: "ssh://root@192.0.2.1:22",
      meshNetwork: "unityplan-mesh-network",
    });
  });
});
