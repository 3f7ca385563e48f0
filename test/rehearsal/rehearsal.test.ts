import { setTimeout as pause } from "node:timers/promises";
import { AckPolicy, StringCodec } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lookAtServers } from "../../client/look.ts";
import { openTcpPorts } from "../../harness/lab/scan.ts";
import { ProdStack } from "../../harness/prod-stack.ts";
import { inShort } from "../../harness/stack.ts";
import { askAgain, nextMessage } from "../support/no-responders.ts";
import { underLoad } from "./under-load.ts";

const codec = StringCodec();
let prod: ProdStack;
let firstUp: string;

beforeAll(async () => {
  prod = await ProdStack.create();
  firstUp = await prod.stack.mustUp();
});

afterAll(async () => {
  await prod?.dispose();
});

describe("three bare hosts after the first up", () => {
  it("are one cluster, whose routes go over the VPN and nowhere else", async () => {
    const cluster = await prod.cluster();
    const connection = await cluster.system(Date.now() + 30_000);
    const servers = await lookAtServers(connection);
    expect(servers.map(({ name }) => name).sort()).toEqual(
      prod.pods.map(({ id }) => prod.serverName(id)).sort(),
    );
    const vpn = prod.pods.map(({ host }) => prod.vpnAddress(host));
    for (const { host, clusterPort } of prod.pods) {
      const lines = await prod.lab.exec(
        host,
        `ss -Htn state established '( sport = :${clusterPort} or dport = :${clusterPort} )'`,
      );
      const ends = [...lines.matchAll(/(\d+\.\d+\.\d+\.\d+)\]?:\d+/g)].map(([, address]) => address);
      expect(ends.length).toBeGreaterThan(0);
      expect(ends.filter((address) => !vpn.includes(address ?? ""))).toEqual([]);
    }
  });

  it("answer by nothing but SSH on their public side", async () => {
    const open = await Promise.all(prod.lab.hosts.map((host) => openTcpPorts(host)));
    expect(open).toEqual(prod.lab.hosts.map(() => [22]));
  });

  it("keep a territory's stream on the territory's own host", async () => {
    const manager = await (await (await prod.cluster()).application(Date.now() + 30_000)).jetstreamManager();
    for (const { id } of prod.pods) {
      const { cluster, config } = await manager.streams.info(`TERRITORY_${id.toUpperCase()}`);
      expect(cluster?.leader).toBe(prod.serverName(id));
      expect(config.num_replicas).toBe(1);
    }
  });

  it("deliver in one country what was published in another", async () => {
    const connection = await (await prod.cluster()).application(Date.now() + 30_000);
    const client = connection.jetstream();
    const { seq } = await client.publish("cross.dk.no.collaboration_invite", codec.encode("hei"), askAgain);
    const manager = await connection.jetstreamManager();
    const { cluster } = await manager.streams.info("CROSS_TERRITORY");
    expect([cluster?.leader, ...(cluster?.replicas ?? []).map(({ name }) => name)].sort()).toEqual(
      prod.pods.map(({ id }) => prod.serverName(id)).sort(),
    );
    await manager.consumers.add("CROSS_TERRITORY", {
      durable_name: "rehearsal",
      ack_policy: AckPolicy.Explicit,
    });
    const consumer = await client.consumers.get("CROSS_TERRITORY", "rehearsal");
    const message = await nextMessage(consumer);
    expect(message.seq).toBe(seq);
    expect(codec.decode(message.data)).toBe("hei");
    await manager.consumers.delete("CROSS_TERRITORY", "rehearsal");
  });

  it("need nothing more by a second up, not even with a refresh", async () => {
    expect((await prod.stack.changes()).map(inShort)).toEqual([]);
    expect((await prod.stack.changes("--refresh")).map(inShort)).toEqual([]);
  });

  it("have no secret in what was said, nor in plain text in the state", async () => {
    const state = await prod.stack.mustPulumi("stack", "export");
    for (const { host } of prod.pods) {
      const conf = await prod.lab.exec(host, "cat /etc/wireguard/wg0.conf");
      const secrets = [...conf.matchAll(/(?:PrivateKey|PresharedKey)\s*=\s*(\S+)/g)].map(
        ([, key]) => key ?? "",
      );
      expect(secrets).toHaveLength(3);
      for (const secret of secrets) {
        expect(state).not.toContain(secret);
        expect(firstUp).not.toContain(secret);
      }
    }
    expect(state).not.toMatch(/BEGIN (OPENSSH|EC|RSA)? ?PRIVATE KEY/);
  });
});

describe("under load", () => {
  it("a host reboots, and comes back by itself", async () => {
    await underLoad(prod, "a host reboots", () => prod.lab.reboot(prod.hostOf("no")));
  });

  it("the link between two hosts is cut, and mended", async () => {
    await underLoad(prod, "a link is cut for 10 s", async () => {
      await prod.lab.cut(prod.hostOf("dk"), prod.hostOf("se"));
      await pause(10_000);
      await prod.lab.heal();
    });
  });

  it("every server gets a new certificate, and none restarts", async () => {
    const before = await prod.startTimes();
    const renewals = await Promise.all(
      prod.pods.map(({ id }) => prod.stack.urn(`nats:tls:Renewal::${id}-renewal`)),
    );
    await underLoad(prod, "certificates rotate", async () => {
      const { code, stdout } = await prod.stack.upInBackground(
        ...renewals.flatMap((urn) => ["--replace", urn]),
      );
      expect(code, stdout).toBe(0);
    });
    expect(await prod.startTimes()).toEqual(before);
  });
});
