// biome-ignore-all lint/suspicious/noTemplateCurlyInString: GitHub writes its expressions so.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { PULUMI_VERSION } from "../../toolchain/modules.ts";
import { type Contexts, evaluate, interpolate, runs } from "../support/workflows/expression.ts";
import { actionFiles, type Job, type Step, workflow, workflows } from "../support/workflows/read.ts";

const all = workflows();
const jobs = all.flatMap((file) =>
  Object.entries(file.jobs).map(([id, job]) => ({ id: `${file.file}.${id}`, job, file })),
);
const steps = jobs.flatMap(({ id, job }) => job.steps.map((step) => ({ id, step })));

describe("every workflow", () => {
  it.each(actionFiles())(
    "pins each action of $name by a whole commit, with its version beside it",
    ({ text }) => {
      const used = [...text.matchAll(/^\s*(?:- )?uses: (.*)$/gm)].map(([, what = ""]) => what);
      expect(used.length).toBeGreaterThan(0);
      for (const what of used)
        expect(what).toMatch(
          /^(?:[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/\.github\/actions\/tools)$/,
        );
    },
  );

  it("means the same commit by the same action everywhere", () => {
    const used = actionFiles().flatMap(({ text }) => text.match(/[\w-]+\/[\w-]+@[0-9a-f]{40} # \S+/g) ?? []);
    const actions = new Set(used.map((what) => what.split("@")[0]));
    expect(new Set(used).size).toBe(actions.size);
  });

  it("may do nothing by default, and each job only what it needs", () => {
    expect(all.map(({ permissions }) => permissions)).toEqual(all.map(() => ({})));
    const contents = { contents: "read" };
    expect(Object.fromEntries(jobs.map(({ id, job }) => [id, job.permissions]))).toEqual({
      "check.check": contents,
      "comment.comment": { ...contents, actions: "read", "pull-requests": "write" },
      "deploy.up": contents,
      "drift.look": { ...contents, issues: "write" },
      "preview.fork": contents,
      "preview.own": contents,
      "renewal.renew": { ...contents, issues: "write" },
    });
  });

  it("leaves no token in a checkout, and checks out nothing but what it was started for", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBe(jobs.length);
    for (const { step } of checkouts) {
      expect(step.with?.["persist-credentials"]).toBe(false);
      expect(step.with).not.toHaveProperty("ref");
    }
  });

  it("is never started with more rights than the code it runs has earned", () => {
    for (const { on } of all) expect(Object.keys(on)).not.toContain("pull_request_target");
  });

  it("puts no expression into a script: values go through the environment", () => {
    for (const { step } of steps) expect(step.run ?? "").not.toContain("${{");
  });

  it("stops at the first failure in a script, an unset variable and a broken pipe among them", () => {
    for (const { defaults } of all)
      expect(defaults?.run?.shell).toBe("bash --noprofile --norc -euo pipefail {0}");
  });

  it("ends by itself", () => {
    for (const { id, job } of jobs) expect(job["timeout-minutes"], id).toBeGreaterThan(0);
  });

  it("calls npm commands that there are", () => {
    const project = join(import.meta.dirname, "..", "..");
    const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8")) as {
      scripts: object;
    };
    const called = steps.flatMap(({ step }) => [...(step.run ?? "").matchAll(/\bnpm run ([\w:]+)/g)]);
    expect(called.length).toBeGreaterThan(7);
    for (const [, name] of called) expect(Object.keys(scripts)).toContain(name);
  });

  it("installs the Pulumi that the set-up is pinned to", () => {
    const installs = steps.filter(({ step }) => step.uses?.startsWith("pulumi/actions@"));
    expect(installs.length).toBe(4);
    // Without a command the action installs and stops: the npm command does the rest.
    for (const { step } of installs) expect(step.with).toEqual({ "pulumi-version": PULUMI_VERSION });
  });
});

describe("secrets", () => {
  const withSecrets = ({ env = {} }: Step) => Object.values(env).some((value) => value.includes("secrets."));

  it("are given to steps one by one, and only where the environment names a backend", () => {
    for (const { job, file } of jobs) expect(JSON.stringify([job.env, file.env])).not.toContain("secrets.");
    for (const { id, step } of steps.filter(({ step }) => withSecrets(step)))
      expect(step.if, id).toBe("vars.PULUMI_BACKEND_URL != ''");
  });

  it("are of an environment, so that its rules say which branch gets them", () => {
    const having = jobs.filter(({ job }) => job.steps.some(withSecrets));
    expect(Object.fromEntries(having.map(({ id, job }) => [id, job.environment]))).toEqual({
      "deploy.up": "prod",
      "drift.look": "prod-scheduled",
      "preview.own": "${{ matrix.stack }}-preview",
      "renewal.renew": "prod-scheduled",
    });
  });

  it("hold no key to a host where a pull request's code runs", () => {
    expect(JSON.stringify(workflow("preview"))).not.toContain("SSH");
  });

  it("reach ssh-add from memory and are gone before anything else starts", () => {
    const keyed = steps.filter(({ step }) => step.env?.SSH_PRIVATE_KEY !== undefined);
    expect(keyed.length).toBe(3);
    for (const { step } of keyed) {
      const lines = (step.run ?? "").trim().split("\n");
      expect(lines[0]).toBe('eval "$(ssh-agent -s)" > /dev/null');
      expect(lines[1]).toBe("trap 'ssh-agent -k > /dev/null' EXIT");
      expect(lines[2]).toMatch(/^printf '%s\\n' "\$\{SSH_PRIVATE_KEY:\?[^"]+\}" \| ssh-add -q -$/);
      expect(lines[3]).toBe("unset SSH_PRIVATE_KEY");
      expect(lines.length).toBe(5);
    }
  });
});

