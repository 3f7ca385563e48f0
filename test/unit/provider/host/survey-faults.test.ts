import { describe, expect, it } from "vitest";
import { type HostFacts, parseFacts } from "../../../../provider/host/survey-facts.ts";
import { hostFaults, type SurveyRules } from "../../../../provider/host/survey-faults.ts";
import { surveyedHost, surveyOutput } from "../../../support/survey.ts";

const rules: SurveyRules = {
  vpnNetworks: ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"],
  interfaceName: "wg0",
  dataBytes: 50e9,
};
const facts = (changes: Parameters<typeof surveyOutput>[0] = {}) =>
  parseFacts(surveyOutput(changes)) as HostFacts;
const faults = (changes: Parameters<typeof surveyOutput>[0] = {}, over: Partial<SurveyRules> = {}) =>
  hostFaults(surveyedHost("dk"), facts(changes), { ...rules, ...over }, true);

describe("a host", () => {
  it("in good order has no fault, also when this project has prepared it and its pods run", () => {
    expect(faults()).toEqual([]);
  });

  it("without anything of this project has none either", () => {
    expect(
      faults({ marker: [], docker: [], own: [], network: [], tcp: [], udp: [], wg: [], link: [], addr: [] }),
    ).toEqual([]);
  });

  it.each([
    ["debian 11", []],
    ["debian -", []],
    ["ubuntu 20.04", []],
    ["ubuntu 26.10", []],
    [
      "debian 10",
      ["runs debian 10; allowed are Debian 11 and Ubuntu 20.04 or later. Install one of them on the host"],
    ],
    [
      "ubuntu 18.04",
      ["runs ubuntu 18.04; allowed are Debian 11 and Ubuntu 20.04 or later. Install one of them on the host"],
    ],
    ["ubuntu -", []],
    [
      "fedora 43",
      ["runs fedora 43; allowed are Debian 11 and Ubuntu 20.04 or later. Install one of them on the host"],
    ],
    ["- -", ["runs - -; allowed are Debian 11 and Ubuntu 20.04 or later. Install one of them on the host"]],
  ])("may run the distribution %s or not", (os, expected) => {
    expect(faults({ os: [os] })).toEqual(expected);
  });

  it("has to be of an architecture that there are images for", () => {
    expect(faults({ machine: ["aarch64"] })).toEqual([]);
    expect(faults({ machine: ["armv7l"] })).toEqual([
      "is of the architecture armv7l; allowed are x86_64 and aarch64",
    ]);
  });

  it("needs a kernel as young as its distribution", () => {
    expect(faults({ kernel: ["5.4.0-200-generic"] })).toEqual([]);
    expect(faults({ kernel: ["3.10.0-1160.ovz"] }).join()).toMatch(
      /^has the kernel 3\.10\.0.*; 5\.4 or later is needed/,
    );
  });

  it("needs systemd and the tools that look at a network", () => {
    expect(faults({ systemd: ["no"] }).join()).toContain("does not run systemd");
    expect(faults({ lacks: ["ip", "ss"] })).toEqual([
      "has no ip and ss; install the packages that have them (`apt-get install iproute2`)",
    ]);
  });

  it("may bring a Docker engine of its own, if it is not too old", () => {
    expect(faults({ docker: ["29.1.3"] })).toEqual([]);
    expect(faults({ docker: ["19.03.15"] })).toEqual([
      "has Docker 19.03.15; 20.10 or later is needed. Upgrade Docker, or remove Docker",
    ]);
  });

  it("needs WireGuard in its kernel or /dev/net/tun, where it is in a VPN", () => {
    const [fault = ""] = faults({ tun: ["no"] });
    expect(fault).toContain("has neither WireGuard in its kernel (6.1.0-28-amd64) nor /dev/net/tun");
    expect(faults({ tun: ["no"], wireguard: ["yes"] })).toEqual([]);
    const outside = { ...surveyedHost("dk"), vpnAddress: undefined, udpPort: undefined };
    expect(hostFaults(outside, facts({ tun: ["no"] }), rules, true)).toEqual([]);
  });

  it("must not have somebody else's interface of the VPN's name, nor a file for one", () => {
    const [fault = ""] = faults({ marker: [], wg: [], udp: [], tcp: [], addr: [] });
    expect(fault).toContain("has an interface wg0 already, which this project did not make");
    expect(faults({}, { interfaceName: "wg7" }).join()).toContain("has an interface wg7 already");
    expect(faults({}, { interfaceName: "wg1" })).toEqual([]);
    expect(faults({ marker: [], wg: [], udp: [], tcp: [], addr: [] }, { interfaceName: undefined })).toEqual(
      [],
    );
  });

  it("needs room for images beside what the streams may fill, and has some of that where they are already", () => {
    expect(faults({ disk: ["51000000000 /var/lib"] })).toEqual([]);
    expect(faults({ disk: ["21000000000 /var/lib/docker"], held: ["30000000000"] })).toEqual([]);
    expect(faults({ disk: ["20999999999 /var/lib/docker"], held: ["30000000000"] })).toHaveLength(1);
    expect(faults({ disk: ["999999999 /var/lib/docker"], held: ["90000000000"] })).toHaveLength(1);
    expect(faults({ disk: ["50999999999 /var/lib"] })).toEqual([
      "has 51.0 GB free in /var/lib; at least 51.0 GB are needed, for images (1.0 GB) and for the streams " +
        "(cluster.maxFileStore). Free some space, or lower cluster.maxFileStore",
    ]);
  });
});

