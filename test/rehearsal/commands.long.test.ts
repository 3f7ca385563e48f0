import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { poll } from "../../client/poll.ts";
import type { Ran } from "../../harness/run.ts";
import { readStackFile } from "../../operations/stack-file/read.ts";
import { ProdClone } from "./prod-clone.ts";
import { underLoad } from "./under-load.ts";

/** The commands of a person on the prod stack, on three test hosts. */
let prod: ProdClone;
/** Pulumi.prod.yaml as the person wrote it. */
let written: string;

beforeAll(async () => {
  prod = await ProdClone.create();
  written = prod.text();
});

afterAll(async () => {
  await prod?.dispose();
});

/** A command that has to succeed. @returns what it printed */
async function must(...args: string[]): Promise<string> {
  return succeeded(await prod.clone.command(...args));
}

function succeeded({ code, stdout, stderr }: Ran): string {
  expect(code, stdout + stderr).toBe(0);
  return stdout;
}

/** How long a command took that must not take long, also where a host does not answer. */
async function timed(...args: string[]): Promise<Ran & { readonly ms: number }> {
  const start = performance.now();
  const ran = await prod.clone.command(...args);
  return { ...ran, ms: performance.now() - start };
}

const nats = (context: string, ...args: string[]) => must("nats", "--context", context, ...args);

async function publish(subject: string, text: string): Promise<void> {
  await nats("dk", "pub", "--jetstream", subject, text);
}

const unchanged = /^prod: nothing changes; \d+ resources unchanged$/m;

describe("npm run up -- prod", () => {
  it("asks before it touches hosts, and does nothing where it can't ask", async () => {
    const { code, stderr } = await prod.clone.command("up", "prod");
    expect(code).toBe(1);
    expect(stderr).toContain("npm run up -- --yes prod");
    expect(prod.text()).toBe(written);
  });

  it("makes a cluster of bare hosts, and ends with what a person can do from here", async () => {
    const said = await must("up", "--yes", "prod");
    const end = said.slice(said.lastIndexOf("POD  CLIENTS"));
    for (const { id, host, monitorPort } of prod.pods) {
      expect(end).toContain(`${id}   ${prod.url(id)}  http://${prod.vpnAddress(host)}:${monitorPort}`);
    }
    expect(end).toContain("dk, no, se are for programs on the hosts");
    expect(end).toContain("npm run --silent nats -- --context dk stream ls");
    await prod.healthy();
  });

  it("has added to the configuration what its secrets need, and changed nothing that a person wrote", () => {
    const [own, salt = ""] = prod.text().split(/(?=^encryptionsalt: )/m);
    expect(own).toBe(written);
    expect(salt).toMatch(/^encryptionsalt: \S+\n$/);
  });

  it("leaves nothing to be done, by the preview and by the servers' own word", async () => {
    const said = await must("preview", "--live", "prod");
    expect(said).toContain("prod: nothing changes");
    expect(said).toContain("The servers were asked: no certificate");
  });
});

describe("npm run status -- prod", () => {
  it("shows a healthy cluster", async () => {
    const said = await must("status", "prod");
    expect(said).toContain("unityplan-global: healthy");
    expect(said).toMatch(/TERRITORY_SE +service-nats-se +R1 /);
  });

  it("says within 30 s which server can't be reached, and why, while a host is frozen", async () => {
    const host = prod.hostOf("no");
    await prod.lab.pause(host);
    try {
      const { code, stdout, ms } = await timed("status", "prod");
      expect(code).toBe(1);
      expect(ms).toBeLessThan(30_000);
      expect(stdout).toContain("UNHEALTHY\n  - service-nats-no does not answer");
      expect(stdout).toMatch(/no serves no certificate on its cluster port: .* through ssh root@/);
      expect(stdout).toMatch(/^dk +service-nats-dk +2\./m);
    } finally {
      await prod.lab.unpause(host);
    }
    await prod.healthy();
  });
});

