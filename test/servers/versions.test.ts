import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderConf } from "../../plan/render/nats-conf.ts";
import { oldestRelease, releaseLines } from "../../plan/transitions/release-lines.ts";
import { versionChangeFault } from "../../plan/transitions/versions.ts";
import { plan } from "../support/configuration.ts";
import { loopbackCertificate, ServerFolder } from "../support/rendered.ts";
import { VersionedCluster } from "../support/server-versions/cluster.ts";
import { Ledger } from "../support/server-versions/ledger.ts";
import { type LineName, serverOfLine, serverVersions, type TriedServer } from "../support/server-versions.ts";

const lines = Object.keys(serverVersions) as LineName[];
const tried: readonly TriedServer[] = [oldestRelease, ...lines];
const programs = new Map<TriedServer, string>();

function programOf(line: TriedServer): string {
  return programs.get(line) ?? "";
}

// Building all of them takes two minutes on two cores, the first time.
beforeAll(async () => {
  for (const line of tried) programs.set(line, await serverOfLine(line));
}, 600_000);

it("tries the versions that are advised", () => {
  expect(releaseLines.map(({ name, tried }) => [name, tried])).toEqual(Object.entries(serverVersions));
});

describe("the rendered nats.conf", () => {
  const { pods, cluster } = plan({ cluster: { maxFileStore: "1GB" } });
  const folder = new ServerFolder();
  const userKey = "UCNGL4W5QX66CFX6A6DCBVDH5VOHMI7B2UZZU7TXAUQQSI2JPHULCKBR";

  beforeAll(() => folder.writePems(loopbackCertificate()));
  afterAll(() => folder.remove());

  it.each(tried)("is taken by nats-server %s, whatever its clients speak", async (line) => {
    const [pod] = pods;
    if (pod === undefined) throw new Error("no pod");
    const files = [
      ...(["off", "on", "required"] as const).map((clientTls) => ({ clientTls })),
      { systemAccount: "$SYS" } as const,
    ];
    for (const changes of files) {
      const path = folder.write(renderConf(pod, { ...cluster, ...changes }, userKey));
      await expect(promisify(execFile)(programOf(line), ["-t", "-c", path])).resolves.toBeDefined();
    }
  });
});

/** One cluster, from the oldest line up to the newest and back; each test begins where the one before ended. */
describe("a cluster whose servers change their version", () => {
  const ledgers: Ledger[] = [];
  let cluster: VersionedCluster;

  beforeAll(async () => {
    cluster = await VersionedCluster.start(programOf("2.10"));
    ledgers.push(await Ledger.create(cluster, "THREE", 3), await Ledger.create(cluster, "ONE", 1));
    for (const ledger of ledgers) await ledger.use("2.10", 500);
  });
  afterAll(() => cluster?.stop());

  async function expectAllKept(line: LineName): Promise<void> {
    expect(await cluster.versions()).toEqual([serverVersions[line]]);
    for (const ledger of ledgers) {
      const { expected, actual } = await ledger.compare();
      expect(actual).toEqual(expected);
      await ledger.use(`${line} ${Date.now()}`, 100);
    }
  }

  async function expectWholeCopies(): Promise<void> {
    for (const ledger of ledgers) {
      for (const copy of await ledger.copies()) expect(copy).toEqual(ledger.messages);
    }
  }

  /** How often a server threw a stream's index away because it does not know its format. */
  async function rebuilds(): Promise<number> {
    return (await cluster.logged()).split("Stream state magic and version mismatch").length - 1;
  }

  function fault(from: LineName, to: LineName): string | undefined {
    const allow = { downgrade: false, allAtOnce: false };
    return versionChangeFault(serverVersions[from], serverVersions[to], allow);
  }

  it.each([
    ["2.10", "2.11"],
    ["2.11", "2.12"],
    ["2.12", "2.14"],
    ["2.14", "2.15"],
  ] as const)("keeps all in a rolling update from %s to %s", async (from, to) => {
    expect(fault(from, to)).toBeUndefined();
    await cluster.roll(programOf(to));
    await expectAllKept(to);
  });

  it("has in the end every message in every copy", async () => {
    await expectWholeCopies();
  });

  it("keeps all in the step back that is allowed, from 2.15 to 2.14", async () => {
    expect(fault("2.15", "2.14")).toBeUndefined();
    await cluster.roll(programOf("2.14"));
    await expectAllKept("2.14");
    await expectWholeCopies();
    expect(await rebuilds()).toBe(0);
  });

  it.each([
    ["2.14", "2.12", "allow_batched"],
    ["2.12", "2.11", "allow_atomic"],
  ] as const)(
    "loses use of a stream in the step back that is refused, from %s to %s: one with %s",
    async (from, to, feature) => {
      expect(fault(from, to)).toContain("is a downgrade");
      await cluster.api("STREAM.CREATE.NEWER", { name: "NEWER", num_replicas: 3, [feature]: true });
      const before = await rebuilds();
      await cluster.replaceAll(programOf(to));
      await expectAllKept(to);
      expect(await rebuilds()).toBeGreaterThan(before);
      const reason = `stream is offline: unsupported - config error: unknown field "${feature}"`;
      await expect(cluster.api("STREAM.INFO.NEWER")).rejects.toThrow(reason);
      await cluster.api("STREAM.DELETE.NEWER");
    },
  );

  it("forgets the message TTLs of a stream in the step back that is refused, from 2.11 to 2.10", async () => {
    expect(fault("2.11", "2.10")).toContain("2.10 forgets that a stream has message TTLs");
    const made = await cluster.api("STREAM.CREATE.NEWER", { name: "NEWER", allow_msg_ttl: true });
    expect(made).toMatchObject({ config: { allow_msg_ttl: true } });
    await cluster.replaceAll(programOf("2.10"));
    await expectAllKept("2.10");
    const left = await cluster.api<{ config: object }>("STREAM.INFO.NEWER");
    expect(left.config).not.toHaveProperty("allow_msg_ttl");
    await cluster.api("STREAM.DELETE.NEWER");
  });

  it("keeps all from 2.10 to 2.15 with all servers at once", async () => {
    expect(fault("2.10", "2.15")).toContain("skips 2.11, 2.12 and 2.14");
    await cluster.replaceAll(programOf("2.15"));
    await expectAllKept("2.15");
    await expectWholeCopies();
  });
});
