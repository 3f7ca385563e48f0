import { readFileSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ran } from "../../harness/run.ts";
import { cacheFolder } from "../../toolchain/cache.ts";
import { findGo } from "../../toolchain/go.ts";
import { findPulumi } from "../../toolchain/pulumi.ts";
import { Clone } from "../support/clone.ts";

let clone: Clone;
let tracked: string;

beforeAll(async () => {
  clone = await Clone.create();
  tracked = readFileSync(clone.configurationFile, "utf8");
});

afterAll(async () => {
  await clone?.dispose();
});

/** The PATH of a person, which does not have what the set-up brought. */
const ownPath = (process.env.PATH ?? "")
  .split(delimiter)
  .filter((folder) => !folder.includes("unityplan-nats/tools"))
  .join(delimiter);

function withoutTools(...args: string[]): Promise<Ran> {
  return clone.program("env", `PATH=${ownPath}`, process.execPath, "toolchain/run.mjs", ...args);
}

/** Where Pulumi could be downloaded, or is installed, nothing was built. */
async function isHostBuilt(): Promise<boolean> {
  const env = { ...process.env, PATH: ownPath };
  const { cli } = await findPulumi({
    cache: cacheFolder(env),
    env,
    go: await findGo(env),
    project: clone.folder,
  });
  return cli["language-nodejs"]?.source === "built";
}

describe("npm run up", () => {
  it("brings the cluster up from nothing and ends with what runs where", async () => {
    const { code, stdout, stderr } = await clone.command("up");
    expect(code, stderr).toBe(0);
    for (const { clientPort, monitorPort } of clone.pods) {
      expect(stdout).toContain(`nats://127.0.0.1:${clientPort}`);
      expect(stdout).toContain(`http://127.0.0.1:${monitorPort}`);
    }
    expect(stdout).toContain("Try next:");
  });

  it("a second time changes nothing, and says once what was built here", async () => {
    const { code, stdout, stderr } = await withoutTools("up");
    expect(code).toBe(0);
    expect(stdout + stderr).not.toMatch(/using pulumi-\S+ from/);
    const told = stderr.split("Pulumi uses programs that were built on this machine: ").length - 1;
    expect(told).toBe((await isHostBuilt()) ? 1 : 0);
    expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged\n/);
    expect(stdout.trimEnd().endsWith("unityplan-global: healthy")).toBe(true);
  });

  it("also with a refresh changes nothing: no engine's answer comes back as a difference", async () => {
    const { code, stdout } = await clone.command("up", "--refresh");
    expect(code, stdout).toBe(0);
    expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged\n/);
  });

  it("keeps the made-up passphrase readable to its owner only, and the tracked file as it was", () => {
    expect(statSync(join(clone.folder, ".state", "passphrase")).mode & 0o777).toBe(0o600);
    expect(readFileSync(clone.configurationFile, "utf8")).toBe(tracked);
  });

  it("in a second clone with the same names refuses what the first one made, and touches nothing", async () => {
    const second = await Clone.create(clone);
    try {
      const { code, stderr } = await second.command("up");
      expect(code).toBe(1);
      expect(stderr).toContain(`The engine already has ${clone.prefix}service-nats-`);
      expect(stderr).toContain("cluster.resourcePrefix");
    } finally {
      rmSync(second.folder, { recursive: true, force: true });
    }
    expect((await clone.command("status")).code).toBe(0);
  });

  it("names every fault of a configuration at once, and touches nothing", async () => {
    const pods = [
      { id: "DK", clientPort: 70_000, clusterPort: 1, monitorPort: 2 },
      { id: false, clientPort: 3, clusterPort: 4, monitorPort: 5, clientport: 6 },
    ];
    clone.configure({ pods });
    const { code, stdout, stderr } = await clone.command("preview");
    clone.configure({});
    expect(code).not.toBe(0);
    for (const part of ['"DK"', "70000", 'id: "no"', 'the nearest is "clientPort"'])
      expect.soft(stdout + stderr).toContain(part);
  });
});

describe("npm run status and contexts", () => {
  it("show a healthy cluster in one screen", async () => {
    const { code, stdout } = await clone.command("status");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("unityplan-global: healthy");
    expect(stdout).toMatch(/GLOBAL_EVENTS\s+\S+service-nats-(dk|no|se)\s+R3: /);
  });

  it("let the nats CLI reach each pod by its id, and never overwrite somebody's context", async () => {
    const written = await clone.command("contexts");
    expect(written.code, written.stderr).toBe(0);
    const listed = await clone.program("nats", "--context", "no", "stream", "ls", "--names");
    expect(listed.stdout.trim().split("\n")).toHaveLength(5);
    expect((await clone.command("contexts")).code).toBe(0);

    await clone.program(
      "nats",
      "context",
      "add",
      "se",
      "--server",
      "nats://127.0.0.1:1",
      "--description",
      "mine",
    );
    const refused = await clone.command("contexts");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("were not made for this stack: se");
  });

  it("exit with 1 when a server is down, and say which", async () => {
    const name = `${clone.prefix}service-nats-se`;
    await clone.program("docker", "pause", name);
    const { code, stdout } = await clone.command("status");
    await clone.program("docker", "unpause", name);
    expect(code).toBe(1);
    expect(stdout).toContain("UNHEALTHY");
    expect(stdout).toContain(name);
  });
});

