import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { needPrograms } from "../../harness/lab/programs.ts";
import type { Ran } from "../../harness/run.ts";
import { TestStack } from "../../harness/stack.ts";
import type { Change } from "../../operations/preview/changes.ts";
import { compare } from "../../operations/preview/compare.ts";
import { describeStack } from "../../operations/preview/description.ts";
import { previewEmptyStack } from "../../operations/preview/empty-stack.ts";
import { changesOf } from "../../operations/preview/steps.ts";
import { readStackFile } from "../../operations/stack-file/read.ts";
import { standInsVariable } from "../../plan/stand-ins.ts";
import { Clone } from "../support/clone.ts";
import { selfSigned } from "../support/pem.ts";

const project = join(import.meta.dirname, "..", "..");
const stacks = ["dev", "prod"] as const;
let clone: Clone;
const file = (name: string) => join(clone.folder, name);
const temporary = () => file("temporary");

beforeAll(async () => {
  await needPrograms(() => {});
  clone = await Clone.create();
  for (const stack of stacks)
    copyFileSync(join(project, `Pulumi.${stack}.yaml`), file(`Pulumi.${stack}.yaml`));
  mkdirSync(temporary());
  clone.export({
    DOCKER_HOST: "unix:///nonexistent/docker.sock",
    TMPDIR: temporary(),
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_AUTHOR_NAME: "Nobody",
    GIT_AUTHOR_EMAIL: "nobody@example.org",
    GIT_COMMITTER_NAME: "Nobody",
    GIT_COMMITTER_EMAIL: "nobody@example.org",
  });
  const first =
    "git init --quiet --initial-branch main && git add components plan model operations toolchain client " +
    "provider package.json Pulumi.* && git commit --quiet --message first";
  const { code, stderr } = await clone.program("sh", "-c", first);
  expect(code, stderr).toBe(0);
});

afterAll(async () => {
  await clone?.dispose();
});

/** Runs the command where there is no network but the loopback, no engine and no state. */
async function offline(stack: string, ...args: string[]): Promise<Ran> {
  const script = 'ip link set lo up; test "$(ip -brief link | wc -l)" = 1 || exit 99; exec "$@"';
  const command = [process.execPath, "toolchain/run.mjs", "preview", stack, "--offline", ...args];
  return clone.program("unshare", "--net", "sh", "-c", script, "sh", ...command);
}

function edit(name: string, from: string, to: string): void {
  const text = readFileSync(file(name), "utf8");
  expect(text).toContain(from);
  writeFileSync(file(name), text.replace(from, to));
}

