import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClusterClient } from "../../client/cluster-client.ts";
import { podsWithFreePorts } from "../../harness/stack.ts";
import { Clone } from "../support/clone.ts";
import { byHand, infoOf, publish } from "../support/jetstream.ts";

let clone: Clone;
let cluster: ClusterClient;

beforeAll(async () => {
  clone = await Clone.create();
  const { code, stdout, stderr } = await clone.command("up");
  expect(code, stdout + stderr).toBe(0);
  cluster = new ClusterClient({
    servers: Object.values(clone.urls()),
    systemSeed: undefined,
    clientTls: "off",
    tls: { caPem: "", certificatePem: "", privateKeyPem: "" },
  });
  await publish(cluster, "global.user.registered", 7);
  await publish(cluster, "territory.no.user.login", 5);
});

afterAll(async () => {
  await cluster?.close();
  await clone?.dispose();
});

/** With those sections for one preview; the markdown is what the command wrote. */
async function preview(sections: Readonly<Record<string, unknown>>, ...flags: string[]) {
  const file = join(clone.folder, "report.md");
  clone.configure(sections);
  const ran = await clone.command("preview", "dev", "--markdown", file, ...flags);
  clone.configure({});
  return { ...ran, markdown: readFileSync(file, "utf8") };
}

/** The state says when a certificate was issued, and an update goes by that. */
async function asIfIssued(at: Date): Promise<void> {
  const file = join(clone.folder, "state.json");
  const pulumi = async (...args: string[]) => {
    const { code, stderr } = await clone.command("pulumi", "stack", ...args, "--file", file);
    expect(code, stderr).toBe(0);
  };
  await pulumi("export");
  const state = JSON.parse(readFileSync(file, "utf8")) as {
    deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] };
  };
  for (const { type, outputs } of state.deployment.resources)
    if (type === "nats:tls:Renewal" && outputs !== undefined) outputs.issuedAt = at.toISOString();
  writeFileSync(file, JSON.stringify(state));
  await pulumi("import");
}

