import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { GitHub, refusal } from "../../../operations/github/api.ts";
import { readGitHubArguments } from "../../../operations/github/arguments.ts";
import { botLogin, commentPreviews, keepIssue } from "../../../operations/github/bot.ts";
import type { Finding } from "../../../operations/github/issues.ts";
import { bodyLimit } from "../../../operations/github/markdown.ts";
import { previewMarker } from "../../../operations/github/previews.ts";
import { readReports, stacksIn } from "../../../operations/github/reports.ts";
import { readSettings } from "../../../operations/github/settings.ts";
import { FakeGitHub } from "../../support/github.ts";

const sha = "a".repeat(40);
let fake: FakeGitHub;
let github: GitHub;

beforeEach(async () => {
  fake = await FakeGitHub.start();
  github = new GitHub(fake.settings);
});

afterEach(() => fake.stop());

/** A run of the preview's workflow for a pull request that is there. */
function pullRequest(given: { number?: number; from?: string; sha?: string; branch?: string } = {}): void {
  const { number = 7, from = fake.repository, branch = "mend/it & more" } = given;
  const owner = from.split("/")[0] ?? "";
  fake.add({ number, isPull: true });
  fake.pulls.push({
    number,
    state: "open",
    headLabel: `${owner}:${branch}`,
    head: { sha: given.sha ?? sha, repo: { full_name: from } },
    base: { repo: { full_name: fake.repository } },
  });
  fake.runs.set(9, {
    event: "pull_request",
    head_sha: sha,
    head_branch: branch,
    head_repository: { full_name: from, owner: { login: owner } },
    pull_requests: [],
    html_url: "https://github.test/run/9",
  });
}

const found = [
  { stack: "dev", report: "### dev: nothing changes" },
  { stack: "prod", report: "### prod: 3 reloaded" },
];

