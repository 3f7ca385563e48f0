import { readFileSync } from "node:fs";
import { type JetStreamClient, StringCodec } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { servedCertificate } from "../../client/handshake.ts";
import { inShort, TestStack } from "../../harness/stack.ts";
import { askAgain, nextMessage } from "../support/no-responders.ts";

const codec = StringCodec();
const streams = {
  GLOBAL_EVENTS: "global.user.registered",
  CROSS_TERRITORY: "cross.dk.no.collaboration_invite",
  TERRITORY_DK: "territory.dk.user.login",
  TERRITORY_NO: "territory.no.user.login",
  TERRITORY_SE: "territory.se.user.login",
};
const each = 20;

let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
  await stack.mustUp();
  await publishToAll("before");
});

afterAll(async () => {
  await stack?.dispose();
});

describe("a server that is killed hard", () => {
  it("comes back by itself with every message and every copy current", async () => {
    const id = "no";
    // Not `docker kill`, which the engine takes for a person's wish that it stay down.
    process.kill(await processOf(id), "SIGKILL");
    await expect
      .poll(async () => {
        const format = "{{.RestartCount}} {{.State.Status}}";
        return (await stack.docker("inspect", "--format", format, stack.serverName(id))).stdout.trim();
      }, patience)
      .toBe("1 running");
    await expect.poll(() => contentsOf("dk", "GLOBAL_EVENTS"), patience).toEqual(expected("before"));
    await expect.poll(() => contentsOf("dk", "TERRITORY_NO"), patience).toEqual(expected("before"));
    await expect.poll(() => copiesCurrent("GLOBAL_EVENTS"), patience).toBe(true);
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });
});

describe("down and up again", () => {
  it("keeps every message and lets every consumer go on where it was", async () => {
    const consumer = await (await jetStream("dk")).consumers.get("GLOBAL_EVENTS", "global-processor");
    for (let count = 0; count < 7; count++) {
      expect(await (await nextMessage(consumer)).ackAck()).toBe(true);
    }

    await stack.mustPulumi("destroy", "--yes", "--skip-preview", "--exclude-protected");
    expect(await stack.leftovers("container")).toEqual([]);
    expect(await stack.leftovers("network")).toEqual([]);
    const data = ["dk", "no", "se"].map((id) => `${stack.prefix}unityplan-nats-${id}-data`);
    expect(await stack.leftovers("volume")).toEqual(data);

    const { caCertificate } = await stack.outputs<{ caCertificate: string }>();
    await stack.mustUp();
    expect((await stack.outputs<{ caCertificate: string }>()).caCertificate).toBe(caCertificate);
    for (const name of Object.keys(streams)) {
      expect(await contentsOf("se", name)).toEqual(expected("before"));
    }
    const again = await (await jetStream("no")).consumers.get("GLOBAL_EVENTS", "global-processor");
    const info = await again.info();
    expect(info.ack_floor.stream_seq).toBe(7);
    const next = await nextMessage(again);
    expect(next.seq).toBe(8);
    next.nak();
    expect((await stack.changes("--refresh")).map(inShort)).toEqual([]);
  });
});

describe("a setting that the server reloads", () => {
  it("replaces the loader and no server, and is in force on every one", async () => {
    stack.configure({ cluster: { maxPayload: "9MB" } });
    const before = await stack.startTimes();
    const changes = (await stack.changes()).map(inShort);
    expect(changes.filter((change) => change.includes("-server"))).toEqual([]);
    expect(changes.filter((change) => change.startsWith("replace")).sort()).toEqual([
      "replace dk-loader: uploads",
      "replace no-loader: uploads",
      "replace se-loader: uploads",
    ]);
    await stack.mustUp();
    for (const id of ["dk", "no", "se"]) {
      const connection = await stack.connect(id);
      expect(connection.info?.max_payload).toBe(9 * 1024 * 1024);
      await connection.close();
    }
    expect(await stack.startTimes()).toEqual(before);
  });
});

describe("a setting that needs a restart", () => {
  it("replaces the servers, says so in the preview, and loses nothing", async () => {
    stack.configure({ cluster: { maxPayload: "9MB", lameDuckGrace: "2s" } });
    const changes = (await stack.changes()).map((step) => `${step.op} ${step.urn.split("::").at(-1)}`);
    expect(changes.filter((change) => change.startsWith("replace")).sort()).toEqual(
      ["dk", "no", "se"].flatMap((id) => [`replace ${id}-loader`, `replace ${id}-server`]),
    );
    await stack.mustUp();
    for (const name of Object.keys(streams)) {
      expect(await contentsOf("dk", name)).toEqual(expected("before"));
    }
    stack.configure({ cluster: {} });
    await stack.mustUp();
  });
});

