import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { headers, type NatsConnection, StringCodec } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain } from "../support/no-responders.ts";
import { selfSigned } from "../support/pem.ts";
import { tryCluster } from "../support/tls.ts";

const codec = StringCodec();
const ids = ["dk", "no", "se"];
const megabyte = 1024 * 1024;

let stack: TestStack;
const connections = new Map<string, NatsConnection>();
const on = (id: string): NatsConnection => {
  const connection = connections.get(id);
  if (connection === undefined) throw new Error(`no connection to ${id}`);
  return connection;
};

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.mustUp();
  for (const id of ids) connections.set(id, await stack.connect(id));
});

afterAll(async () => {
  await Promise.all([...connections.values()].map((connection) => connection.close()));
  await stack?.dispose();
});

describe("the mesh", () => {
  it("is full: every server has routes to both others", async () => {
    for (const id of ids) {
      const { routes } = await monitor<{ routes: { remote_name: string }[] }>(id, "routez");
      const others = ids.filter((other) => other !== id).map((other) => stack.serverName(other));
      expect([...new Set(routes.map((route) => route.remote_name))].sort()).toEqual(others);
    }
  });

  it("is over TLS 1.3 with verified peers", async () => {
    for (const id of ids) {
      const { cluster } = await monitor<{ cluster: { tls_required: boolean; tls_verify: boolean } }>(
        id,
        "varz",
      );
      expect(cluster).toMatchObject({ tls_required: true, tls_verify: true });
    }
  });

  it("refuses a peer that this authority did not sign, and takes one that it did", async () => {
    const { caCertificate } = await stack.outputs<{ caCertificate: string }>();
    for (const stranger of [undefined, selfSigned()]) {
      expect((await tryCluster(stack.pod("dk").clusterPort, caCertificate, stranger)).answered).toBe(false);
    }
    const leaf = await stack.leafOf("no");
    const peer = await tryCluster(stack.pod("dk").clusterPort, caCertificate, leaf);
    expect(peer).toMatchObject({ answered: true, verified: true });
    expect(peer.firstLine).toContain(`"server_name":"${stack.serverName("dk")}"`);
  });

  it("is served to nobody who speaks plain text, or an older TLS", async () => {
    const port = stack.pod("dk").clusterPort;
    expect(await answerTo(port, "CONNECT {}\r\nPING\r\n")).not.toMatch(/INFO|PONG/);
    const old = await new Promise<string>((resolve) => {
      const socket = connectTls({
        host: "127.0.0.1",
        port,
        maxVersion: "TLSv1.2",
        rejectUnauthorized: false,
      });
      socket.once("error", (error) => resolve(error.message));
      socket.once("secureConnect", () => resolve("connected"));
    });
    expect(old).toMatch(/protocol version|alert/i);
  });
});