describe("npm run contexts -- prod", () => {
  let said: string;

  it("writes contexts with which the project's own nats CLI reaches each pod", async () => {
    said = await must("contexts", "prod");
    expect(said).toContain("Wrote dk, no, se to ");
    for (const { id } of prod.pods) {
      expect(await nats(id, "rtt")).toContain("nats://127.0.0.1:1422");
      expect((await nats(id, "stream", "ls", "--names")).trim().split("\n")).toHaveLength(5);
    }
  });

  it("prints commands that open the way for every other program", async () => {
    const commands = said.split("\n").filter((line) => line.startsWith("  ssh "));
    expect(commands).toHaveLength(3);
    const [command = ""] = commands.filter((line) => line.endsWith(` root@${prod.lab.ssh("oslo").address}`));
    const child = spawn("sh", ["-c", `exec ${command}`], { stdio: "ignore" });
    try {
      const port = Number(/-L 127\.0\.0\.1:(\d+):/.exec(command)?.[1]);
      await poll(Date.now() + 20_000, async () =>
        (await isOpen(port)) ? { done: true } : { waitingFor: command },
      );
      const names = succeeded(await prod.clone.program("nats", "--context", "no", "stream", "ls", "--names"));
      expect(names.trim().split("\n")).toHaveLength(5);
      // The way is open already, and that is no fault.
      expect(await nats("no", "rtt")).toContain(`127.0.0.1:${port}`);
    } finally {
      child.kill();
    }
  });
});

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true));
    for (const event of ["connect", "error"]) socket.once(event, () => socket.destroy());
    socket.once("error", () => resolve(false));
  });
}

describe("npm run rotate", () => {
  it("-- leaves gives every server a new certificate, and none restarts", async () => {
    const started = await prod.startTimes();
    const before = await prod.outputs();
    const said = await must("rotate", "leaves", "--yes", "prod");
    expect(said).toMatch(/^dk .* 364$/m);
    const after = await prod.outputs();
    for (const id of Object.keys(before.pods))
      expect(after.pods[id]?.certificateExpires).not.toBe(before.pods[id]?.certificateExpires);
    expect(await prod.startTimes()).toEqual(started);
  });

  it("-- wireguard walks through all keys under load, also when it is killed and run again", async () => {
    const started = await prod.startTimes();
    const before = await keysOf();
    await underLoad(prod, "all keys of the VPN rotate, killed in the middle and run again", async () => {
      const killed = prod.clone.begin("rotate", "wireguard", "--yes", "prod");
      await killed.says("oslo-wireguard-key-2 created", "prod: oslo gets a new private key");
      killed.kill();
      const { stdout: begun } = await killed.ended;
      expect(stepsIn(begun)).toEqual(["every", "copenhagen", "oslo"]);
      succeeded(await prod.clone.command("pulumi", "cancel", "--yes", "--stack", "prod"));
      const said = succeeded(await prod.clone.background("rotate", "wireguard", "--yes", "prod"));
      expect(said).toContain("prod: finishing the update");
      expect(stepsIn(said)).toEqual(["stockholm"]);
      expect(said).toContain("The rotation is finished.");
    });
    const after = await keysOf();
    expect(after.length).toBe(before.length);
    expect(after.filter((key) => before.includes(key))).toEqual([]);
    expect(await prod.startTimes()).toEqual(started);
    expect(await must("preview", "prod")).toMatch(unchanged);
  });

  it("-- wireguard has written its own section, and nothing else of the configuration", () => {
    const [own = "", added = ""] = prod.text().split(/(?=^ {2}unityplan-nats:wireguard:)/m);
    expect(own).toBe(written);
    const { config } = readStackFile(`config:\n${added}`, "Pulumi.prod.yaml");
    expect(config["unityplan-nats:wireguard"]).toEqual({
      presharedKeyGeneration: 2,
      keyGenerations: { copenhagen: 2, oslo: 2, stockholm: 2 },
    });
  });
});

/** Which updates a rotation says it makes. */
function stepsIn(text: string): string[] {
  return text.split("\n").flatMap((line) => /^prod: (\w+) (?:two hosts )?gets? /.exec(line)?.[1] ?? []);
}