describe("the comment of a pull request", () => {
  it("is written once and then rewritten in place", async () => {
    pullRequest();
    expect(await commentPreviews(github, "9", found)).toBe("Wrote a comment on #7.");
    const changed = [found[0], { stack: "prod", report: "### prod: REFUSED" }] as typeof found;
    expect(await commentPreviews(github, "9", changed)).toBe("Rewrote the comment on #7.");
    const [only, ...others] = fake.comments(7);
    expect(others).toEqual([]);
    expect(only?.body).toMatch(/^<!-- unityplan-nats: previews -->\n## Preview\n/);
    expect(only?.body).toContain("### dev: nothing changes");
    expect(only?.body).toContain("### prod: REFUSED");
    expect(only?.body).toContain(sha);
  });

  it("is left alone when it says it already", async () => {
    pullRequest();
    await commentPreviews(github, "9", found);
    expect(await commentPreviews(github, "9", found)).toBe("The comment on #7 is up to date.");
    expect(fake.asked.filter((asked) => !asked.startsWith("GET"))).toEqual(["POST /issues/7/comments"]);
  });

  it("is found behind two hundred and fifty others", async () => {
    pullRequest();
    for (let index = 0; index < 250; index += 1) fake.comment(7, `talk ${index}`);
    const own = fake.comment(7, `${previewMarker}\nold`, botLogin);
    expect(await commentPreviews(github, "9", found)).toBe("Rewrote the comment on #7.");
    expect(fake.comments(7)).toHaveLength(251);
    expect(own.body).toContain("### prod: 3 reloaded");
  });

  it("is never somebody else's, though it begins in the same way", async () => {
    pullRequest();
    const theirs = fake.comment(7, `${previewMarker}\nmine`);
    expect(await commentPreviews(github, "9", found)).toBe("Wrote a comment on #7.");
    expect(theirs.body).toBe(`${previewMarker}\nmine`);
  });

  it("goes to the pull request that GitHub names, of a fork too, and says that it is one", async () => {
    pullRequest({ from: "somebody/nats" });
    await commentPreviews(github, "9", found);
    expect(fake.comments(7)[0]?.body).toContain("This pull request comes from a fork");
  });

  it.each([
    ["has gone on", () => pullRequest({ sha: "b".repeat(40) }), "no open pull request has"],
    ["is closed", withPull(closePulls), "no open pull request has"],
    ["is one of two with this commit", withPull(() => pullRequest({ number: 8 })), "#7, #8"],
    ["has lost its fork", withPull(lostFork), "no open pull request has"],
    ["is none, but a push", withPull(pushed), "no open pull request has"],
  ])("is not written where the pull request %s", async (_what, prepare, words) => {
    prepare();
    const said = await commentPreviews(github, "9", found);
    expect(said).toMatch(/^Nothing was written: /);
    expect(said).toContain(words);
    expect(fake.asked.filter((asked) => !asked.startsWith("GET"))).toEqual([]);
  });

  it("goes to the one of two that the run names", async () => {
    pullRequest();
    pullRequest({ number: 8 });
    changeRun({ pull_requests: [{ number: 8 }] });
    expect(await commentPreviews(github, "9", found)).toBe("Wrote a comment on #8.");
  });

  it("says which stack has no report", async () => {
    pullRequest();
    await commentPreviews(github, "9", [{ stack: "dev", report: undefined }]);
    expect(fake.comments(7)[0]?.body).toContain("### dev: no preview\n\nThe run ended before");
  });

  it("names nobody and hides nothing, whatever a report says", async () => {
    pullRequest();
    await commentPreviews(github, "9", [{ stack: "dev", report: "@anna \u202eo\u0000k\r\nnext" }]);
    expect(fake.comments(7)[0]?.body).toContain("@\u200banna ok\nnext");
  });

  it("is cut to what GitHub takes: the short report whole, the long one with a notice", async () => {
    pullRequest();
    const long = `### prod\n\n<details><summary>Details</summary>\n\n\`\`\`diff\n${"+ a line\n".repeat(20_000)}\`\`\`\n\n</details>`;
    await commentPreviews(github, "9", [found[0] as (typeof found)[0], { stack: "prod", report: long }]);
    const body = fake.comments(7)[0]?.body ?? "";
    expect(body.length).toBeLessThanOrEqual(bodyLimit);
    expect(body.length).toBeGreaterThan(bodyLimit - 200);
    expect(body).toContain("### dev: nothing changes");
    expect(body).toMatch(/\+ a line\n```\n\n<\/details>\n\n\*\*Cut here: .*\*\*\n$/);
  });
});

function withPull(change: () => void): () => void {
  return () => {
    pullRequest();
    change();
  };
}

function closePulls(): void {
  fake.pulls = fake.pulls.map((pull) => ({ ...pull, state: "closed" }));
}

function changeRun(change: object): void {
  fake.runs.set(9, { ...fake.runs.get(9), ...change } as never);
}

function lostFork(): void {
  changeRun({ head_repository: null });
}

function pushed(): void {
  changeRun({ event: "push" });
}

describe("the issue of a scheduled run", () => {
  const finding = (change: Partial<Finding> = {}): Finding => ({
    subject: "drift",
    stack: "prod",
    outcome: "failure",
    report: "### prod: 1 changed in place",
    runUrl: "https://github.test/run/1",
    ...change,
  });

  it("is opened, rewritten by the next finding, and closed when it is fine again", async () => {
    expect(await keepIssue(github, finding())).toBe("Opened issue #1.");
    const next = finding({ report: "### prod: 2 changed in place", runUrl: "https://github.test/run/2" });
    expect(await keepIssue(github, next)).toBe("Rewrote issue #1.");
    expect(fake.issues.get(1)?.body).toContain("2 changed in place");
    expect(fake.issues.get(1)?.title).toBe("prod is not what its configuration says");
    const fine = finding({ outcome: "success", runUrl: "https://github.test/run/3" });
    expect(await keepIssue(github, fine)).toBe("Closed issue #1.");
    expect(fake.issues.get(1)).toMatchObject({ state: "closed", state_reason: "completed" });
    expect(fake.comments(1).map(({ body }) => body)).toEqual([
      "Fine again, [by this run](https://github.test/run/3).",
    ]);
    expect(await keepIssue(github, finding())).toBe("Opened issue #2.");
  });

  it("is not touched while nothing is found and none is open", async () => {
    expect(await keepIssue(github, finding({ outcome: "success" }))).toBe(
      "Nothing was written: the issues are up to date.",
    );
    expect(fake.asked).toEqual(["GET /issues"]);
  });

  it("is one for each subject and stack", async () => {
    await keepIssue(github, finding());
    await keepIssue(github, finding({ subject: "renewal" }));
    await keepIssue(github, finding({ stack: "other" }));
    expect([...fake.issues.keys()]).toEqual([1, 2, 3]);
    expect(fake.issues.get(2)?.title).toBe("Certificates of prod were not renewed");
  });

  it("is found behind two hundred others, and is never a pull request or somebody else's", async () => {
    const body = "<!-- unityplan-nats: drift of prod -->\nold";
    fake.add({ body });
    fake.add({ body, by: botLogin, isPull: true });
    for (let index = 0; index < 200; index += 1) fake.add({ by: botLogin });
    const own = fake.add({ body, by: botLogin });
    expect(await keepIssue(github, finding())).toBe(`Rewrote issue #${own.number}.`);
  });

  it("says so where the run left no report", async () => {
    await keepIssue(github, finding({ report: undefined }));
    expect(fake.issues.get(1)?.body).toContain("The run ended before it wrote a report.");
  });

  it("is cut to what GitHub takes", async () => {
    await keepIssue(github, finding({ report: "a line\n".repeat(20_000) }));
    expect(fake.issues.get(1)?.body.length).toBeLessThanOrEqual(bodyLimit);
    expect(fake.issues.get(1)?.body).toContain("**Cut here: ");
  });
});

describe("what GitHub refuses", () => {
  it.each([
    [401, "Bad credentials", "The token is not valid"],
    [403, "Resource not accessible by integration", "lacks a permission"],
    [403, "API rate limit exceeded", "again in an hour"],
    [404, "Not Found", "GITHUB_REPOSITORY"],
    [422, "Validation Failed", "a fault of this program"],
    [502, "Bad Gateway", "run this job again"],
  ])("with %i %s is told with what to do", (status, message, words) => {
    const text = refusal("POST /repos/a/b/issues", status, JSON.stringify({ message }));
    expect(text).toContain(`GitHub answered ${status} to POST /repos/a/b/issues: ${message}`);
    expect(text).toContain(words);
  });

  it("reaches the person with what was asked, and without the token", async () => {
    fake.broken = { status: 502, text: "<html>Bad Gateway</html>" };
    const error = await commentPreviews(github, "9", found).catch((thrown: Error) => thrown.message);
    expect(error).toBe(
      `GitHub answered 502 to GET /repos/${fake.repository}/actions/runs/9: <html>Bad Gateway</html>. ` +
        "This is a fault of GitHub: run this job again.",
    );
  });

  it("is told too where nobody answers", async () => {
    const nobody = new GitHub({ ...fake.settings, apiUrl: "http://127.0.0.1:1" });
    await expect(keepIssue(nobody, {} as Finding)).rejects.toThrow(
      /^GitHub did not answer GET \/repos\/.*: .*Run this/,
    );
  });

  it("is a wrong token", async () => {
    const wrong = new GitHub({ ...fake.settings, token: "ghs_wrong" });
    const error = await wrong.get("/issues").catch((thrown: Error) => thrown.message);
    expect(error).toContain("Bad credentials");
    expect(error).not.toContain("ghs_wrong");
  });
});

describe("what a run left", () => {
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "unityplan-reports-"));
    onTestFinished(() => rmSync(made, { recursive: true }));
    return made;
  };

  it("is read by the stacks of the project and nothing else", () => {
    const project = folder();
    for (const name of ["Pulumi.yaml", "Pulumi.prod.yaml", "Pulumi.dev.yaml", "Pulumi.a b.yaml"])
      writeFileSync(join(project, name), "");
    expect(stacksIn(project)).toEqual(["dev", "prod"]);
  });

  it("is never a link, a folder or more than a megabyte", () => {
    const reports = folder();
    for (const stack of ["link", "folder", "large", "fine"]) mkdirSync(join(reports, `preview-${stack}`));
    symlinkSync("/etc/hostname", join(reports, "preview-link", "report.md"));
    mkdirSync(join(reports, "preview-folder", "report.md"));
    writeFileSync(join(reports, "preview-large", "report.md"), "x".repeat(1024 * 1024 + 1));
    writeFileSync(join(reports, "preview-fine", "report.md"), "fine");
    const read = readReports(reports, ["link", "folder", "large", "fine", "none"]);
    expect(read.map(({ report }) => report)).toEqual([
      "The report is not a plain file, so it was not read.",
      "The report is not a plain file, so it was not read.",
      "The report has 1048577 bytes, more than 1048576, so it was not read.",
      "fine",
      undefined,
    ]);
  });
});

