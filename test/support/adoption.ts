import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Clone } from "./clone.ts";
import { HandMade } from "./hand-made.ts";
import { contents, infos, place, publish, take } from "./hand-made-contents.ts";
import { makeStreams } from "./hand-made-streams.ts";
import { imageOfLine, type LineName, serverVersions } from "./server-versions.ts";

const subjects = {
  GLOBAL_EVENTS: "global.registered",
  CROSS_TERRITORY: "cross.dk.no.invite",
  TERRITORY_DK: "territory.dk.login",
  TERRITORY_NO: "territory.no.login",
  TERRITORY_SE: "territory.se.login",
  ORDERS: "orders.new",
} as const;
const each = 20;
const ids = ["dk", "no", "se"];

/** What becomes of a cluster that was made by hand, from the first look to a second update: one file of tests a line. */
export function adoption(line: LineName): void {
  // On a new machine Docker Compose and an older server are built first.
  vi.setConfig({ testTimeout: 10 * 60_000, hookTimeout: 15 * 60_000 });
  describe(`a cluster of nats-server ${line} that was made by hand`, () => adopted(line));
}

function adopted(line: LineName): void {
  let made: HandMade;
  let clone: Clone;
  let said: string;
  let before: Record<string, string[]>;

  async function on<T>(id: string, work: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = await made.connect(id);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  /** What the command said to run next, as it stands there. */
  function printed(beginning: string): string[] {
    const found = said.split("\n").find((text) => text.trim().startsWith(beginning));
    return found?.trim().split(" ") ?? [];
  }

  beforeAll(async () => {
    made = await HandMade.create(await imageOfLine(line));
    await makeStreams(made);
    // What UnityPlan's document does not have, and people have all the same.
    const orders = ["ORDERS", "--subjects=orders.>", "--replicas=3", "--max-age=1y", "--max-bytes=1000000"];
    await made.nats("no", "stream", "add", ...orders, "--defaults");
    await made.nats("no", "consumer", "add", "ORDERS", "billing", "--pull", "--ack=explicit", "--defaults");
    await made.nats("se", "kv", "add", "settings", "--replicas=3");
    await made.nats("se", "kv", "put", "settings", "colour", "blue");
    const cache = ["CACHE", "--subjects=cache.>", "--storage=memory", "--replicas=3"];
    await made.nats("no", "stream", "add", ...cache, "--defaults");
    await made.nats("no", "kv", "add", "seats", "--storage=memory", "--replicas=3");
    await made.nats("no", "kv", "put", "seats", "1A", "taken");
    await on("no", async (connection) => {
      for (const subject of Object.values(subjects)) await publish(connection, subject, each);
      await publish(connection, "cache.page", 50);
      await take(connection, "GLOBAL_EVENTS", "global-processor", 7);
      await take(connection, "TERRITORY_DK", "dk-local-processor", 5);
      await take(connection, "ORDERS", "billing", 3);
    });
    clone = await Clone.create(made);
  });

  afterAll(async () => {
    await clone?.dispose();
    await made?.dispose();
  });

  function adopt(...args: string[]) {
    const pods = ids.map((id) => `${id}=${made.serverName(id)}`).join(",");
    return clone.command("adopt", "--pods", pods, ...args);
  }

  it("is not adopted by --yes alone while streams in memory hold messages", async () => {
    const configuration = readFileSync(clone.configurationFile, "utf8");
    const { code, stderr } = await adopt("--yes");
    expect(code).toBe(1);
    expect(stderr).toContain("would be lost then: CACHE with 50 messages, KV_seats with 1 message.");
    expect(stderr).toContain("say `--lose CACHE,KV_seats`");
    expect(readFileSync(clone.configurationFile, "utf8")).toBe(configuration);
    expect(existsSync(join(clone.folder, ".state", "adopt-dev.json"))).toBe(false);
  });

  it("is looked at, and nothing on its servers changes", async () => {
    const looked = await on("se", infos);
    before = await on("se", contents);
    const { code, stdout, stderr } = await adopt("--yes", "--lose", "CACHE,KV_seats");
    expect(code, stderr).toBe(0);
    said = stdout;
    expect(said).toContain("streams in memory are lost: CACHE with 50 messages, KV_seats with 1 message");
    expect(await on("se", infos)).toEqual(looked);
    expect(said).toContain(`unityplan-global, nats-server ${serverVersions[line]}, system account $SYS`);
    expect(said).toContain(
      "subjects: global.*, in the configuration global.>; the first `up` changes it in place",
    );
    expect(said).toMatch(/KV_settings \(1 message\): stays as it is/);
    expect(said).toContain("ORDERS (20 messages): is not in the configuration");
    expect(said).toContain("TERRITORY_NO/no-local-processor: does not exist; the first `up` creates it");
  });

  it("is in the configuration as it runs, beside what people wrote there", () => {
    const sections = clone.sections();
    expect(sections.cluster).toEqual({
      resourcePrefix: made.prefix,
      image: `nats:${serverVersions[line]}`,
      systemAccount: "$SYS",
    });
    expect(sections.pods).toEqual(made.pods.map((pod) => ({ ...pod, dataVolume: made.dataVolume(pod.id) })));
    expect(sections.streams).toEqual({
      CACHE: { subjects: ["cache.>"], storage: "memory", replicas: 3, maxMessageSize: "unlimited" },
      ORDERS: {
        ...{ subjects: ["orders.>"], replicas: 3, maxAge: "365d", maxBytes: "977KB" },
        ...{ maxMessageSize: "unlimited", consumers: { billing: {} } },
      },
    });
    expect(readFileSync(clone.configurationFile, "utf8")).toContain("# kept: pods");
  });

  it("is not brought up before its servers are stopped", async () => {
    const early = await clone.command("up");
    expect(early.code).toBe(1);
    expect(early.stderr).toContain("`npm run adopt -- dev`");
    const words = printed("npm run pulumi -- import").slice(4);
    const { code, stdout, stderr } = await clone.command("pulumi", ...words);
    expect(code, stdout + stderr).toBe(0);
    const again = await clone.command("up");
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(printed("docker stop").join(" "));
  });

  it("loses nothing when somebody takes the stack down before its first update", async () => {
    const looked = await on("se", infos);
    const { code, stderr } = await clone.command("down");
    expect(code, stderr).toBe(0);
    expect(await on("se", infos)).toEqual(looked);
  });

  it("goes on as a stack with every message, and every consumer where it was", async () => {
    const places = () =>
      on("dk", async (connection) => [
        await place(connection, "GLOBAL_EVENTS", "global-processor"),
        await place(connection, "TERRITORY_DK", "dk-local-processor"),
        await place(connection, "ORDERS", "billing"),
      ]);
    const where = await places();
    expect(where.map(({ acknowledged }) => acknowledged)).toEqual([7, 5, 3]);
    const { stderr: stopped } = await clone.program("sh", "-c", printed("docker stop").join(" "));
    expect(stopped).toBe("");
    const { code, stdout, stderr } = await clone.command("up");
    expect(code, stdout + stderr).toBe(0);
    before = { ...before, CACHE: [], KV_seats: [] };
    expect(await on("dk", contents)).toEqual(before);
    expect(await places()).toEqual(where);
    expect(await on("se", (all) => take(all, "GLOBAL_EVENTS", "global-processor", 1))).toEqual([8]);
    const leaders = (await on("dk", infos)) as { config: { name: string }; leader?: string }[];
    const territories = leaders.filter(({ config }) => config.name.startsWith("TERRITORY_"));
    expect(territories.map(({ leader }) => leader)).toEqual(ids.map((id) => made.serverName(id)));
  });

  it("takes longer topics now, which the old filters left out", async () => {
    await on("no", (connection) => publish(connection, "global.user.registered", 1));
    const last = await on("no", (all) => take(all, "GLOBAL_EVENTS", "global-processor", 13));
    expect(last.at(-1)).toBe(each + 1);
  });

  it("is not changed by a second update", async () => {
    expect((await clone.command("up")).stdout).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  });

  if (line !== "2.10") return;

  // Without its mark the stack would take a stream that it adopted for somebody else's.
  it("comes back after down, which needs to be shown of one version only", async () => {
    const down = await clone.command("down");
    expect(down.code, down.stderr).toBe(0);
    const { code, stdout, stderr } = await clone.command("up");
    expect(code, stdout + stderr).toBe(0);
    const { GLOBAL_EVENTS: _, ...others } = await on("dk", contents);
    const { GLOBAL_EVENTS: __, ...then } = before;
    expect(others).toEqual(then);
  });
}