describe("the stacks as they are in the project", () => {
  it.each(stacks)("%s is accepted, changes nothing, and is the same text twice", async (stack) => {
    const before = readdirSync(clone.folder).sort();
    const first = await offline(stack);
    expect(first.code, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(/compared with [0-9a-f]{7} \(merge base of main\)/);
    expect(first.stdout).toContain("Pulumi accepts the configuration");
    for (const id of ["copenhagen", "oslo", "stockholm"])
      expect(first.stdout.includes(`hosts.${id}.ssh.hostKey (placeholder)`)).toBe(stack === "prod");
    expect(await offline(stack)).toEqual(first);
    // Neither a state, nor a passphrase, nor a worktree is left.
    expect(readdirSync(clone.folder).sort()).toEqual(before);
    expect(readdirSync(temporary())).toEqual([]);
    expect((await clone.program("git", "worktree", "list")).stdout.trim().split("\n")).toHaveLength(1);
  });
});

describe("a change in the work tree", () => {
  afterAll(async () => {
    await clone.program("git", "checkout", "--quiet", "--", ".");
  });

  it("is told in sentences, with the lines that the base's own files would have written", async () => {
    edit(
      "plan/render/nats-conf.ts",
      "server_tags: pod.tags,",
      "server_tags: pod.tags,\n    max_connections: 4321,",
    );
    edit(
      "Pulumi.prod.yaml",
      '"<host key of oslo>"',
      '"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCXm0kPp2aFwcYxQhJ0bq9eV3vW0Xq1lqk2mJcJm0xF"',
    );
    edit(
      "Pulumi.prod.yaml",
      "config:",
      "config:\n  unityplan-nats:streams: { GLOBAL_EVENTS: { maxAge: 14d } }",
    );
    const { code, stdout, stderr } = await offline("prod");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("3 servers (dk, no, se) reload, none restarts.");
    expect(stdout).toContain("max_connections: 4321");
    expect(stdout).toMatch(/GLOBAL_EVENTS.*maxAge/);
    expect(stdout).toContain("(placeholder)");
  });

  it("that the program refuses is refused with its words, also where only Pulumi's reading of YAML tells", async () => {
    // 4222 to Pulumi, and no longer to the YAML of today.
    edit("Pulumi.dev.yaml", "clientPort: 4223", "clientPort: 010176");
    const { code, stdout } = await offline("dev");
    expect(code).toBe(1);
    expect(stdout).toContain("dev pods[1].clientPort: 4222 is");
    expect(stdout).toMatch(
      /^Warning: Pulumi\.dev\.yaml, line \d+, column \d+: Pulumi reads 010176 as 4222; /m,
    );
  });
});

describe("a base whose file has the words of the release before", () => {
  const old = "config:\n  unityplan-nats:tls: { authorities: [{ generation: 1, phase: used }] }\n";
  const now = "config:\n  unityplan-nats:tls: { authorities: [{ generation: 1, phase: active }] }\n";
  const oldRollout = "  unityplan-nats:rollout: { mode: rolling, without: [] }\n";
  const nowRollout = "  unityplan-nats:rollout: { mode: rolling, skip: [] }\n";

  beforeAll(async () => {
    edit("Pulumi.dev.yaml", "config:\n", old + oldRollout);
    await clone.program("git", "commit", "--quiet", "--all", "--message", "old words");
  });

  afterAll(async () => {
    await clone.program("git", "reset", "--quiet", "--hard", "HEAD~1");
  });

  it("changes nothing where the branch keeps them, and each is warned of once", async () => {
    const { code, stdout, stderr } = await offline("dev");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("nothing changes");
    expect(stdout.match(/ the old word for /g)).toHaveLength(2);
  });

  it("changes nothing where the branch takes today's, and nothing is warned of", async () => {
    edit("Pulumi.dev.yaml", old + oldRollout, now + nowRollout);
    const { code, stdout, stderr } = await offline("dev");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain("nothing changes");
    expect(stdout).not.toContain("the old word for");
  });
});

describe("what can't be previewed", () => {
  it("is a faulty configuration, with every fault, and a base that is not there", async () => {
    const before = readFileSync(file("Pulumi.dev.yaml"), "utf8");
    edit("Pulumi.dev.yaml", "monitorPort: 8223", "monitorPort: 70000");
    const faulty = await offline("dev");
    writeFileSync(file("Pulumi.dev.yaml"), before);
    expect(faulty.code).toBe(1);
    expect(faulty.stdout.match(/dev pods\[1\]\.monitorPort: 70000/g)).toHaveLength(1);
    const { code, stdout, stderr } = await offline("dev", "--base", "nowhere");
    expect(code).toBe(1);
    expect(stdout + stderr).toContain("there is no nowhere in this clone");
  });
});

describe("secrets", () => {
  it("of every kind have something stand in for them, and the program takes it in a preview", async () => {
    const secure = (text: string) => ({ secure: `v1:${text}` });
    const { certificate } = selfSigned();
    const authorities = [
      { generation: 2, phase: "active", certificate: secure("a"), privateKey: secure("b") },
      { generation: 3, phase: "incoming", certificate, chain: secure("c"), privateKey: secure("d") },
    ];
    const leaves = { dk: { certificate: secure("e"), privateKey: secure("f") } };
    const { config } = readStackFile(
      readFileSync(join(project, "Pulumi.dev.yaml"), "utf8"),
      "Pulumi.dev.yaml",
    );
    const given = { ...config, "unityplan-nats:tls": { authorities, leaves, clients: "required" } };
    writeFileSync(file("Pulumi.given.yaml"), JSON.stringify({ encryptionsalt: "v1:none", config: given }));
    const { code, stdout, stderr } = await offline("given");
    expect(code, stdout + stderr).toBe(0);
    for (const path of [
      "tls.authorities.2.certificate",
      "tls.authorities.3.chain",
      "tls.leaves.dk.privateKey",
    ])
      expect(stdout).toContain(`${path} (secret)`);
    expect(stdout).toContain("Pulumi accepts the configuration");
  });
});

describe("an update", () => {
  it("never takes what stands in for a secret, whatever its environment says", async () => {
    const given = { generation: 2, phase: "active", certificate: "[secret]", privateKey: "[secret]" };
    const stack = await TestStack.create({ tls: { authorities: [given] } });
    try {
      stack.env[standInsVariable] = "yes";
      const { code, stdout } = await stack.up();
      expect(code).not.toBe(0);
      expect(stdout).toContain('tls.authorities[0].privateKey: is the word "[secret]"');
      expect(await stack.leftovers("volume")).toEqual([]);
    } finally {
      await stack.dispose();
    }
  });
});

describe("the words of both previews", () => {
  it.each(stacks)("are the same for %s: the plan names what the engine's own steps name", async (stack) => {
    const { configuration, plan } = describeStack(project, stack);
    if (configuration === undefined || plan === undefined) throw new Error(`${stack} has no plan`);
    const { steps, faults } = await previewEmptyStack(project, stack, configuration.text, process.env);
    expect(faults).toEqual([]);
    const told = compare(undefined, plan).filter(isOfSteps).map(inShort);
    expect(told).toEqual(changesOf(steps).filter(isOfPlan).map(inShort));
  });
});

function inShort(change: Change): string {
  return `${change.verb} ${change.what} ${change.what === "part" ? change.kind : ""} ${change.id}`;
}

/** What only looks, and plugins that have no engine of their own, are in no plan. */
function isOfPlan(change: Change): boolean {
  if (change.what !== "part") return true;
  return change.kind !== "check" && (change.kind !== "provider" || change.id.startsWith("docker-"));
}

/** What a choice changes is no resource. */
function isOfSteps(change: Change): boolean {
  return change.what !== "part" || change.kind !== "other";
}
