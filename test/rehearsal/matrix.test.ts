import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProdStack } from "../../harness/prod-stack.ts";
import { inShort } from "../../harness/stack.ts";
import { askAgain } from "../support/no-responders.ts";
import { anyOf, anyTwoOf, seed } from "./random.ts";
import { underLoad } from "./under-load.ts";

const faultMs = 15_000;
let prod: ProdStack;

beforeAll(async () => {
  process.stdout.write(
    `The seed of this rehearsal is ${seed}: UNITYPLAN_SEED=${seed} makes the same choices.\n`,
  );
  prod = await ProdStack.create({ stores: "disks" });
  await prod.stack.mustUp();
});

afterAll(async () => {
  await prod?.dispose();
});

const hostIds = () => prod.lab.hosts.map(({ id }) => id);

let cluster: Readonly<Record<string, unknown>> = {};

/** Other settings of the cluster; what was set before stays. */
function configureCluster(settings: Readonly<Record<string, unknown>>): void {
  cluster = { ...(prod.sections().cluster as object), ...cluster, ...settings };
  prod.stack.configure({ cluster });
}

async function mustUpUnderLoad(...args: string[]): Promise<void> {
  const { code, stdout } = await prod.stack.upInBackground(...args);
  expect(code, stdout).toBe(0);
}

describe("what hosts can suffer", () => {
  it("one is rebooted", async () => {
    const id = anyOf(hostIds());
    await underLoad(prod, `${id} reboots`, () => prod.lab.reboot(id));
  });

  it("one is killed, and comes back", async () => {
    const id = anyOf(hostIds());
    await underLoad(prod, `${id} is killed for ${faultMs / 1000} s`, async () => {
      await prod.lab.kill(id);
      await pause(faultMs);
      await prod.lab.start(id);
    });
  });

  it("one freezes", async () => {
    const id = anyOf(hostIds());
    await underLoad(prod, `${id} freezes for ${faultMs / 1000} s`, async () => {
      await prod.lab.pause(id);
      await pause(faultMs);
      await prod.lab.unpause(id);
    });
  });

  it("one loses its power, and all that was not synced", async () => {
    const id = anyOf(hostIds());
    await underLoad(prod, `power cut of ${id}`, () => prod.lab.powerCut([id]));
  });

  it("all lose their power at once", async () => {
    await underLoad(prod, "power cut of all", () => prod.lab.powerCut(hostIds()));
  });
});

describe("what links can suffer", () => {
  it("one is cut", async () => {
    const [one, other] = anyTwoOf(hostIds());
    await underLoad(prod, `${one} – ${other} cut for ${faultMs / 1000} s`, async () => {
      await prod.lab.cut(one, other);
      await pause(faultMs);
      await prod.lab.heal();
    });
  });

  it("one is cut one way", async () => {
    const [from, to] = anyTwoOf(hostIds());
    await underLoad(prod, `${from} → ${to} cut for ${faultMs / 1000} s`, async () => {
      await prod.lab.cutOneWay(from, to);
      await pause(faultMs);
      await prod.lab.heal();
    });
  });

  it("all are slow and lose packets", async () => {
    await underLoad(prod, `50 ms and 1 % loss for ${faultMs / 1000} s`, async () => {
      await prod.lab.slow({ delayMs: 50, lossPercent: 1, seed });
      await pause(faultMs);
      await prod.lab.heal();
    });
  });
});

describe("what operators do", () => {
  it("certificates rotate, and no server restarts", async () => {
    const before = await prod.startTimes();
    const renewals = await Promise.all(
      prod.pods.map(({ id }) => prod.stack.urn(`nats:tls:Renewal::${id}-renewal`)),
    );
    await underLoad(prod, "certificates rotate", () =>
      mustUpUnderLoad(...renewals.flatMap((urn) => ["--replace", urn])),
    );
    expect(await prod.startTimes()).toEqual(before);
  });

  it("preshared keys of the VPN change in place", async () => {
    prod.stack.configure({ wireguard: { presharedKeyGeneration: 2 } });
    await underLoad(prod, "preshared keys rotate", () => mustUpUnderLoad());
  });

  it("a host's private key changes", async () => {
    const id = anyOf(hostIds());
    prod.stack.configure({ wireguard: { presharedKeyGeneration: 2, keyGenerations: { [id]: 2 } } });
    await underLoad(prod, `private key of ${id} rotates`, () => mustUpUnderLoad());
  });

  it("every server restarts, one after the other", async () => {
    const before = await prod.startTimes();
    configureCluster({ restartGeneration: 1 });
    await underLoad(prod, "rolling restart", () => mustUpUnderLoad());
    const after = await prod.startTimes();
    for (const { id } of prod.pods) expect(after[id]).not.toBe(before[id]);
  });
});

