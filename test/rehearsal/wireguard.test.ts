import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lab } from "../../harness/lab/lab.ts";
import { run } from "../../harness/run.ts";
import { asRoot, sshArguments } from "../../model/ssh.ts";
import { appliedInterface, applyScript, removeScript } from "../../plan/render/wireguard/apply.ts";
import { renderConf } from "../../plan/render/wireguard/conf.ts";
import { presharedKeyOf, privateKeyOf, publicKeyOf } from "../../plan/render/wireguard/keys.ts";
import { resourceNames } from "../../plan/resource-names.ts";
import type { VpnPlan } from "../../plan/vpn-plan.ts";
import { contextOf } from "../support/context.ts";
import { fakeCluster } from "../support/fake-cluster.ts";
import { mesh } from "../support/plugin.ts";

const ids = ["dk", "no", "se"] as const;
type Id = (typeof ids)[number];
const others = (id: Id) => ids.filter((other) => other !== id);
const vpnAddress = (id: Id) => `10.0.${ids.indexOf(id) + 1}.1`;

let lab: Lab;
let plan: VpnPlan;

beforeAll(async () => {
  lab = await Lab.create({ ids });
  plan = planOf();
  const install =
    "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq wireguard-tools wireguard-go";
  await Promise.all(ids.map((id) => lab.exec(id, install)));
});

afterAll(async () => {
  await lab?.dispose();
});

function planOf(wish: { hosts?: readonly Id[]; keyGenerations?: Partial<Record<Id, number>> } = {}): VpnPlan {
  const peers = (wish.hosts ?? ids).map((hostId) => ({
    hostId,
    address: vpnAddress(hostId),
    network: `10.0.${ids.indexOf(hostId) + 1}.0/24`,
    endpoint: `${lab.host(hostId).address}:51820`,
    listenPort: 51820,
    keyGeneration: wish.keyGenerations?.[hostId] ?? 1,
  }));
  return { interfaceName: "wg0", mtu: 1400, presharedKeyGeneration: 1, peers };
}

/** By the names of their resources, made when they are first wanted. */
const pems = new Map<string, string>();

function pemOf(name: string): string {
  const key = () => generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" });
  const pem = pems.get(name) ?? key().toString();
  pems.set(name, pem);
  return pem;
}

function confOf({ peers, mtu, presharedKeyGeneration }: VpnPlan, id: Id): string {
  const own = peers.find(({ hostId }) => hostId === id);
  if (own === undefined) throw new Error(`${id} is not in the plan`);
  const pemOfPeer = ({ hostId, keyGeneration }: typeof own) =>
    pemOf(resourceNames.hostKey.of({ hostId, generation: keyGeneration }));
  return renderConf({
    own,
    mtu,
    privateKey: privateKeyOf(pemOfPeer(own)),
    others: peers
      .filter((peer) => peer !== own)
      .map((peer) => ({
        peer,
        publicKey: publicKeyOf(pemOfPeer(peer)),
        presharedKey: presharedKeyOf(
          pemOf(
            resourceNames.sharedKey.of({ hostIds: [id, peer.hostId], generation: presharedKeyGeneration }),
          ),
        ),
      })),
  });
}

/** As the program's commands do it. */
function perform(id: Id, script: string, input = "") {
  const ssh = lab.ssh(id, "admin");
  return run("ssh", [...sshArguments(ssh), asRoot(ssh, script)], { env: process.env, input });
}

async function apply(next: VpnPlan, hosts: readonly string[] = next.peers.map(({ hostId }) => hostId)) {
  const results = ids
    .filter((id) => hosts.includes(id))
    .map((id) => perform(id, applyScript(appliedInterface(next, id)), confOf(next, id)));
  for (const { code, stderr } of await Promise.all(results)) expect([code, stderr]).toEqual([0, ""]);
}

async function gate(next: VpnPlan, patienceMs = 30_000): Promise<void> {
  const peers = next.peers.map((peer) => ({
    ...peer,
    ssh: lab.ssh(peer.hostId),
    publicKey: publicKeyOf(
      pemOf(resourceNames.hostKey.of({ hostId: peer.hostId, generation: peer.keyGeneration })),
    ),
  }));
  const noServer = fakeCluster(() => {
    throw new Error("no server is asked");
  });
  const context = contextOf(noServer, { deadline: Date.now() + patienceMs });
  await mesh.create({ interfaceName: next.interfaceName, peers, revision: [], without: [] }, context);
}