describe("npm run preview", () => {
  it("says that nothing changes, twice in the same words, also when it looks and asks", async () => {
    const first = await preview({});
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^dev: nothing changes; \d+ resources unchanged$/m);
    const second = await preview({});
    expect(second.stdout).toBe(first.stdout);
    const asked = await preview({}, "--live", "--refresh", "--expect", "nothing");
    expect(asked.code, asked.stdout).toBe(0);
    expect(asked.stdout).toContain("compared with what is there now");
    expect(asked.stdout).toContain("The servers were asked: no certificate");
  });

  const moved = {
    cluster: { maxPayload: "4MB" },
    policy: { waive: { "territory-placement": "a test" } },
    streams: {
      GLOBAL_EVENTS: { storage: "memory" },
      TERRITORY_NO: { pod: "dk" },
      CROSS_TERRITORY: { maxAge: "1d" },
      EXTRA: { subjects: ["extra.>"], consumers: { one: {} } },
    },
  };

  it("tells what reloads, moves, is made anew, narrows and is new, and what nobody checked", async () => {
    const { code, stdout, markdown } = await preview(moved);
    expect(code, stdout).toBe(0);
    for (const text of [
      "3 servers (dk, no, se) reload, none restarts.",
      "TERRITORY_NO moves to another host, from no to dk",
      "GLOBAL_EVENTS is recreated, empty (it can't be changed in place",
      "CROSS_TERRITORY gets maxAge: 1d. It is unchecked whether",
      "EXTRA is created with 1 copy.",
      "EXTRA/one is created, from the first message on.",
      "-     nats.conf: max_payload: 8388608",
      "+     nats.conf: max_payload: 4194304",
    ])
      expect.soft(stdout).toContain(text);
    expect(markdown).toContain("### dev: 2 created,");
    expect((await preview(moved)).stdout).toBe(stdout);
  });

  it("asks the servers with --live, and refuses what would lose messages", async () => {
    const { code, stdout, markdown } = await preview(moved, "--live");
    expect(code).toBe(1);
    for (const text of [
      "REFUSED: GLOBAL_EVENTS would lose its 7 messages",
      "TERRITORY_NO moves to another host, from no to dk: 5 messages are copied.",
      "CROSS_TERRITORY gets maxAge: 1d: none of its 0 messages is beyond that.",
    ])
      expect.soft(stdout).toContain(text);
    expect(markdown).toContain("### ❌ dev: REFUSED: ");
    expect((await infoOf(cluster, "GLOBAL_EVENTS")).state.messages).toBe(7);
  });

  it("asks with --live whether a new stream is there already, made by somebody else", async () => {
    await byHand(cluster, "STREAM.CREATE.AUDIT", { name: "AUDIT", subjects: ["audit.>"], storage: "file" });
    const { code, stdout } = await preview({ streams: { AUDIT: { subjects: ["audit.>"] } } }, "--live");
    await byHand(cluster, "STREAM.DELETE.AUDIT");
    expect(code).toBe(1);
    expect(stdout).toContain("REFUSED: the stream AUDIT exists already and was made outside of Pulumi");
  });

  it("tells who restarts one by one, and who is new", async () => {
    const pods = [...clone.pods, ...(await podsWithFreePorts(["fi"]))];
    const { code, stdout } = await preview({ pods, cluster: { memoryLimit: "512MB" }, rollout: "rolling" });
    expect(code, stdout).toBe(0);
    for (const text of [
      "3 restarted one by one",
      "1 server (fi) is started.",
      "3 servers (dk, no, se) restart one by one in this order, each healthy before the next",
      "TERRITORY_FI is created with 1 copy on fi.",
      "The certificate of fi is issued.",
      "+     memory: 512",
    ])
      expect.soft(stdout).toContain(text);
  });

  it("lets a renewal pass that is expected, and nothing beside it", async () => {
    const days = 24 * 60 * 60 * 1000;
    await asIfIssued(new Date(Date.now() - 340 * days));
    const renewal = await preview({}, "--expect", "renewal");
    expect(renewal.code, renewal.stdout).toBe(0);
    expect(renewal.stdout).toContain("The certificates of dk, no and se are renewed, with new keys.");
    expect(renewal.stdout).toContain("3 servers (dk, no, se) reload, none restarts.");
    expect((await preview({}, "--expect", "nothing")).code).toBe(3);
    const more = await preview({ cluster: { maxPayload: "4MB" } }, "--expect", "renewal");
    expect(more.code).toBe(3);
    expect(more.stdout).toContain("Expected renewal");
    const shorter = await preview({ tls: { leafLifetime: "200d" } }, "--expect", "renewal");
    expect(shorter.code, shorter.stdout).toBe(3);
    await asIfIssued(new Date());
  });

  it("reports a configuration that is refused, for the pull request too", async () => {
    const { code, stdout, markdown } = await preview({ cluster: { maxPayload: "huge" } });
    expect(code).toBe(1);
    expect(stdout).toContain("dev: refused");
    for (const text of ["### ❌ dev: refused", "cluster.maxPayload", '"huge"'])
      expect(markdown).toContain(text);
  });

  it("shows what was changed by hand, with --refresh", async () => {
    const { config } = await infoOf(cluster, "TERRITORY_SE");
    await byHand(cluster, "STREAM.UPDATE.TERRITORY_SE", { ...config, max_msgs: 100 });
    expect((await preview({}, "--expect", "nothing")).code).toBe(0);
    const { code, stdout } = await preview({}, "--refresh", "--expect", "nothing");
    expect(code).toBe(3);
    expect(stdout).toContain("TERRITORY_SE changes in place: maxMessages 100 → -1.");
    expect(stdout).toContain("npm run up -- --refresh dev");
    await byHand(cluster, "STREAM.UPDATE.TERRITORY_SE", config);
  });

  it("finds a server that is away, although no resource differs", async () => {
    await clone.program("docker", "pause", `${clone.prefix}service-nats-se`);
    const { code, stdout } = await preview({}, "--live", "--expect", "nothing");
    await clone.program("docker", "unpause", `${clone.prefix}service-nats-se`);
    expect(code).toBe(3);
    expect(stdout).toContain(
      `Unhealthy now, before any change: ${clone.prefix}service-nats-se does not answer`,
    );
  });
});