describe("messages", () => {
  it("go from every pod to every other one", async () => {
    for (const from of ids) {
      for (const to of ids.filter((id) => id !== from)) {
        const subject = `test.${from}.${to}`;
        const subscription = on(to).subscribe(subject, { max: 1 });
        await on(to).flush();
        await interestReaches(from, subject);
        on(from).publish(subject, codec.encode(`${from} to ${to}`));
        for await (const message of subscription) expect(codec.decode(message.data)).toBe(`${from} to ${to}`);
      }
    }
  });

  it("are requested in one pod and answered in another", async () => {
    const service = on("se").subscribe("api.user.get", {
      callback: (_, message) => message.respond(codec.encode(`hello ${codec.decode(message.data)}`)),
    });
    await on("se").flush();
    await interestReaches("dk", "api.user.get");
    const answer = await on("dk").request("api.user.get", codec.encode("dk"), { timeout: 5_000 });
    expect(codec.decode(answer.data)).toBe("hello dk");
    service.unsubscribe();
  });

  it.each([
    ["global.user.registered", "GLOBAL_EVENTS"],
    ["global.system.config_changed", "GLOBAL_EVENTS"],
    ["territory.dk.user.login", "TERRITORY_DK"],
    ["territory.no.group.member_added", "TERRITORY_NO"],
    ["territory.se.data.backup_completed", "TERRITORY_SE"],
    ["cross.dk.no.collaboration_invite", "CROSS_TERRITORY"],
    ["cross.dk.all.learning_shared", "CROSS_TERRITORY"],
  ])("published on %s land in %s", async (subject, streamName) => {
    for (const id of ids) {
      const { stream } = await on(id).jetstream().publish(subject, codec.encode("{}"), askAgain);
      expect(stream).toBe(streamName);
    }
  });

  it("with one id are kept once", async () => {
    const once = headers();
    const options = { msgID: `once-${Date.now()}`, headers: once };
    const first = await on("dk").jetstream().publish("global.user.registered", codec.encode("1"), options);
    const again = await on("no").jetstream().publish("global.user.registered", codec.encode("1"), options);
    expect(again).toMatchObject({ duplicate: true, seq: first.seq });
  });

  it("of exactly 8 MB pass, and the server refuses a larger one", async () => {
    const largest = new Uint8Array(8 * megabyte);
    const answer = await on("dk")
      .jetstream()
      .publish("global.content.published", largest, { ...askAgain, timeout: 20_000 });
    expect(answer.stream).toBe("GLOBAL_EVENTS");
    // The library would not even send it, so this is said by hand.
    const larger = `CONNECT {"verbose":false}\r\nPUB global.content.published ${8 * megabyte + 1}\r\n`;
    expect(await answerTo(stack.pod("dk").clientPort, larger)).toContain("Maximum Payload Violation");
  });
});

describe("streams and consumers", () => {
  it("have a territory's only copy on its own pod, whichever pod is asked", async () => {
    const manager = await on("se").jetstreamManager();
    for (const id of ids) {
      const { config, cluster } = await manager.streams.info(`TERRITORY_${id.toUpperCase()}`);
      expect(config).toMatchObject({ num_replicas: 1, placement: { tags: [`pod:${id}`] } });
      expect(cluster?.leader).toBe(stack.serverName(id));
      expect(cluster?.replicas ?? []).toEqual([]);
    }
  });

  it("have three current copies of what is shared", async () => {
    const manager = await on("dk").jetstreamManager();
    for (const name of ["GLOBAL_EVENTS", "CROSS_TERRITORY"]) {
      await expect
        .poll(async () => {
          const { cluster } = await manager.streams.info(name);
          return cluster?.replicas?.map((replica) => replica.current && !replica.offline);
        })
        .toEqual([true, true]);
    }
  });

  it("are configured as UnityPlan wants them", async () => {
    const manager = await on("dk").jetstreamManager();
    const day = 24 * 60 * 60 * 1e9;
    const common = {
      storage: "file",
      retention: "limits",
      discard: "old",
      duplicate_window: 120e9,
      max_msgs_per_subject: -1,
      max_msg_size: 8 * megabyte,
    };
    const expected = {
      GLOBAL_EVENTS: { subjects: ["global.>"], num_replicas: 3, max_age: 7 * day },
      CROSS_TERRITORY: { subjects: ["cross.*.*.>"], num_replicas: 3, max_age: 14 * day },
      TERRITORY_DK: { subjects: ["territory.dk.>"], num_replicas: 1, max_age: 30 * day },
      TERRITORY_NO: { subjects: ["territory.no.>"], num_replicas: 1, max_age: 30 * day },
      TERRITORY_SE: { subjects: ["territory.se.>"], num_replicas: 1, max_age: 30 * day },
    };
    const found = await manager.streams.list().next();
    expect(found.map(({ config }) => config.name).sort()).toEqual(Object.keys(expected).sort());
    for (const [name, config] of Object.entries(expected)) {
      expect((await manager.streams.info(name)).config).toMatchObject({ ...common, ...config });
    }
  });

  it.each([
    ["GLOBAL_EVENTS", "global-processor", "global.>"],
    ["TERRITORY_DK", "dk-local-processor", "territory.dk.>"],
    ["TERRITORY_NO", "no-local-processor", "territory.no.>"],
    ["TERRITORY_SE", "se-local-processor", "territory.se.>"],
  ])("%s has the durable pull consumer %s on %s", async (streamName, name, filter) => {
    const { config } = await (await on("dk").jetstreamManager()).consumers.info(streamName, name);
    expect(config).toMatchObject({
      durable_name: name,
      ack_policy: "explicit",
      replay_policy: "instant",
      deliver_policy: "all",
      max_deliver: -1,
    });
    expect(config.deliver_subject).toBeUndefined();
    expect(config.filter_subjects ?? [config.filter_subject]).toEqual([filter]);
  });

  it("are what `nats stream ls` lists, without credentials", async () => {
    const { code, stdout } = await stack.nats("dk", "stream", "ls", "--names");
    expect(code).toBe(0);
    expect(stdout.trim().split("\n").sort()).toEqual([
      "CROSS_TERRITORY",
      "GLOBAL_EVENTS",
      "TERRITORY_DK",
      "TERRITORY_NO",
      "TERRITORY_SE",
    ]);
  });
});