describe("the look at the end of npm run up", () => {
  const server = () => `${clone.prefix}service-nats-se`;
  const nats = (...args: string[]) => {
    const { clientPort = 0 } = clone.pods[0] ?? {};
    return clone.program("nats", "--no-context", "--server", `nats://127.0.0.1:${clientPort}`, ...args);
  };

  it("names what was stopped and deleted by hand, and the command that repairs it", async () => {
    expect((await clone.program("docker", "stop", server())).code).toBe(0);
    for (const args of [
      ["stream", "rm", "TERRITORY_NO", "--force"],
      ["consumer", "rm", "GLOBAL_EVENTS", "global-processor", "--force"],
    ])
      expect((await nats(...args)).code).toBe(0);
    const { code, stdout } = await clone.command("up");
    expect(code, stdout).toBe(1);
    for (const part of [
      "unityplan-global: UNHEALTHY",
      `${server()} does not answer`,
      "TERRITORY_NO: the stream does not exist",
      "GLOBAL_EVENTS/global-processor: the consumer does not exist",
      "`npm run up -- --refresh` starts a server that was stopped",
      "`npm run up -- --refresh` recreates GLOBAL_EVENTS/global-processor, TERRITORY_NO",
    ])
      expect.soft(stdout).toContain(part);
  });

  it("is healthy after that command", async () => {
    const { code, stdout } = await clone.command("up", "--refresh");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("unityplan-global: healthy");
  });

  it("takes a skipped pod for no fault", async () => {
    expect((await clone.program("docker", "stop", server())).code).toBe(0);
    const { code, stdout } = await clone.command("up", "--skip", "se");
    expect(code, stdout).toBe(0);
    expect(stdout).toContain("unityplan-global: healthy");
  });
});

describe("npm run down", () => {
  it("refuses to delete data without a terminal to ask at, and does nothing", async () => {
    const { code, stderr } = await clone.command("down", "--volumes");
    expect(code).toBe(1);
    expect(stderr).toContain("--yes");
    expect(await clone.left("container")).toHaveLength(6);
  });

  it("leaves nothing but the data, which the next up goes on with", async () => {
    const { clientPort = 0 } = clone.pods[0] ?? {};
    const server = ["--no-context", "--server", `nats://127.0.0.1:${clientPort}`];
    const published = await clone.program(
      "nats",
      ...server,
      "pub",
      "--jetstream",
      "global.user.registered",
      "kept",
    );
    expect(published.code, published.stderr).toBe(0);
    expect((await clone.command("down")).code).toBe(0);
    expect(await clone.left("container")).toEqual([]);
    expect(await clone.left("network")).toEqual([]);
    expect(await clone.left("volume")).toHaveLength(3);
    expect((await clone.command("up")).code).toBe(0);
    const { stdout } = await clone.program("nats", ...server, "stream", "get", "GLOBAL_EVENTS", "1");
    expect(stdout).toContain("kept");
  });

  it("deletes the data when that is said", async () => {
    const { code, stdout } = await clone.command("down", "--volumes", "--yes");
    expect(code).toBe(0);
    expect(stdout).toContain("its data is deleted");
    expect(await clone.left("volume")).toEqual([]);
  });
});

describe("npm run pulumi and nats", () => {
  it("are Pulumi and the nats CLI with the project's own tools and state", async () => {
    const shown = await clone.command("pulumi", "stack", "output", "clusterName");
    expect(shown.code, shown.stderr).toBe(0);
    expect(shown.stdout.trim()).toBe("unityplan-global");
    expect((await clone.command("nats", "--version")).stdout).toContain("0.3.0");
  });
});

describe("a command that is used wrongly", () => {
  it.each([
    [["up", "--force"], 2, "--force"],
    [["up", "nowhere"], 1, "there is no stack nowhere"],
    [["sideways"], 1, 'There is no command "sideways"'],
  ])("%j says so", async (args, expectedCode, words) => {
    const { code, stderr } = await clone.command(...args);
    expect(code).toBe(expectedCode);
    expect(stderr).toContain(words);
  });
});
