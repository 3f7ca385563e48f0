import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { servedCertificate } from "../../client/handshake.ts";
import { Clone } from "../support/clone.ts";

/**
 * The commands as a person types them. What they do to applications at work is shown by `leaf-rotation` and `rotation`:
 * the updates are the same.
 */
vi.setConfig({ testTimeout: 15 * 60_000, hookTimeout: 10 * 60_000 });
let clone: Clone;

beforeAll(async () => {
  clone = await Clone.create();
  const { code, stderr } = await clone.command("up");
  expect(code, stderr).toBe(0);
});

afterAll(async () => {
  await clone?.dispose();
});

describe("npm run rotate -- leaves", () => {
  it("gives every server a new certificate, and none restarts", async () => {
    const before = await served();
    const started = await clone.startTimes();
    const { code, stdout, stderr } = await clone.command("rotate", "leaves");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^dk .* 364$/m);
    const after = await served();
    for (const id of Object.keys(before)) expect(after[id], id).not.toBe(before[id]);
    expect(await clone.startTimes()).toEqual(started);
  });

  it("can be asked for one pod's alone", async () => {
    const before = await served();
    const { code, stderr } = await clone.command("rotate", "leaves", "--pod", "no");
    expect(code, stderr).toBe(0);
    const after = await served();
    expect(after).toEqual({ ...before, no: after.no });
    expect(after.no).not.toBe(before.no);
  });

  it("says what it can't rotate, and what it could", async () => {
    const pod = await clone.command("rotate", "leaves", "--pod", "fi");
    expect(pod).toMatchObject({ code: 1 });
    expect(pod.stderr).toContain('"fi" is not a pod; the pods are dk, no, se');
    const kind = await clone.command("rotate", "cat");
    expect(kind).toMatchObject({ code: 2 });
    expect(kind.stderr).toContain("npm run rotate -- leaves|ca");
    expect((await clone.command("rotate", "leaves", "--client", "orders")).stderr).toContain(
      '"orders" has no client certificate',
    );
  });
});

describe("npm run rotate -- ca", () => {
  it("walks to a new authority by phases, also when it is killed in the middle and run again", async () => {
    const started = await clone.startTimes();
    const killed = clone.begin("rotate", "ca");
    await killed.says("dk-node", "dev: active:");
    killed.kill();
    const { stdout: begun } = await killed.ended;
    expect((await clone.command("pulumi", "cancel", "--yes")).code).toBe(0);
    const { code, stdout, stderr } = await clone.command("rotate", "ca");
    expect(code, stdout + stderr).toBe(0);
    expect(phasesIn(begun)).toEqual(["incoming", "active"]);
    expect(stdout).toContain("dev: finishing the update");
    expect(phasesIn(stdout)).toEqual(["gone"]);
    expect(stdout).toContain("the servers restart one after the other");
    expect(stdout).toContain("The rotation is finished.");

    const restarted = await clone.startTimes();
    const turns = Object.values(restarted).map((time) => Date.parse(time));
    expect(turns).toEqual([...turns].sort((a, b) => a - b));
    for (const [id, time] of Object.entries(restarted)) expect(time, id).not.toBe(started[id]);
    expect(await issuers()).toEqual(new Array(3).fill(expect.stringContaining("authority 2")));
  });

  it("has written only the phases and the restart into the configuration", () => {
    const text = readFileSync(clone.configurationFile, "utf8");
    expect(text).toContain("generation: 2");
    expect(text).not.toContain("generation: 1");
    expect(text).toContain("restartGeneration");
    expect(text).toContain("# kept");
  });

  it("needs no further update", async () => {
    const { code, stdout } = await clone.command("up");
    expect(code).toBe(0);
    expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect((await clone.command("status")).stdout).toContain("healthy");
  });

  it("goes back with --back from an authority that issues, and the servers have a word before it goes", async () => {
    phases({ 2: "active", 3: "incoming" });
    expect((await clone.command("up")).code).toBe(0);
    phases({ 2: "outgoing", 3: "active" });
    expect((await clone.command("up")).code).toBe(0);
    phases({ 3: "active" });
    const asked = await clone.command("preview", "--live");
    expect(asked.code, asked.stdout).toBe(1);
    expect(asked.stdout).toMatch(/^REFUSED: .*\d+ sessions .*cluster\.restartGeneration/m);

    phases({ 2: "outgoing", 3: "active" });
    const { code, stdout, stderr } = await clone.command("rotate", "ca", "--back");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("every server gets a certificate of CA 2");
    expect(stdout).toContain("gone: the servers no longer trust CA 3");
    expect(await issuers()).toEqual(new Array(3).fill(expect.stringContaining("authority 2")));
    const nothing = await clone.command("rotate", "ca", "--back");
    expect(nothing.stderr).toContain("No CA rotation is in progress");
  });
});

