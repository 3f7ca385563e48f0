import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { mustRun } from "../../../../harness/run.ts";
import { findBase, planAt } from "../../../../operations/preview/base.ts";
import { compare } from "../../../../operations/preview/compare.ts";
import type { PlanDocument } from "../../../../operations/preview/document.ts";
import { documentIn } from "../../../../operations/preview/document-text.ts";

const project = join(import.meta.dirname, "..", "..", "..", "..");
const copied = [
  "components",
  "plan",
  "model",
  "operations",
  "toolchain",
  "client",
  "provider",
  "package.json",
  "tsconfig.json",
];

let folder: string;
let home: string;
/** Of nobody: no configuration of git, and what a hook of another repository would have set. */
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "unityplan-base-"));
  // Other tests' folders are none of these.
  mkdirSync(join(home, "tmp"));
  vi.stubEnv("TMPDIR", join(home, "tmp"));
  folder = join(home, "project");
  env = {
    PATH: process.env.PATH,
    HOME: home,
    GIT_DIR: join(home, "elsewhere"),
    GIT_INDEX_FILE: join(home, "elsewhere/index"),
  };
  for (const name of copied) {
    cpSync(join(project, name), join(folder, name), {
      recursive: true,
      filter: (file) => !file.includes("toolchain/go"),
    });
  }
  for (const stack of ["dev", "prod"])
    cpSync(join(project, `Pulumi.${stack}.yaml`), file(`Pulumi.${stack}.yaml`));
  symlinkSync(join(project, "node_modules"), file("node_modules"));
  writeFileSync(file(".gitignore"), "node_modules\n");
  await git("init", "--quiet", "--initial-branch", "main");
  await commit();
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

function file(name: string): string {
  return join(folder, name);
}

function git(...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=Nobody",
    "-c",
    "user.email=nobody@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  return mustRun("git", [...identity, ...args], { cwd: folder, env: { PATH: env.PATH, HOME: home } });
}

async function commit(): Promise<string> {
  await git("add", "--all");
  await git("commit", "--quiet", "--allow-empty", "--message", "a step");
  return (await git("rev-parse", "HEAD")).trim();
}

function edit(name: string, from: string, to: string): void {
  const text = readFileSync(file(name), "utf8");
  if (!text.includes(from)) throw new Error(`${name} has no ${from}`);
  writeFileSync(file(name), text.replace(from, to));
}

async function base(asked?: string): Promise<{ commit: string; name: string }> {
  const found = await findBase(folder, asked, env);
  if ("none" in found) throw new Error(found.none);
  return found;
}

async function plan(asked: string, stack = "dev"): Promise<PlanDocument> {
  const found = await planAt(folder, await base(asked), stack, env);
  if ("none" in found) throw new Error(found.none);
  return found;
}

/** What the work tree's own files make of it. */
async function head(stack = "dev"): Promise<PlanDocument> {
  const text = await mustRun(process.execPath, [file("operations/preview/describe.ts"), stack], { env });
  const document = documentIn(text);
  if (document === undefined) throw new Error(`no document: ${text}`);
  return document;
}

/** All that a comparison must leave as it is. */
async function traces(): Promise<string> {
  const asked = [
    ["status", "--porcelain", "--branch"],
    ["worktree", "list"],
    ["for-each-ref"],
    ["config", "--list", "--local"],
    ["stash", "list"],
  ];
  return (await Promise.all(asked.map((args) => git(...args)))).join("\n");
}

function left(): string[] {
  return readdirSync(join(home, "tmp"));
}

