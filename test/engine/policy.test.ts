import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { mustRun } from "../../harness/run.ts";
import { TestStack } from "../../harness/stack.ts";
import { selfSigned } from "../support/pem.ts";

/** One stack that never comes up, on the real engine. */
let stack: TestStack;

beforeAll(async () => {
  stack = await TestStack.create();
});

afterAll(async () => {
  await stack?.dispose();
});

afterEach(() => {
  stack.breakPolicy(undefined);
  stack.configure({ cluster: {}, tls: {}, policy: {} });
});

async function madeOnEngine(): Promise<string[]> {
  const kinds = ["container", "network", "volume"] as const;
  return (await Promise.all(kinds.map((kind) => stack.leftovers(kind)))).flat();
}

/** What every program begins with left out: the stack itself, and whom its own state was asked of. */
async function inState(): Promise<string[]> {
  const { deployment } = JSON.parse(await stack.mustPulumi("stack", "export")) as {
    deployment: { resources?: { urn: string; type: string }[] };
  };
  const resources = deployment.resources ?? [];
  const first = ["pulumi:pulumi:Stack", "pulumi:providers:pulumi"];
  return resources.filter(({ type }) => !first.includes(type)).map(({ urn }) => urn);
}

/** Both ways of running the program: what each says. */
async function refusals(): Promise<string[]> {
  const said = [];
  for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    const { code, stdout, stderr } = await stack.pulumi(...args);
    expect(code, stdout).not.toBe(0);
    said.push(stdout + stderr);
  }
  return said;
}

describe("a broken rule stops preview and update, and nothing is made", () => {
  it("when the configuration breaks it, all rules at once", async () => {
    stack.configure({
      cluster: { memoryLimit: "unlimited", image: "nats:latest" },
      tls: { leafLifetime: "500d" },
    });
    for (const text of await refusals()) {
      expect(text).toContain("error: test breaks 3 rules of policy; nothing was touched:");
      for (const line of [
        "- dk-server may use all the memory of its host",
        '- local-image takes "nats:latest"',
        "- dk-renewal would last 500d; at most 398d",
        'policy: { waive: { memory-limit: "…" } }',
      ])
        expect.soft(text).toContain(line);
      // A list for people, and nothing of the program's stack.
      expect(text).not.toContain("    at ");
    }
    expect([...(await madeOnEngine()), ...(await inState())]).toEqual([]);
  });

  it.each([
    ["restart-policy", { name: "dk-server", inputs: { restart: "no" } }, 'dk-server has restart: "no"'],
    ["data-kept", { name: "dk-data", options: { retainOnDelete: false } }, "is deleted with its resource"],
    ["keys-protected", { name: "authority-1-key", options: { protect: false } }, "the active CA"],
    ["territory-placement", { name: "TERRITORY_DK", inputs: { placementTags: [] } }, "placed on any pod"],
    ["plain-secret", { name: "nats", inputs: { systemSeed: "SUX" } }, "in plain text in systemSeed"],
    [
      "tls",
      {
        name: "dk-loader",
        inputs: { uploads: [{ file: "/etc/nats/nats.conf", content: "cluster: {\n}\n" }] },
      },
      "the routes in nats.conf have no TLS",
    ],
  ])("when the program breaks %s", async (rule, broken, wrong) => {
    stack.breakPolicy(broken);
    for (const text of await refusals()) {
      expect(text).toContain("test breaks 1 rule of policy; nothing was touched:");
      expect(text).toContain(`${rule}: `);
      expect(text).toContain(wrong);
    }
    expect([...(await madeOnEngine()), ...(await inState())]).toEqual([]);
  });
});

it("a private key in the configuration is refused unless it is encrypted", async () => {
  // It ends soon, so that a warning of it comes just before the refusal.
  const { certificate, privateKey } = selfSigned();
  const authority = { generation: 1, phase: "active", certificate, privateKey };
  stack.configure({ tls: { authorities: [authority] }, policy: {} });
  const wrong = "- unityplan-nats:tls has a private key in plain text";
  for (const text of await refusals()) {
    expect(text).toContain(wrong);
    expect(text).not.toContain(privateKey.split("\n")[1]);
  }
  const where = "unityplan-nats:tls.authorities[0].privateKey";
  const set = ["config", "set", "--secret", "--path", where, "--stack", stack.name];
  await mustRun("pulumi", set, { cwd: stack.folder, env: stack.env, input: privateKey });
  const { code, stdout, stderr } = await stack.pulumi("preview");
  expect(code, stdout + stderr).toBe(0);
});

it("a waived rule lets a preview pass, with the reason in a warning", async () => {
  stack.configure({
    cluster: { memoryLimit: "unlimited" },
    policy: { waive: { "memory-limit": "this is a test", "data-kept": "no reason at all" } },
  });
  const said = await stack.mustPulumi("preview");
  expect(said).toContain('memory-limit is waived ("this is a test"): dk-server ');
  expect(said).toContain("Policy: data-kept is waived, and nothing breaks it");
});

it("a value that is known too late for all of that stops what would take it", async () => {
  stack.breakPolicy({ name: "dk-server", late: { image: "nats:latest" } });
  expect(await stack.mustPulumi("preview")).toContain("dk-server");
  const { code, stdout } = await stack.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(stdout).toContain("test breaks 1 rule of policy; seen only when a value became known");
  expect(stdout).toContain('- dk-server takes "nats:latest"');
  expect(await stack.leftovers("container")).not.toContain(stack.serverName("dk"));
});