describe("npm run contexts", () => {
  it("lets the nats CLI in where the client port demands a certificate, and keeps the key to its owner", async () => {
    clone.configure({
      ...clone.sections(),
      tls: { ...(clone.sections().tls as object), clients: "required" },
    });
    const up = await clone.command("up");
    expect(up.code, up.stdout).toBe(0);
    expect(up.stdout).toContain("--context dk stream ls");
    const listed = async () => clone.program("nats", "--context", "no", "stream", "ls", "--names");
    expect((await clone.command("contexts")).code).toBe(0);
    expect((await listed()).stdout.trim().split("\n")).toHaveLength(5);
    const key = join(clone.folder, "config", "nats", "unityplan-nats", "dev", "operator-key.pem");
    expect(statSync(key).mode & 0o777).toBe(0o600);
    const bare = await clone.program(
      "nats",
      "--server",
      clone.urls().no ?? "",
      "--no-context",
      "stream",
      "ls",
    );
    expect(bare.code).not.toBe(0);
    expect((await clone.command("status")).stdout).toContain("healthy");

    const waiting = await clone.command("rotate", "ca");
    expect(waiting.code, waiting.stderr).toBe(0);
    expect(phasesIn(waiting.stdout)).toEqual(["incoming"]);
    expect(waiting.stdout).toContain("Give every application the new `caCertificate`");
    // 3 was the number of one that is gone.
    expect(waiting.stdout).toContain("CA 4 issues nothing yet");
    const back = await clone.command("rotate", "ca", "--back");
    expect(back.code, back.stderr).toBe(0);
    expect(back.stdout).toContain("CA 4 is removed again");

    clone.configure({ ...clone.sections(), tls: { ...(clone.sections().tls as object), clients: "off" } });
    expect((await clone.command("up")).code).toBe(0);
    expect((await clone.command("contexts")).code).toBe(0);
    expect(existsSync(key)).toBe(false);
    expect((await listed()).stdout.trim().split("\n")).toHaveLength(5);
  });
});

/** What a rotation said of where it is. */
function phasesIn(text: string): string[] {
  return text.split("\n").flatMap((line) => /^dev: (incoming|active|gone):/.exec(line)?.[1] ?? []);
}

/** Writes the phases as a person does. */
function phases(wanted: Readonly<Record<number, string>>): void {
  const authorities = Object.entries(wanted).map(([generation, phase]) => ({
    generation: Number(generation),
    phase,
  }));
  clone.configure({ ...clone.sections(), tls: { authorities } });
}

/** Fingerprints by pod. */
async function served(): Promise<Record<string, string>> {
  return Object.fromEntries(
    await Promise.all(
      clone.pods.map(async ({ id, clusterPort }) => {
        const port = { host: "127.0.0.1", port: clusterPort, kind: "cluster" as const };
        return [id, (await servedCertificate(port)).fingerprint] as const;
      }),
    ),
  );
}

async function issuers(): Promise<string[]> {
  return Promise.all(
    clone.pods.map(async ({ clusterPort }) => {
      const port = { host: "127.0.0.1", port: clusterPort, kind: "cluster" as const };
      return (await servedCertificate(port)).certificate.issuer;
    }),
  );
}