describe("a reload with broken files", () => {
  const cases = [
    ["a nats.conf that does not parse", "/etc/nats/nats.conf", "server_name: {{"],
    ["a private key that is not the certificate's", "/etc/nats/tls/server-key.pem", "other pod's"],
    ["an authority file that is no PEM", "/etc/nats/tls/ca.pem", "not a certificate"],
  ] as const;

  it.each(cases)(
    "fails the update for %s, in the server's own words, and leaves the old one served",
    async (_, file, text) => {
      const content = text === "other pod's" ? (await stack.leafOf("se")).privateKey : text;
      const before = await stack.startTimes();
      const loadedBefore = await loaded("dk");
      // Policy would not let such a file come this far.
      stack.configure({ policy: { waive: { tls: "a broken file" } } });
      stack.breakFile({ pod: "dk", file, content });
      const { code, stdout } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout).toMatch(
        new RegExp(`${stack.serverName("dk")} refused the new files and goes on with the old ones: \\S+`),
      );
      expect(stdout).not.toMatch(/PRIVATE KEY/);
      expect(await stack.startTimes()).toEqual(before);
      expect(await contentsOf("dk", "TERRITORY_DK")).toEqual(expected("before"));
      expect(await loaded("dk")).toEqual(loadedBefore);

      stack.breakFile(undefined);
      stack.configure({ policy: {} });
      await stack.mustUp();
      expect((await stack.changes()).map(inShort)).toEqual([]);
    },
  );
});

describe("a fourth pod", () => {
  it("comes with its own stream and consumer, restarts nobody, and takes part", async () => {
    const before = await stack.startTimes();
    await stack.addPod("fi");
    await stack.mustUp();
    expect(await stack.startTimes()).toEqual({ ...before, fi: expect.any(String) });
    const { stream } = await (await jetStream("dk")).publish(
      "territory.fi.user.login",
      codec.encode("hei"),
      askAgain,
    );
    expect(stream).toBe("TERRITORY_FI");
    const manager = await (await stack.connect("dk")).jetstreamManager();
    const { cluster } = await manager.streams.info("TERRITORY_FI");
    expect(cluster?.leader).toBe(stack.serverName("fi"));
    expect((await manager.consumers.info("TERRITORY_FI", "fi-local-processor")).name).toBe(
      "fi-local-processor",
    );
    expect((await stack.changes()).map(inShort)).toEqual([]);
  });
});

describe("a pod that is taken out of the configuration", () => {
  it("is refused in the preview, and nothing is touched", async () => {
    const before = await stack.startTimes();
    const pods = stack.pods;
    stack.configure({ pods: pods.filter(({ id }) => id !== "se") });
    const preview = await stack.pulumi("preview");
    expect(preview.code).not.toBe(0);
    expect(`${preview.stdout}${preview.stderr}`).toContain(`${stack.serverName("se")} would be deleted`);
    expect((await stack.up()).code).not.toBe(0);
    expect(await stack.startTimes(pods)).toEqual(before);
    expect(await contentsOf("dk", "TERRITORY_SE")).toEqual(expected("before"));
    // All that the refused update had taken over is where the provider would have dialled.
    stack.configure({ pods });
    expect((await stack.changes()).map(inShort)).toEqual(["update nats: servers"]);
    await stack.mustUp();
    expect(await stack.startTimes()).toEqual(before);
  });
});

const patience = { timeout: 60_000, interval: 200 };

/** The server's process on this machine, and no other: a wrong number would kill a stranger. */
async function processOf(id: string): Promise<number> {
  const { stdout } = await stack.docker("inspect", "--format", "{{.State.Pid}}", stack.serverName(id));
  const pid = Number(stdout.trim());
  const command = pid > 1 ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
  if (!command.startsWith("/nats-server")) {
    throw new Error(
      `"${stdout.trim()}" (${command}) is not the process of ${stack.serverName(id)} on this machine`,
    );
  }
  return pid;
}

async function jetStream(id: string): Promise<JetStreamClient> {
  return (await stack.connect(id)).jetstream();
}

async function publishToAll(text: string): Promise<void> {
  const client = await jetStream("dk");
  for (const [name, subject] of Object.entries(streams)) {
    for (let number = 0; number < each; number++) {
      const answer = await client.publish(subject, codec.encode(`${text} ${number}`), askAgain);
      expect(answer.stream).toBe(name);
    }
  }
}

function expected(text: string): string[] {
  return Array.from({ length: each }, (_, number) => `${text} ${number}`);
}

/** Every message of a stream, in its order, read message by message. */
async function contentsOf(id: string, name: string): Promise<string[]> {
  const connection = await stack.connect(id);
  try {
    const manager = await connection.jetstreamManager();
    const { state } = await manager.streams.info(name);
    const found: string[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
      found.push(codec.decode((await manager.streams.getMessage(name, { seq })).data));
    }
    return found;
  } finally {
    await connection.close();
  }
}

async function copiesCurrent(name: string): Promise<boolean> {
  const connection = await stack.connect("dk");
  try {
    const { cluster } = await (await connection.jetstreamManager()).streams.info(name);
    return (
      cluster?.replicas?.every((replica) => replica.current && !replica.offline && !replica.lag) ?? false
    );
  } finally {
    await connection.close();
  }
}

/** When a server last loaded its configuration, and the certificate that its cluster port serves. */
async function loaded(id: string): Promise<{ time: string; fingerprint: string }> {
  const response = await fetch(`http://127.0.0.1:${stack.pod(id).monitorPort}/varz`);
  const { config_load_time: time } = (await response.json()) as { config_load_time: string };
  const port = { host: "127.0.0.1", port: stack.pod(id).clusterPort, kind: "cluster" as const };
  return { time, fingerprint: (await servedCertificate(port)).fingerprint };
}