describe("an update while one host is down", () => {
  it("does what it can, says what it could not, passes without that pod, and is finished by the next", async () => {
    const { id, host } = anyOf(prod.pods);
    const renewals = await Promise.all(
      prod.pods.map((pod) => prod.stack.urn(`nats:tls:Renewal::${pod.id}-renewal`)),
    );
    await prod.lab.kill(host);
    try {
      const failed = await prod.stack.up(...renewals.flatMap((urn) => ["--replace", urn]));
      expect(failed.code).not.toBe(0);
      expect(`${failed.stdout}${failed.stderr}`).toContain(prod.lab.host(host).address);

      configureCluster({ maxPayload: "7MB" });
      prod.stack.configure({ rollout: { mode: "rolling", skip: [id] } });
      await prod.stack.mustUp();
      await expectMaxPayload(
        7,
        prod.pods.filter((pod) => pod.id !== id).map((pod) => pod.id),
      );
    } finally {
      await prod.lab.start(host);
    }
    await prod.healthy();
    await expectMaxPayload(8, [id]);
    prod.stack.configure({ rollout: "rolling" });
    await prod.stack.mustUp();
    await expectMaxPayload(7, [id]);
    expect((await prod.stack.changes()).map(inShort)).toEqual([]);
  });
});

async function expectMaxPayload(megabytes: number, podIds: readonly string[]): Promise<void> {
  for (const podId of podIds) {
    const conf = await prod.lab.exec(
      prod.hostOf(podId),
      `docker cp ${prod.serverName(podId)}:/etc/nats/nats.conf - | tar -xO`,
    );
    expect(conf).toContain(`max_payload: ${megabytes * 1024 ** 2}`);
  }
}

describe("a host that answers with another key", () => {
  it("is refused, with the key and what to do, and nothing is sent to it", async () => {
    const sections = prod.sections();
    const [[id, host] = []] = Object.entries(sections.hosts);
    if (id === undefined || host === undefined) throw new Error("the prod stack has no host");
    const other = prod.lab.hosts.find((one) => one.id !== id);
    const wrong = { ...host, ssh: { ...host.ssh, hostKey: other?.hostKey } };
    prod.stack.configure({ hosts: { ...sections.hosts, [id]: wrong } });
    const { code, stdout, stderr } = await prod.stack.up();
    expect(code).not.toBe(0);
    expect(`${stdout}${stderr}`).toMatch(
      new RegExp(`${id}: \\S+ shows ssh-ed25519 \\S+, and not the one in ssh.hostKey`),
    );
    prod.stack.configure({ hosts: sections.hosts });
    await prod.stack.mustUp();
  });
});

describe("a second pod on one of the hosts", () => {
  it("has ports and a stream of its own, and restarts nobody", async () => {
    const { host } = anyOf(prod.pods);
    const before = await prod.startTimes();
    const fi = { id: "fi", host, clientPort: 4322, clusterPort: 6322, monitorPort: 8322 };
    prod.stack.configure({ pods: [...prod.pods, fi] });
    await prod.stack.mustUp();
    expect(await prod.startTimes()).toEqual(before);
    const connection = await (await prod.cluster()).application(Date.now() + 30_000);
    const { stream } = await connection.jetstream().publish("territory.fi.user.login", "", askAgain);
    expect(stream).toBe("TERRITORY_FI");
    const { cluster: copies } = await (await connection.jetstreamManager()).streams.info("TERRITORY_FI");
    expect(copies?.leader).toBe(prod.serverName("fi"));
    expect((await prod.stack.changes()).map(inShort)).toEqual([]);
  });
});