/** How many of the pings that those hosts send each other, 100 a second, get no answer while something is done. */
async function lostMeanwhile(hosts: readonly Id[], work: () => Promise<void>): Promise<number> {
  const count = 400;
  const pings = hosts.flatMap((from) =>
    hosts
      .filter((to) => to !== from)
      .map((to) => lab.exec(from, `ping -n -q -i 0.01 -c ${count} -W 20 ${vpnAddress(to)} || true`)),
  );
  const [said] = await Promise.all([Promise.all(pings), work()]);
  const received = said.map((text) => Number(/ (\d+) received/.exec(text)?.[1]));
  return received.reduce((lost, one) => lost + count - one, 0);
}

const stateOf = (id: Id) =>
  lab.exec(
    id,
    "sha256sum /etc/wireguard/wg0.conf; wg showconf wg0 | sort; ip -4 address show dev wg0; ip -4 route; ls -A /etc/wireguard; cat /sys/class/net/wg0/mtu",
  );

describe("the VPN between bare hosts", () => {
  it("is whole after the first time, and the same after the second", async () => {
    await apply(plan);
    await gate(plan);
    const first = await stateOf("dk");
    expect(first).toContain("inet 10.0.1.1/24");
    expect(first).toMatch(/^1400$/m);
    for (const id of others("dk")) expect(first).toContain(`${vpnAddress(id).slice(0, -1)}0/24 dev wg0`);
    await apply(plan);
    expect(await stateOf("dk")).toBe(first);
  });

  it("has the public keys that `wg` makes of the private ones", async () => {
    const shown = await lab.exec("dk", "wg show wg0 private-key | wg pubkey");
    expect(shown.trim()).toBe(publicKeyOf(pemOf(resourceNames.hostKey.of({ hostId: "dk", generation: 1 }))));
  });

  it("loses no packet of the others when a host leaves and comes back", async () => {
    const two = planOf({ hosts: ["dk", "no"] });
    const lost = await lostMeanwhile(["dk", "no"], async () => {
      await apply(two);
      expect(await lab.exec("dk", "wg show wg0 allowed-ips; ip route show dev wg0")).not.toContain("10.0.3.");
      await apply(plan);
      await apply(plan);
    });
    expect(lost).toBe(0);
    await gate(plan);
  });

  it("loses no packet when a private key changes on its own host first", async () => {
    const next = planOf({ keyGenerations: { no: 2 } });
    const lost = await lostMeanwhile(ids, async () => {
      await apply(next, ["no"]);
      await apply(next, others("no"));
    });
    expect(lost).toBe(0);
    await gate(next);
    plan = next;
  });

  it("puts right what somebody changed by hand, and leaves routes of others alone", async () => {
    const before = await stateOf("dk");
    await lab.exec(
      "dk",
      `ip link set wg0 mtu 1300
       ip route del 10.0.3.0/24; ip route add 10.99.0.0/24 dev wg0; ip route add 10.98.0.0/24 dev eth0
       ip address add 10.9.9.9/24 dev wg0; ip address del 10.0.1.1/24 dev wg0
       wg set wg0 peer "$(wg show wg0 peers | head -n 1)" remove`,
    );
    await apply(plan, ["dk"]);
    expect((await stateOf("dk")).replace(/10\.98\.0\.0.*\n/, "")).toBe(before);
    await lab.exec("dk", "ip route del 10.98.0.0/24 dev eth0");
    await gate(plan);
  });

  it("leaves everything as it was when WireGuard refuses what it is given", async () => {
    const before = await stateOf("dk");
    const conf = confOf(plan, "dk").replace("ListenPort", "Nonsense");
    const { code, stderr } = await perform("dk", applyScript(appliedInterface(plan, "dk")), conf);
    expect(code).toBe(1);
    expect(stderr).toContain("WireGuard refuses the configuration of wg0; nothing was changed");
    expect(await stateOf("dk")).toBe(before);
  });

  it("is whole again after wireguard-go was killed, and the gate says who is missing until then", async () => {
    await lab.exec("dk", "kill -KILL $(pidof wireguard-go); while ip link show wg0 2>/dev/null; do :; done");
    await expect(gate(plan, 0)).rejects.toThrow(/dk has no interface for the VPN.*no → dk: no answer/);
    await apply(plan, ["dk"]);
    await gate(plan);
  });

  it("comes back by itself after a reboot", async () => {
    await run("docker", ["restart", lab.host("se").containerName], { env: process.env });
    await lab.ready("se");
    await gate(plan);
  });

  it("leaves nothing behind on a host that leaves it", async () => {
    expect(await perform("se", removeScript("wg0"))).toMatchObject({ code: 0 });
    expect(
      await lab.exec("se", "ls -A /etc/wireguard; ip route; systemctl --failed --no-legend"),
    ).not.toMatch(/wg/);
    await apply(plan, ["se"]);
    await gate(plan);
  });
});
