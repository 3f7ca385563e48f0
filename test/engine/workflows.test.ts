import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "../../harness/run.ts";
import { Clone } from "../support/clone.ts";
import { FakeGitHub } from "../support/github.ts";
import type { Contexts } from "../support/workflows/expression.ts";
import { type Place, type RanJob, runJob } from "../support/workflows/job.ts";
import { workflow, workflows } from "../support/workflows/read.ts";
import { agentsOf, runnerFor } from "../support/workflows/runner.ts";

/** Every shell step of every workflow, on a stack of this machine's engine that is called prod. */
let clone: Clone;
let github: FakeGitHub;
let place: Place;
let contexts: Contexts;
let sshKey: string;
const ran = new Set<string>();

const noBackend = { PULUMI_BACKEND_URL: "", AWS_REGION: "" };

beforeAll(async () => {
  clone = await Clone.create();
  github = await FakeGitHub.start();
  place = runnerFor(clone, github);
  configureProd({});
  await commit("what is deployed");
  sshKey = await newKey();
  const state = join(place.temp, "state");
  mkdirSync(state);
  contexts = {
    github: {
      repository: github.repository,
      token: github.token,
      ref: "refs/heads/main",
      event_name: "push",
      event: { workflow_run: { id: 9, event: "pull_request", conclusion: "success" } },
    },
    runner: { temp: place.temp },
    vars: { ...noBackend, PULUMI_BACKEND_URL: `file://${state}` },
    secrets: {
      PULUMI_ACCESS_TOKEN: "",
      PULUMI_CONFIG_PASSPHRASE: "a passphrase of this test",
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      SSH_PRIVATE_KEY: sshKey,
    },
  };
});

afterAll(async () => {
  await github?.stop();
  await clone?.dispose();
  if (place !== undefined) rmSync(place.temp, { recursive: true, force: true });
});

/** The stack that stands for prod: on this machine's engine, with names and ports of this test. */
function configureProd(sections: object): void {
  const all = { pods: clone.pods, cluster: { resourcePrefix: clone.prefix }, ...sections };
  const lines = Object.entries(all).map(
    ([name, value]) => `  unityplan-nats:${name}: ${JSON.stringify(value)}`,
  );
  const file = join(clone.folder, "Pulumi.prod.yaml");
  const salt = existsSync(file) ? (/^encryptionsalt: .*$/m.exec(readFileSync(file, "utf8"))?.[0] ?? "") : "";
  writeFileSync(file, `config:\n${lines.join("\n")}\n${salt}\n`);
}

async function commit(message: string): Promise<void> {
  const git = (...args: string[]) => mustRun("git", args, { cwd: clone.folder, env: place.env });
  if (!existsSync(join(clone.folder, ".git"))) {
    await git("init", "--quiet", "--initial-branch=main");
    appendFileSync(join(clone.folder, ".git", "info", "exclude"), "node_modules\npulumi-home\n");
  }
  await git("add", "--all");
  await git("-c", "user.name=test", "-c", "user.email=test@localhost", "commit", "--quiet", "-m", message);
}