describe("a host's port", () => {
  const listening = (address: string) => [`LISTEN 0 128 ${address} 0.0.0.0:* users:(("nginx",pid=99,fd=4))`];

  it.each(["0.0.0.0:4222", "*:4222", "[::]:4222", "10.0.1.1:4222"])(
    "is taken by who listens at %s",
    (address) => {
      expect(faults({ tcp: listening(address) })).toEqual([
        `its TCP port 4222 is taken by nginx (process 99) at ${address}; free the port, or give the pod another port (pods)`,
      ]);
    },
  );

  it.each(["127.0.0.1:4222", "192.0.2.1:4222", "0.0.0.0:4223"])(
    "is free beside who listens at %s",
    (address) => {
      expect(faults({ tcp: listening(address) })).toEqual([]);
    },
  );

  it("is taken by any address where the host is in no VPN", () => {
    const host = { ...surveyedHost("dk"), vpnAddress: undefined };
    expect(hostFaults(host, facts({ tcp: listening("127.0.0.1:4222") }), rules, true)).toHaveLength(1);
  });

  it("is named once, though it is taken for IPv4 and IPv6", () => {
    expect(faults({ tcp: [...listening("0.0.0.0:4222"), ...listening("[::]:4222")] })).toHaveLength(1);
  });

  it("is not taken by this project's own container, in the host's network or with published ports", () => {
    expect(faults({ tcp: listening("0.0.0.0:4222"), own: ["99"] })).toEqual([]);
    expect(faults({ tcp: listening("0.0.0.0:4222"), own: ["7 4222"] })).toEqual([]);
  });

  it("of WireGuard is taken by who listens at any address, unless it is this project's own VPN", () => {
    const udp = ["UNCONN 0 0 127.0.0.1:51820 0.0.0.0:*"];
    expect(faults({ udp })).toEqual([]);
    expect(faults({ udp, wg: ["wg9\t51820"] })).toEqual([
      "its UDP port 51820 is taken by the kernel at 127.0.0.1:51820; free the port, or give WireGuard another port " +
        "(wireguard.port of the host)",
    ]);
    expect(faults({ udp, marker: [], link: [] }).join()).toContain("its UDP port 51820 is taken");
  });
});

describe("the VPN's networks", () => {
  it("must not be addresses of the host, but for its own in the VPN", () => {
    expect(faults({ addr: ["2: eth1 inet 10.0.2.77/24 scope global eth1"] })).toEqual([
      "its address 10.0.2.77/24 (eth1) overlaps the VPN's 10.0.2.0/24; give the hosts other addresses in the VPN " +
        "(wireguard.address), or free 10.0.2.77/24 on this host",
    ]);
    expect(faults({ marker: [], link: [], udp: [], tcp: [] }).join()).toContain(
      "its address 10.0.1.1/24 (wg0) overlaps",
    );
  });

  it("must not be where a route of the host leads, wider or narrower", () => {
    expect(faults({ route: ["10.0.0.0/8 via 192.0.2.9 dev eth0"] }).join()).toContain(
      "its route to 10.0.0.0/8 (eth0) overlaps the VPN's 10.0.1.0/24 and 10.0.2.0/24 and 10.0.3.0/24",
    );
    expect(faults({ route: ["10.0.3.128/25 dev eth0"] }).join()).toContain("overlaps the VPN's 10.0.3.0/24");
  });

  it("may be in the way to everywhere, also in halves", () => {
    expect(faults({ route: ["default via 192.0.2.9 dev eth0", "0.0.0.0/1 via 192.0.2.9 dev tun0"] })).toEqual(
      [],
    );
  });

  it("may be where the VPN's own routes lead", () => {
    expect(faults({ route: ["10.0.2.0/24 dev wg0 scope link"] })).toEqual([]);
  });

  it("must not be a network of Docker, which is named once with its route and address", () => {
    const found = faults({
      network: ["bridge 172.17.0.0/16", "shop 10.0.2.0/23"],
      addr: ["3: br-1 inet 10.0.2.1/23 scope global br-1"],
      route: ["10.0.2.0/23 dev br-1 scope link"],
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(
      "Docker's network 10.0.2.0/23 (shop) overlaps the VPN's 10.0.2.0/24 and 10.0.3.0/24",
    );
  });

  it("must not be the one that Docker will make first, where there is no Docker yet", () => {
    const vpnNetworks = ["172.17.9.0/24"];
    expect(faults({ docker: [], network: [] }, { vpnNetworks }).join()).toContain(
      "172.17.0.0/16 (bridge) overlaps",
    );
    expect(faults({ network: ["bridge 172.30.0.0/16"] }, { vpnNetworks })).toEqual([]);
  });

  it("are all that is looked at on a host that was found fit before", () => {
    const changes = { os: ["fedora 43"], disk: ["1 /var/lib"], addr: ["2: eth1 inet 10.0.2.77/24"] };
    const found = hostFaults(surveyedHost("dk"), facts(changes), rules, false);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("10.0.2.77/24");
  });
});