describe("the stack", () => {
  it("has nothing to change in a second preview, nor after a refresh", async () => {
    expect((await stack.changes()).map(inShort)).toEqual([]);
    expect((await stack.changes("--refresh")).map(inShort)).toEqual([]);
  });

  it("tells where everything is", async () => {
    const { pods, streams, consumers } = await stack.outputs<{
      pods: Record<string, Record<string, string>>;
      streams: string[];
      consumers: string[];
    }>();
    expect(Object.keys(pods)).toEqual(ids);
    expect(pods.no).toMatchObject({
      clientUrl: `nats://127.0.0.1:${stack.pod("no").clientPort}`,
      monitorUrl: `http://127.0.0.1:${stack.pod("no").monitorPort}`,
    });
    expect(new Date(pods.no?.certificateExpires ?? "").getTime()).toBeGreaterThan(
      Date.now() + 364 * 86_400_000,
    );
    expect(streams).toHaveLength(5);
    expect(consumers).toHaveLength(4);
  });

  it("keeps every secret out of its outputs and its state", async () => {
    const shown = await stack.mustPulumi("stack", "output", "--json");
    const state = await stack.mustPulumi("stack", "export");
    const { systemSeed } = await stack.outputs<{ systemSeed: string }>();
    expect(systemSeed).toMatch(/^SU/);
    for (const text of [shown, state]) {
      expect(text).not.toContain(systemSeed);
      expect(text).not.toMatch(/PRIVATE KEY/);
    }
  });

  it("keeps private keys unreadable to others than the server's user", async () => {
    const { stdout } = await stack.docker(
      "cp",
      `${stack.serverName("dk")}:/etc/nats/tls/server-key.pem`,
      "-",
    );
    // The mode of a tar entry: the octal text at its 100th byte.
    expect(stdout.slice(100, 107)).toBe("0100600");
  });
});

/** Everything that a port says to plain text until it hangs up. */
function answerTo(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connectTcp({ host: "127.0.0.1", port });
    socket.write(text);
    socket.on("data", (chunk: Buffer) => {
      answer += chunk.toString("latin1");
    });
    socket.once("error", () => resolve(answer));
    socket.once("close", () => resolve(answer));
  });
}

/** A publish does not wait for the news of a subscription to cross a route. */
async function interestReaches(id: string, subject: string): Promise<void> {
  await expect
    .poll(async () => {
      const { subscriptions_list } = await monitor<{ subscriptions_list?: string[] }>(
        id,
        `routez?subs=1`,
      ).then((answer) => {
        const { routes } = answer as unknown as { routes: { subscriptions_list?: string[] }[] };
        return { subscriptions_list: routes.flatMap((route) => route.subscriptions_list ?? []) };
      });
      return subscriptions_list.some((entry) => entry.includes(subject));
    })
    .toBe(true);
}

async function monitor<T>(id: string, path: string): Promise<T> {
  const response = await fetch(`http://127.0.0.1:${stack.pod(id).monitorPort}/${path}`);
  return (await response.json()) as T;
}
