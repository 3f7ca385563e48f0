import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runOnHost } from "../../client/ssh.ts";
import { Lab } from "../../harness/lab/lab.ts";
import { all, run } from "../../harness/lab/run.ts";
import { answeringUdpPorts, openTcpPorts, udpGetsIn } from "../../harness/lab/scan.ts";

const ids = ["copenhagen", "oslo", "stockholm"] as const;
/** Of a UDP program that the scan starts itself. */
const anyPort = 5353;
const sshMs = 20_000;
let lab: Lab;

beforeAll(async () => {
  lab = await Lab.create({ ids, stores: "disks" });
});

afterAll(async () => {
  await lab?.dispose();
});

/** Whether one of several pings comes back. */
async function answers(from: string, address: string): Promise<boolean> {
  const script = `ping -c 5 -i 0.1 -W 1 ${address} >/dev/null && echo yes || echo no`;
  return (await lab.exec(from, script)) === "yes";
}

const reaches = (from: string, to: string) => answers(from, lab.host(to).address);

/** Whether a datagram of several arrives; it needs no way back. */
async function arrives(from: string, to: string): Promise<boolean> {
  const udp = 'IO::Socket::INET->new(Proto => "udp",';
  const listen = `$s = ${udp} LocalPort => 9) or die; $s->recv($b, 9); print "heard"`;
  const send = `$s = ${udp} PeerAddr => "${lab.host(to).address}:9"); for (1..20) { $s->send("x"); select(undef, undef, undef, 0.1) }`;
  const perl = "perl -MIO::Socket::INET -e";
  const [said] = await Promise.all([
    lab.exec(to, `timeout 3 ${perl} '${listen}' || true`),
    lab.exec(from, `${perl} '${send}'`),
  ]);
  return said === "heard";
}

async function roundTripMs(from: string, address: string): Promise<number> {
  const said = await lab.exec(from, `ping -c 10 -i 0.05 ${address}`);
  return Number(/= [\d.]+\/([\d.]+)\//.exec(said)?.[1]);
}

describe("a lab's hosts", () => {
  it("let in root, and an admin who becomes root without a password", async () => {
    for (const user of ["root", "admin"] as const) {
      const answers = await all(ids, (id) => runOnHost(lab.ssh(id, user), "id -un; hostname", sshMs));
      expect(answers).toEqual(ids.map((id) => ({ code: 0, stdout: `root\n${id}\n`, stderr: "" })));
    }
  });

  it("are bare, and install engine, VPN and firewall without a network", async () => {
    const missing = await lab.exec(
      "oslo",
      "for name in docker wg nft iptables; do command -v $name || echo no; done",
    );
    expect(missing.split("\n")).toEqual(["no", "no", "no", "no"]);
    await lab.exec(
      "oslo",
      "apt-get -q update && apt-get -qy install docker.io wireguard-tools wireguard-go nftables",
    );
    expect(await lab.exec("oslo", "docker info --format '{{.Driver}}'")).toBe("overlay2");
  });

  it("come back from a reboot with the same address and key", async () => {
    await lab.reboot("oslo");
    const { code, stderr } = await runOnHost(lab.ssh("oslo"), "true", sshMs);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  });

  it("lose in a power cut what was not synced, and keep what was", async () => {
    await lab.exec("stockholm", "cd /var/lib/docker && echo kept >synced && sync && echo lost >unsynced");
    await lab.powerCut(["stockholm"]);
    const left = (await lab.exec("stockholm", "ls /var/lib/docker")).split("\n");
    expect(left).toContain("synced");
    expect(left).not.toContain("unsynced");
  });

  it("show their open ports to the outside, and what their firewall lets in", async () => {
    const host = lab.host("oslo");
    expect(await openTcpPorts(host)).toEqual([22]);
    expect(await answeringUdpPorts(host)).toEqual([]);
    expect(await udpGetsIn(host, anyPort)).toBe(true);
    const rule = "add table inet shut; add chain inet shut in { type filter hook input priority 0; }";
    await lab.exec("oslo", `nft '${rule}; add rule inet shut in udp dport ${anyPort} drop'`);
    expect(await udpGetsIn(host, anyPort)).toBe(false);
  });
});

describe("a lab's links", () => {
  it("are cut between two hosts only, also after one of them restarted", async () => {
    await lab.cut("copenhagen", "oslo");
    await lab.reboot("oslo");
    expect(await reaches("copenhagen", "oslo")).toBe(false);
    expect(await reaches("oslo", "copenhagen")).toBe(false);
    expect(await reaches("copenhagen", "stockholm")).toBe(true);
    await lab.heal();
    expect(await reaches("copenhagen", "oslo")).toBe(true);
  });

  it("are cut one way", async () => {
    await lab.cutOneWay("copenhagen", "oslo");
    expect(await arrives("copenhagen", "oslo")).toBe(false);
    expect(await arrives("oslo", "copenhagen")).toBe(true);
    await lab.heal();
    expect(await arrives("copenhagen", "oslo")).toBe(true);
  });

  it("are slow between hosts, also after one restarted, and not from this machine", async () => {
    await lab.slow({ delayMs: 25, lossPercent: 0, seed: 1 });
    await lab.reboot("oslo");
    const ms = await roundTripMs("copenhagen", lab.host("oslo").address);
    expect(ms).toBeGreaterThanOrEqual(50);
    expect(ms).toBeLessThan(100);
    const machine = lab.subnet.replace(/0\/24$/, "1");
    expect(await roundTripMs("oslo", machine)).toBeLessThan(10);
    await lab.heal();
    expect(await roundTripMs("copenhagen", lab.host("oslo").address)).toBeLessThan(10);
  });

  it("lead nowhere else, and to no other lab", async () => {
    const other = await Lab.create({ ids: ["alone"] });
    try {
      const { address } = other.host("alone");
      expect(await answers("oslo", address)).toBe(false);
      expect(await answers("oslo", lab.host("stockholm").address)).toBe(true);
    } finally {
      await other.dispose();
    }
  });
});

describe("a lab that could not be made", () => {
  it("leaves nothing behind", async () => {
    const list = async () =>
      (await run("docker", ["network", "ls", "--quiet", "--filter=label=org.unityplan.lab"])).split("\n");
    const before = await list();
    await expect(Lab.create({ ids: ["good", "no good name"] })).rejects.toThrow(/no good name/);
    expect(await list()).toEqual(before);
  });
});