describe("previews", () => {
  const { own, fork } = workflow("preview").jobs as Record<"own" | "fork", Job>;
  const pull = (repository: string, author: string) => ({
    github: {
      repository: "unityplan/nats",
      event: { pull_request: { head: { repo: { full_name: repository } }, user: { login: author } } },
    },
  });
  const which = (contexts: Contexts) => ({
    own: runs(own.if, contexts, "success"),
    fork: runs(fork.if, contexts, "success"),
  });

  it.each([
    ["a branch of this repository", pull("unityplan/nats", "anna"), { own: true, fork: false }],
    ["a fork", pull("somebody/nats", "somebody"), { own: false, fork: true }],
    ["Dependabot", pull("unityplan/nats", "dependabot[bot]"), { own: false, fork: true }],
  ])("of %s run in the right job, and in one only", (_who, contexts, expected) => {
    expect(which(contexts)).toEqual(expected);
  });

  it("of forks have no environment and no word of a secret", () => {
    expect(fork.environment).toBeUndefined();
    expect(JSON.stringify(fork)).not.toMatch(/secrets\.|vars\./);
  });

  it("are called the same, so that a rule for merging can want them of everybody", () => {
    expect([own.name, fork.name]).toEqual([
      "preview of ${{ matrix.stack }}",
      "preview of ${{ matrix.stack }}",
    ]);
  });

  it("are of both stacks, one at a time for a stack of a pull request, the newest first", () => {
    for (const job of [own, fork]) {
      expect(job.strategy?.matrix.stack).toEqual(["dev", "prod"]);
      expect(job.concurrency?.group).toContain("${{ matrix.stack }}");
      expect(job.concurrency?.["cancel-in-progress"]).toBe(true);
    }
  });
});

describe("updates of prod", () => {
  const updates = ["deploy.up", "renewal.renew"];

  it("never run at once, and none is cut short", () => {
    for (const { job } of jobs.filter(({ id }) => updates.includes(id)))
      expect(job.concurrency).toEqual({ group: "stack-prod", "cancel-in-progress": false });
  });

  it("by the clock come only after a preview that found nothing but certificates", () => {
    const { steps: inOrder = [] } = workflow("renewal").jobs.renew ?? {};
    const commands = inOrder.map(({ run = "" }) => run);
    const look = commands.findIndex((run) => run.includes("--expect renewal"));
    const update = commands.findIndex((run) => run.includes("npm run up"));
    expect(look).toBeGreaterThan(-1);
    expect(update).toBeGreaterThan(look);
    // A step with its own word on the status could run after a failure.
    expect(inOrder[update]?.if).not.toMatch(/always|failure|cancelled/);
  });

  it("and looks at it start from main only", () => {
    for (const name of ["renewal", "drift"])
      for (const job of Object.values(workflow(name).jobs))
        expect(job.if).toBe("github.ref == 'refs/heads/main'");
    expect(workflow("deploy").on).toEqual({ push: { branches: ["main"] } });
  });
});

describe("the comment's workflow", () => {
  const { comment } = workflow("comment").jobs;

  it("waits for the workflow of the previews", () => {
    const on = workflow("comment").on as { workflow_run: { workflows: string[] } };
    expect(on.workflow_run.workflows).toEqual([workflow("preview").name]);
  });

  it("keeps what it downloads apart from what it runs", () => {
    const download = comment?.steps.find(({ uses }) => uses?.startsWith("actions/download-artifact@"));
    expect(download?.with?.path).toMatch(/^\$\{\{ runner\.temp \}\}\//);
  });

  it.each([
    ["pull_request", "success", true],
    ["pull_request", "failure", true],
    ["pull_request", "cancelled", false],
    ["push", "success", false],
  ])("after a %s that ended with %s runs: %s", (event, conclusion, expected) => {
    const contexts = { github: { event: { workflow_run: { event, conclusion } } } };
    expect(runs(comment?.if, contexts, "success")).toBe(expected);
  });
});

describe("expressions in these tests", () => {
  const contexts = { github: { ref: "refs/heads/main", event: { number: 7 } }, vars: { URL: "" } };

  it.each([
    ["github.ref == 'refs/heads/MAIN'", true],
    ["vars.URL != ''", false],
    ["vars.URL || github.ref", "refs/heads/main"],
    ["!cancelled() && (vars.URL == '' || failure())", true],
    ["github.event.number", 7],
  ])("%s is %s", (text, expected) => {
    expect(evaluate(text, contexts)).toBe(expected);
  });

  it.each(["github.actor", "secrets.KEY", "contains('a', 'b')", "vars.URL ==", "(vars.URL"])(
    "%s is refused",
    (text) => {
      expect(() => evaluate(text, contexts)).toThrow();
    },
  );

  it("are replaced in texts", () => {
    expect(interpolate("pr-${{ github.event.number }}/${{ vars.URL }}", contexts)).toBe("pr-7/");
  });

  it("let a step run after a failure only if its condition speaks of that", () => {
    expect(runs("vars.URL == ''", contexts, "failure")).toBe(false);
    expect(runs("${{ !cancelled() }}", contexts, "failure")).toBe(true);
    expect(runs("${{ !cancelled() }}", contexts, "cancelled")).toBe(false);
    expect(runs(undefined, contexts, "failure")).toBe(false);
  });
});