async function newKey(): Promise<string> {
  const file = join(place.temp, "key");
  await mustRun("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const key = readFileSync(file, "utf8");
  rmSync(file);
  return key;
}

/** Runs a job of a workflow. */
async function job(file: string, id: string, change: Contexts = {}): Promise<RanJob> {
  const result = await runJob(workflow(file), id, { ...contexts, ...change }, place);
  for (const { step } of result.steps) ran.add(`${file}.${id}: ${step}`);
  return result;
}

function said(result: RanJob, step: string): string {
  const { code, stdout, stderr } = result.steps.find((candidate) => candidate.step === step) ?? {};
  return `exit code ${code}\n${stdout}\n${stderr}`;
}

function everything({ status, steps }: RanJob): string {
  return `${status}\n${steps.map(({ step, code, stdout, stderr }) => `## ${step}: ${code}\n${stdout}\n${stderr}`).join("\n")}`;
}

const server = () => ["--no-context", "--server", `nats://127.0.0.1:${clone.pods[0]?.clientPort}`];
const editAge = (age: string) =>
  mustRun("nats", [...server(), "stream", "edit", "TERRITORY_DK", `--max-age=${age}`, "--force"]);

describe("in a repository in which nothing is set", () => {
  it.each([
    ["deploy", "up"],
    ["renewal", "renew"],
    ["drift", "look"],
  ])("%s says in a notice that it does nothing, and does nothing", async (file, id) => {
    const result = await job(file, id, { vars: noBackend });
    expect(result.status).toBe("success");
    expect(result.steps).toHaveLength(1);
    expect(result.steps[0]?.stdout).toMatch(
      /^::notice title=Nothing was .*::The environment prod.* docs\/workflows\.md/,
    );
  });
});

describe("deploy", () => {
  it("fails in words where there is no key for the hosts", async () => {
    const secrets = { ...(contexts.secrets as object), SSH_PRIVATE_KEY: "" };
    const result = await job("deploy", "up", { secrets });
    expect(result.status).toBe("failure");
    expect(said(result, "Update")).toContain("SSH_PRIVATE_KEY: is not set: docs/workflows.md says which");
  });

  it("brings prod up, and leaves neither an agent nor the key behind", async () => {
    const result = await job("deploy", "up");
    expect(result.status, everything(result)).toBe("success");
    expect(said(result, "Update")).toContain("Try next:");
    expect(everything(result)).not.toContain("PRIVATE KEY");
    await expect.poll(() => agentsOf(place)).toEqual([]);
    const [, secret = ""] = sshKey.split("\n");
    const { stdout } = await clone.program("grep", "-rlF", secret, place.temp, clone.folder);
    expect(stdout).toBe("");
  });
});

describe("renewal", () => {
  it("goes through where nothing is due, and says nothing", async () => {
    const result = await job("renewal", "renew");
    expect(result.status, everything(result)).toBe("success");
    expect(said(result, "Update")).toMatch(/\d+ unchanged/);
    expect(github.issues.size).toBe(0);
  });

  it("does nothing where a change waits for approval, and an issue says so", async () => {
    configureProd({ streams: { TERRITORY_NO: { maxAge: "7d" } } });
    const result = await job("renewal", "renew");
    configureProd({});
    expect(result.status, everything(result)).toBe("failure");
    expect(said(result, "Is anything but certificates waiting?")).toMatch(/^exit code 3\n/);
    expect(result.steps.map(({ step }) => step)).not.toContain("Update");
    expect(github.issues.get(1)).toMatchObject({
      title: "Certificates of prod were not renewed",
      state: "open",
    });
    expect(github.issues.get(1)?.body).toContain("TERRITORY_NO");
  });
});

describe("drift", () => {
  it("is none after an update", async () => {
    const result = await job("drift", "look");
    expect(result.status, everything(result)).toBe("success");
    expect(github.issues.size).toBe(1);
  });

  it("made by hand fails the look and opens an issue, which is closed when it is gone", async () => {
    await editAge("1d");
    const found = await job("drift", "look");
    expect(found.status, everything(found)).toBe("failure");
    expect(said(found, "Look")).toMatch(/^exit code 3\n/);
    expect(github.issues.get(2)).toMatchObject({
      title: "prod is not what its configuration says",
      state: "open",
    });
    expect(github.issues.get(2)?.body).toContain("TERRITORY_DK");

    await editAge("30d");
    const fine = await job("drift", "look");
    expect(fine.status, everything(fine)).toBe("success");
    expect(github.issues.get(2)?.state).toBe("closed");
  });
});

describe("a pull request", () => {
  const pullRequest = (from: string, stack: string, vars: object): Contexts => ({
    matrix: { stack },
    vars,
    github: {
      ...(contexts.github as object),
      event_name: "pull_request",
      event: { pull_request: { number: 7, head: { repo: { full_name: from } }, user: { login: "anna" } } },
    },
  });
  const artifact = (stack: string) =>
    readFileSync(join(place.artifacts, `preview-${stack}`, "report.md"), "utf8");

  it("of this repository is previewed against the state where there is one, and offline where not", async () => {
    const streams = { TERRITORY_SE: { maxAge: "7d" } };
    configureProd({ streams });
    clone.configure({ streams });
    await commit("what the pull request changes");
    const prod = await job("preview", "own", pullRequest(github.repository, "prod", contexts.vars as object));
    expect(prod.status, everything(prod)).toBe("success");
    expect(artifact("prod")).toMatch(/^### prod: 1 changed in place; \d+ resources unchanged\n/);
    const dev = await job("preview", "own", pullRequest(github.repository, "dev", noBackend));
    expect(dev.status, everything(dev)).toBe("success");
    expect(artifact("dev")).toMatch(/^### dev: 1 changed in place\n/);
    expect(readFileSync(join(place.temp, "summary.md"), "utf8")).toContain("### dev: 1 changed in place\n");
  });

  it("gets one comment, which the next run rewrites", async () => {
    const head = { sha: "c".repeat(40), repo: { full_name: "somebody/nats" } };
    github.add({ number: 7, isPull: true });
    const base = { repo: { full_name: github.repository } };
    github.pulls = [{ number: 7, state: "open", headLabel: "somebody:mend", head, base }];
    github.runs.set(9, {
      event: "pull_request",
      head_sha: head.sha,
      head_branch: "mend",
      head_repository: { ...head.repo, owner: { login: "somebody" } },
      pull_requests: [],
      html_url: "https://github.test/run/9",
    });
    const first = await job("comment", "comment");
    expect(first.status, everything(first)).toBe("success");
    expect(github.comments(7)[0]?.body).toContain("### prod: 1 changed in place; ");
    rmSync(join(place.temp, "previews"), { recursive: true });

    const refused = await refusedFork();
    expect(refused.status, everything(refused)).toBe("failure");
    const second = await job("comment", "comment");
    expect(second.status, everything(second)).toBe("success");
    expect(github.comments(7)).toHaveLength(1);
    expect(github.comments(7)[0]?.body).toContain("**REFUSED**");
    expect(github.comments(7)[0]?.body).toContain('the nearest is "maxAge"');
  });

  /** A fork's preview that is refused, which writes its report all the same. */
  async function refusedFork(): Promise<RanJob> {
    configureProd({ streams: { TERRITORY_SE: { maxage: "7d" } } });
    const result = await job("preview", "fork", pullRequest("somebody/nats", "prod", {}));
    configureProd({});
    return result;
  }

  it("of a fork is previewed offline with no word of a secret", async () => {
    const given = { ...pullRequest("somebody/nats", "prod", {}), secrets: {} };
    const result = await job("preview", "fork", given);
    expect(result.status, everything(result)).toBe("success");
    expect(artifact("prod")).toContain("Offline: ");
  });
});

describe("check", () => {
  // The real commands on the whole project, but with one test in the place of this one and its kind. Whether the project
  // is clean is not asked here: that is for `npm run check` itself.
  it("runs the checks, and the tests after them whatever they found", async () => {
    const folder = join(clone.folder, "test", "unit");
    mkdirSync(folder, { recursive: true });
    const test = 'import { expect, it } from "vitest";\n\nit("runs", () => {\n  expect(1).toBe(1);\n});\n';
    writeFileSync(join(folder, "one.test.ts"), test);
    writeFileSync(join(clone.folder, "test", "package.json"), '{\n  "type": "module"\n}\n');
    const result = await job("check", "check");
    const checked = said(result, "Types, lint, format, workflows");
    expect(checked).toMatch(/^exit code [01]\n/);
    for (const command of ["tsc --project .", "biome check", "actionlint -shellcheck= -pyflakes="])
      expect(checked).toContain(command);
    expect(said(result, "Tests")).toMatch(/^exit code 0\n[\s\S]*\n1 passed, 0 failed\n/);
    expect(said(result, "Give what root has made back, for the caches")).toMatch(/^exit code 0\n/);
  });
});

describe("after all of this", () => {
  it("there is no shell step of any workflow that was not run", () => {
    const all = workflows().flatMap(({ file, jobs }) =>
      Object.entries(jobs).flatMap(([id, { steps }]) =>
        steps.flatMap(({ run, name }) => (run === undefined ? [] : [`${file}.${id}: ${name}`])),
      ),
    );
    expect(all.filter((step) => !ran.has(step))).toEqual([]);
  });
});