describe("a repository with two commits", () => {
  let first: string;

  beforeAll(async () => {
    first = (await git("rev-parse", "HEAD")).trim();
    await git("checkout", "--quiet", "-b", "branch");
    edit(
      "plan/render/nats-conf.ts",
      "server_tags: pod.tags,",
      "server_tags: pod.tags,\n    max_connections: 4321,",
    );
    edit(
      "Pulumi.dev.yaml",
      "config:",
      "config:\n  unityplan-nats:streams: { GLOBAL_EVENTS: { maxAge: 14d } }",
    );
    await commit();
  });

  it("tells what the branch changes: in the configuration, and in the files that make the plan", async () => {
    const changes = compare(await plan("main"), await head());
    const told = changes.map(({ verb, what, id, details }) => ({ verb, what, id, details }));
    const line = { path: "nats.conf", before: undefined, after: "max_connections: 4321" };
    expect(told).toEqual([
      { verb: "reloaded", what: "server", id: "dk", details: [line] },
      { verb: "reloaded", what: "server", id: "no", details: [line] },
      { verb: "reloaded", what: "server", id: "se", details: [line] },
      {
        verb: "changed",
        what: "stream",
        id: "GLOBAL_EVENTS",
        details: [{ path: "maxAgeSeconds", before: "604800", after: "1209600" }],
      },
    ]);
  });

  it("compares with where the branch parted, and not with what came to main since", async () => {
    await git("checkout", "--quiet", "main");
    edit("Pulumi.dev.yaml", "config:", "config:\n  unityplan-nats:rollout: rolling");
    await commit();
    await git("checkout", "--quiet", "branch");
    expect(await base("main")).toEqual({ commit: first, name: `${first.slice(0, 7)} (merge base of main)` });
    expect((await plan("main")).rollout.mode).toBe("parallel");
  });

  it("leaves index, branches, settings and worktrees as they are, and no folder behind", async () => {
    edit("Pulumi.prod.yaml", "memoryLimit: 2GB", "memoryLimit: 3GB");
    await git("add", "Pulumi.prod.yaml");
    const before = [await traces(), readFileSync(file(".git/index")).toString("hex")];
    await plan("main");
    expect([await traces(), readFileSync(file(".git/index")).toString("hex")]).toEqual(before);
    expect(left()).toEqual([]);
    await git("checkout", "--quiet", "--force", "HEAD");
  });

  it("has a plan of a base that still imports js-yaml, which stays a dependency for one more release", async () => {
    await git("checkout", "--quiet", "-b", "older-reader", "main");
    edit(
      "operations/preview/describe.ts",
      "import {",
      'import { load } from "js-yaml";\nload("a: b");\nimport {',
    );
    await commit();
    expect(await plan("older-reader")).toEqual(await plan("main"));
    await git("checkout", "--quiet", "branch");
  });

  it("runs no hook of the repository", async () => {
    const hook = file(".git/hooks/post-checkout");
    writeFileSync(hook, `#!/bin/sh\ntouch ${home}/hook-ran\n`, { mode: 0o755 });
    await plan("main");
    rmSync(hook);
    expect(readdirSync(home)).not.toContain("hook-ran");
  });
});

describe("a commit that has no plan", () => {
  it("says so where it has no such stack", async () => {
    expect(await planAt(folder, await base("main"), "staging", env)).toEqual({
      none: "has no stack staging",
    });
  });

  it("says so where it is older than this preview", async () => {
    await git("checkout", "--quiet", "-b", "older", "main");
    await git("rm", "--quiet", "operations/preview/describe.ts");
    await commit();
    expect(await planAt(folder, await base("older"), "dev", env)).toEqual({
      none: "has no plan to compare with: it is older than this preview",
    });
  });

  it("shows the faults of its configuration, and leaves no worktree behind", async () => {
    await git("checkout", "--quiet", "-b", "faulty", "main");
    edit("Pulumi.dev.yaml", "clientPort: 4223", "clientPort: 4222");
    await commit();
    const found = await planAt(folder, await base("faulty"), "dev", env);
    expect(found).toEqual({ none: expect.stringContaining("dev pods[1].clientPort") });
    expect((await git("worktree", "list")).trim().split("\n")).toHaveLength(1);
    expect(left()).toEqual([]);
  });

  it("shows why its files do not run", async () => {
    await git("checkout", "--quiet", "-b", "broken", "main");
    writeFileSync(file("operations/preview/describe.ts"), 'throw new Error("out of order");\n');
    await commit();
    const found = await planAt(folder, await base("broken"), "dev", env);
    expect(found).toEqual({ none: expect.stringContaining("out of order") });
  });

  it("is told by its version where it is of another one", async () => {
    await git("checkout", "--quiet", "-b", "newer", "main");
    writeFileSync(file("operations/preview/describe.ts"), "console.log(JSON.stringify({ version: 99 }));\n");
    await commit();
    const found = await planAt(folder, await base("newer"), "dev", env);
    expect(found).toEqual({ none: "has a plan of version 99, but this program compares version 1" });
  });
});

