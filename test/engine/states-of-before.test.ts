import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FixtureName, fixtureFiles, fixtureNames, renewal } from "../../harness/fixtures.ts";
import type { StackFiles } from "../../harness/stack.ts";
import { previewOfFiles } from "../support/preview-of-files.ts";

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Record<string, unknown>;
  readonly outputs: Record<string, unknown>;
  dependencies?: string[] | undefined;
}

interface State {
  readonly deployment: { readonly resources: readonly Resource[] };
}

const dayMs = 24 * 60 * 60 * 1000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "unityplan-states-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function readState({ state }: StackFiles): State {
  return JSON.parse(readFileSync(state, "utf8")) as State;
}

/**
 * The same stack with another state.
 * @param edit changes a resource; false: the state has no such resource
 */
function edited(name: FixtureName, edit: (resource: Resource) => false | undefined): StackFiles {
  const files = fixtureFiles(name);
  const { deployment, ...rest } = readState(files);
  const resources = deployment.resources.filter((resource) => edit(resource) !== false);
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify({ ...rest, deployment: { ...deployment, resources } }));
  return { ...files, state: file };
}

/** Renewals whose time has come, and those that this machine's clock takes for ones of tomorrow. */
function dueCertificates({ deployment }: State): string[] {
  const renewals = deployment.resources.filter(({ type }) => type === "nats:tls:Renewal");
  const now = Date.now();
  return renewals
    .filter(({ outputs }) => {
      const [issued, due] = [outputs.issuedAt, outputs.dueAt].map((time) => Date.parse(String(time)));
      return issued === undefined || due === undefined || issued > now || due <= now;
    })
    .map(({ outputs }) => `${outputs.commonName} (${outputs.dueAt})`);
}

/** @throws Error that says what to do, where changes come from the fixture's age */
async function changesOf(files: StackFiles): Promise<readonly string[]> {
  const state = readState(files);
  const { changes, compared } = await previewOfFiles(files);
  const due = dueCertificates(state);
  if (changes.length > 0 && due.length > 0)
    throw new Error(`renew the fixtures: ${renewal}: certificates have come due: ${due.join(", ")}`);
  expect(compared).toBeGreaterThanOrEqual(state.deployment.resources.length);
  return changes;
}

describe.each(fixtureNames)("a %s stack that an earlier commit has deployed", (name) => {
  it("is left as it is by the program of today", async () => {
    expect(await changesOf(fixtureFiles(name))).toEqual([]);
  });

  it("gets the look that an older program did not have, and no other change", async () => {
    const older = edited(name, (resource) => {
      if (resource.type === "nats:server:Look") return false;
      resource.dependencies = resource.dependencies?.filter((urn) => !urn.includes("nats:server:Look"));
    });
    // What is the same to the engine shows in no preview.
    const shown = (await changesOf(older)).filter((change) => !change.startsWith("same "));
    expect(shown).toEqual(["create look"]);
  });

  it("shows no secret, and nothing of the machine that deployed it", () => {
    const { state, configuration } = fixtureFiles(name);
    const text = readFileSync(state, "utf8") + readFileSync(configuration, "utf8");
    expect(text).toContain('"ciphertext": "v1:');
    for (const word of ["PRIVATE KEY", "checkout", "unityplan-fixtures-", "node_modules", `${homedir()}/`])
      expect.soft(text).not.toContain(word);
  });
});

const isServer = ({ type, urn }: Resource) =>
  type === "docker:index/container:Container" && urn.endsWith("-server");

/** What is the same to the engine shows in no preview. */
const isChange = (change: string) => !change.startsWith("same ");
/** A change without what only the engine's own books have. */
const inputsOf = (change: string) => {
  const [what = "", paths = ""] = change.split(": ");
  return `${what}: ${paths
    .split(", ")
    .filter((path) => path.startsWith("inputs."))
    .join(", ")}`;
};

describe("what an engine or an image chose", () => {
  const servers = ["dk-server", "no-server", "se-server"];
  const memorySwap =
    (told: number) =>
    (resource: Resource): undefined => {
      if (!isServer(resource)) return;
      delete resource.inputs.memorySwap;
      resource.outputs.memorySwap = told;
    };

  it.each([
    ["the vendor's plugin told", 2048],
    ["the plugin that was built here hid", 0],
  ])("as memory and swap, which %s, is changed in place and nothing else is", async (_, told) => {
    const shown = (await changesOf(edited("dev", memorySwap(told)))).filter(isChange);
    expect(shown.map(inputsOf)).toEqual(servers.map((name) => `update ${name}: inputs.memorySwap`));
  });

  it("and the program leaves unset is no change, without swap accounting either", async () => {
    const files = edited("dev", (resource) => {
      memorySwap(-1)(resource);
      const { type, outputs } = resource;
      if (type === "docker:index/container:Container") {
        Object.assign(outputs, { user: "root", workingDir: "/data" });
      }
      if (type === "docker:index/network:Network")
        Object.assign(outputs, { ipv6: true, ipamDriver: "other" });
    });
    const shown = await changesOf(files);
    expect(shown.filter(isChange)).toEqual([]);
    expect(shown.map(inputsOf)).toContain(
      "same dk-server: inputs.memorySwap, inputs.user, inputs.workingDir",
    );
  });
});

describe("what would not be left as it is", () => {
  it("is found, also where no plugin takes it for a change", async () => {
    const files = edited("prod", ({ urn, type, inputs, outputs }) => {
      if (urn.endsWith("::oslo-packages")) inputs.create = outputs.create = `${inputs.create} # reworded`;
      if (type === "nats:tls:Trust") inputs.recycles = true;
      if (type === "pulumi:pulumi:Stack") outputs.clusterName = "another";
    });
    expect(await changesOf(files)).toEqual([
      "same trust: inputs.recycles",
      "same unityplan-nats-test: outputs",
      "update oslo-packages: inputs.create",
    ]);
  });

  it("is a certificate that has come due: then the fixtures are to be renewed", async () => {
    const files = edited("dev", ({ type, outputs }) => {
      if (type !== "nats:tls:Renewal") return;
      outputs.issuedAt = new Date(Date.now() - 336 * dayMs).toISOString();
      outputs.dueAt = new Date(Date.now() - dayMs).toISOString();
    });
    await expect(changesOf(files)).rejects.toThrow(
      `renew the fixtures: ${renewal}: certificates have come due`,
    );
  });
});