describe("arguments of npm run github", () => {
  it("are a comment or an issue", () => {
    expect(readGitHubArguments(["comment", "--run", "9", "--reports", "dir"])).toEqual({
      command: "comment",
      runId: "9",
      reports: "dir",
    });
    expect(
      readGitHubArguments(["issue", "drift", "prod", "--outcome", "failure", "--report", "r.md"]),
    ).toEqual({
      command: "issue",
      subject: "drift",
      stack: "prod",
      outcome: "failure",
      report: "r.md",
    });
  });

  it.each([
    [[], '"" is not a command; allowed are comment and issue'],
    [["comment", "--run", "9; rm"], "--run 9; rm is not the number of a run; allowed are digits"],
    [["comment", "--run", "9"], "--reports DIR is missing"],
    [["issue", "rain", "prod"], '"rain" is not drift or renewal'],
    [["issue", "drift", "../x"], '"../x" is not a stack\'s name; allowed are letters, digits'],
    [["issue", "drift", "prod", "--outcome", "cancelled"], "--outcome cancelled is not success or failure"],
    [["issue", "drift", "prod", "--force"], "--force"],
  ])("%j are refused in words", (argv, words) => {
    expect(() => readGitHubArguments(argv)).toThrow(words);
  });
});

describe("settings", () => {
  const env = {
    GITHUB_API_URL: "https://api.github.test/",
    GITHUB_TOKEN: "ghs_secret",
    GITHUB_REPOSITORY: "unityplan/nats",
    GITHUB_SERVER_URL: "https://github.test",
    GITHUB_RUN_ID: "12",
  };

  it("come from the variables of a runner", () => {
    expect(readSettings(env)).toEqual({
      apiUrl: "https://api.github.test",
      token: "ghs_secret",
      repository: "unityplan/nats",
      runUrl: "https://github.test/unityplan/nats/actions/runs/12",
    });
  });

  it("that are missing or wrong are all named at once, and no value is shown", () => {
    const wrong = { ...env, GITHUB_TOKEN: "two words", GITHUB_REPOSITORY: undefined };
    expect(() => readSettings(wrong)).toThrow(
      "GITHUB_TOKEN has a wrong form, GITHUB_REPOSITORY is not set. This command",
    );
    expect(() => readSettings(wrong)).not.toThrow("two words");
  });
});