describe("which commit", () => {
  it("is that of the branch which a pull request goes to, then origin/main, then main", async () => {
    expect((await base()).name).toMatch(/ \(merge base of main\)$/);
    await git("update-ref", "refs/remotes/origin/main", "main");
    expect((await base()).name).toMatch(/ \(merge base of origin\/main\)$/);
    await git("update-ref", "refs/remotes/origin/release", "main");
    env.GITHUB_BASE_REF = "release";
    expect((await base()).name).toMatch(/ \(merge base of origin\/release\)$/);
    expect((await base("main")).name).toMatch(/ \(merge base of main\)$/);
    delete env.GITHUB_BASE_REF;
  });

  it("has to be in this clone, or it is said how to fetch it", async () => {
    await expect(findBase(folder, "nowhere", env)).rejects.toThrow(
      "this clone has no nowhere to compare with",
    );
    await expect(findBase(folder, "--output=file", env)).rejects.toThrow("this clone has no --output=file");
    const inWorkflow = { ...env, GITHUB_BASE_REF: "release-2" };
    await expect(findBase(folder, undefined, inWorkflow)).rejects.toThrow(
      "git fetch origin release-2:refs/remotes/origin/release-2",
    );
  });

  it("can't be found in a shallow clone, and it is said what to run", async () => {
    const shallow = join(home, "shallow");
    await mustRun(
      "git",
      ["clone", "--quiet", "--depth", "1", "--no-single-branch", `file://${folder}`, shallow],
      {
        env: { PATH: env.PATH, HOME: home },
      },
    );
    await expect(findBase(shallow, "origin/branch", env)).rejects.toThrow("git fetch --unshallow");
  });

  it("is none where there is no repository", async () => {
    const bare = mkdtempSync(join(home, "bare-"));
    expect(await findBase(bare, undefined, env)).toEqual({ none: "this folder is not in a git repository" });
    await expect(findBase(bare, "main", env)).rejects.toThrow("this folder is not in a git repository");
  });
});

describe("a comparison that somebody ends", () => {
  it("takes its folder and its worktree with it", async () => {
    const program = join(home, "wait.mjs");
    const cleanup = JSON.stringify(join(project, "operations/preview/cleanup.ts"));
    writeFileSync(
      program,
      `import { writeFileSync } from "node:fs";
      import { inTemporaryFolder, withCleanup } from ${cleanup};
      const forever = () => new Promise(() => setInterval(() => {}, 1000));
      await inTemporaryFolder((folder) =>
        withCleanup(() => writeFileSync("cleaned-up", folder), () => {
          console.log("at work");
          return forever();
        }));`,
    );
    const child = spawn(process.execPath, [program], {
      cwd: home,
      env: { ...env, TMPDIR: join(home, "tmp") },
    });
    const said: string[] = [];
    child.stdout.on("data", (text: Buffer) => said.push(text.toString()));
    await vi.waitFor(() => expect(said.join("")).toContain("at work"), { timeout: 10_000 });
    expect(left()).toHaveLength(1);
    child.kill("SIGTERM");
    const [code] = await once(child, "close");
    expect(code).toBe(143);
    expect(readFileSync(join(home, "cleaned-up"), "utf8")).toContain("unityplan-preview-");
    expect(left()).toEqual([]);
  });
});