/** Every public and preshared key that the hosts use. */
async function keysOf(): Promise<string[]> {
  const said = await Promise.all(
    prod.lab.hosts.map(({ id }) => prod.lab.exec(id, "wg show wg0 public-key; wg show wg0 preshared-keys")),
  );
  return [...new Set(said.join("\n").match(/\S{43}=/g))];
}

describe("npm run up -- --skip no prod", () => {
  it("does the rest while that pod's host is off, and the next up catches up", async () => {
    const host = prod.hostOf("no");
    await prod.lab.kill(host);
    try {
      prod.write(
        prod.text().replace("    memoryLimit: 512MB\n", "    memoryLimit: 512MB\n    maxPayload: 7MB\n"),
      );
      const said = await must("up", "--skip", "no", "--yes", "prod");
      expect(said).toContain("Skipped: no. Run `npm run up -- prod`");
      expect(await maxPayloads("dk", "se")).toEqual(["7340032", "7340032"]);
      const { code, stdout } = await prod.clone.command("status", "prod");
      expect(code).toBe(1);
      expect(stdout).toContain("service-nats-no does not answer");
    } finally {
      await prod.lab.start(host);
    }
    await prod.healthy();
    await must("up", "--yes", "prod");
    expect(await maxPayloads("no")).toEqual(["7340032"]);
    expect(await must("preview", "prod")).toMatch(unchanged);
  });
});

async function maxPayloads(...podIds: string[]): Promise<(string | undefined)[]> {
  const files = podIds.map((id) =>
    prod.lab.exec(prod.hostOf(id), `docker cp ${prod.serverName(id)}:/etc/nats/nats.conf - | tar -xO`),
  );
  return (await Promise.all(files)).map((text) => /max_payload: (\d+)/.exec(text)?.[1]);
}

describe("npm run down -- prod", () => {
  it("asks before it stops anything", async () => {
    const { code, stderr } = await prod.clone.command("down", "prod");
    expect(code).toBe(1);
    expect(stderr).toContain("This stops every server of prod. The data stays.");
    await must("status", "prod");
  });

  it("leaves the data and the prepared hosts, and the next up goes on with every message", async () => {
    await publish("global.user.registered", "kept in three countries");
    await publish("territory.no.user.login", "kept in one");
    const last = await lastOf("GLOBAL_EVENTS", "global.user.registered");
    const said = await must("down", "--yes", "prod");
    expect(said).toContain("copenhagen, oslo, stockholm stays");
    for (const { host } of prod.pods) expect(await prod.lab.exec(host, "docker ps --all --quiet")).toBe("");
    const rotated = await prod.clone.command("rotate", "wireguard", "--yes", "prod");
    expect(rotated.stderr).toContain("prod is not up");
    const { stdout } = await prod.clone.command("status", "prod");
    expect(stdout).toMatch(
      /UNHEALTHY\n {2}- no NATS server could be reached at .*\n\nFix:\n {2}- `npm run up -- --refresh prod`/,
    );

    await must("up", "--yes", "prod");
    expect(await lastOf("GLOBAL_EVENTS", "global.user.registered")).toEqual(last);
    expect(last).toMatchObject({ data: "kept in three countries" });
    expect(await lastOf("TERRITORY_NO", "territory.no.user.login")).toMatchObject({ data: "kept in one" });
    await must("status", "prod");
  });

  it("deletes the data on every host when that is said", async () => {
    const said = await must("down", "--volumes", "--yes", "prod");
    expect(said).toContain("prod is down, and its data is deleted.");
    for (const { host } of prod.pods) expect(await prod.lab.exec(host, "docker volume ls --quiet")).toBe("");
  });
});

async function lastOf(
  name: string,
  subject: string,
): Promise<{ readonly seq: number; readonly data: string }> {
  const text = await nats("se", "stream", "get", name, "--last-for", subject, "--json");
  const { seq, data } = JSON.parse(text) as { seq: number; data: string };
  return { seq, data: Buffer.from(data, "base64").toString() };
}
