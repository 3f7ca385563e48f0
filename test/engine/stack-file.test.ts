import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mustRun, type Ran, run } from "../../harness/run.ts";
import { asPulumiGivesIt } from "../../operations/stack/plan.ts";
import { withConfig } from "../../operations/stack-file/edit.ts";
import { readStackFile } from "../../operations/stack-file/read.ts";
import { Clone } from "../support/clone.ts";
import { scalars } from "../support/scalars.ts";

/** What the real Pulumi and the real commands read in a stack's file. */
let folder: string;
let env: NodeJS.ProcessEnv;
const file = () => join(folder, "Pulumi.dev.yaml");

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "unityplan-stack-file-"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: unityplan-nats\nruntime: nodejs\n");
  const home = join(folder, "home");
  env = {
    ...process.env,
    ...{
      PULUMI_HOME: home,
      PULUMI_CREDENTIALS_PATH: "",
      PULUMI_BACKEND_URL: pathToFileURL(folder).href,
      PULUMI_CONFIG_PASSPHRASE: "none",
    },
    // A date with another offset is written with the name of the zone that has it.
    TZ: "UTC",
  };
  await mustRun("pulumi", ["stack", "init", "dev", "--non-interactive"], { cwd: folder, env });
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function asked(text: string): Promise<Ran> {
  writeFileSync(file(), text);
  return run("pulumi", ["config", "--json", "--stack", "dev", "--non-interactive"], { cwd: folder, env });
}

interface Shown {
  readonly value: string;
  readonly objectValue?: unknown;
}

async function configOf(text: string): Promise<Record<string, Shown>> {
  const { code, stdout, stderr } = await asked(text);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Record<string, Shown>;
}

const read = (text: string) => readStackFile(text, "Pulumi.dev.yaml");

/** What a program is handed, by key, with numbers as JavaScript reads them. */
function handed(config: Readonly<Record<string, Shown>>): Record<string, unknown> {
  return asParsed(Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value])));
}

function asParsed(raw: Readonly<Record<string, string>>): Record<string, unknown> {
  const parsed = (value: string) => (/^[[{]/.test(value) ? (JSON.parse(value) as unknown) : value);
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, parsed(value)]));
}

describe("Pulumi reads", () => {
  it("each scalar of the table as the table says, as a section and inside one", async () => {
    const lines = scalars.flatMap(([source], index) => [
      `  t:s${index}: ${source}`,
      `  t:m${index}:\n    v: ${source}`,
    ]);
    const config = await configOf(`config:\n${lines.join("\n")}\n`);
    const found = scalars.map(([source, value], index) => {
      const { objectValue } = config[`t:m${index}`] ?? {};
      const text = config[`t:s${index}`]?.value;
      return [source, (objectValue as { v: unknown }).v, typeof value === "number" ? Number(text) : text];
    });
    const handedOver = (value: unknown) => (typeof value === "number" ? value : String(value ?? ""));
    expect(found).toEqual(scalars.map(([source, value]) => [source, value, handedOver(value)]));
  });

  it.each(["  ", "    "])(
    "what the reader reads, indented by %j, with CRLF and in every style",
    async (step) => {
      const text = `\uFEFFconfig: # all
++a:text: "x\\u00e9" # c
++a:literal: |
+++one
+++ two

++a:folded: >-
+++one
+++two
++a:lines: one
+++two
++a:anchor: &x { p: 1, q: 010, 2: two } # no
++a:alias: *x
++a:merge: { <<: *x, p: no }
++a:list:
++- no
++-
+++- 2026-01-02
++a:none:
++pods: [{ id: no }, ]
++'unityplan-nats:tls': { clients: on, "x":y }
++a:last: |
+++x`
        .replaceAll("+", step.slice(0, step.length / 2))
        .replaceAll("\n", "\r\n");
      expect(handed(await configOf(text))).toEqual(asParsed(asPulumiGivesIt(read(text).config)));
    },
  );

  it("what the editor has written, and all else as before", async () => {
    const before = `config:
    # about it
    unityplan-nats:pods: # three
        - { id: no, clientPort: 4223 } # Norway
    unityplan-nats:tls:
        clients: required # all
`;
    const texts = [
      "no",
      "1:30",
      "2026-01-02",
      "~",
      "a: b",
      "x #y",
      "it's",
      '"',
      "\u0007\u2028",
      "é 😀",
      "two\nlines",
      "",
      "[",
      "a?",
      "=",
      "$SYS",
    ];
    const edit = withConfig(read(before), {
      "unityplan-nats:pods": [{ id: "no", clientPort: 4224 }, { id: "dk" }],
      "unityplan-nats:tls": { clients: "required", authorities: [{ generation: 1, phase: "used" }] },
      "t:texts": texts,
      "t:map": Object.fromEntries(texts.map((text) => [text, { inner: [text, { text }] }])),
      "t:numbers": [0, -1, 1.5, 1e21, true, null],
      "t:empty": [{}, []],
    });
    expect(edit.text).toContain("        - { id: no, clientPort: 4224 } # Norway\n        - { id: dk }\n");
    expect(handed(await configOf(edit.text))).toEqual(asParsed(asPulumiGivesIt(edit.config)));
  });
});

describe("Pulumi refuses", () => {
  it.each([
    ["a key twice", "config:\n  a:b: 1\n  a:b: 2\n"],
    ["a tab in an empty line", "config:\n  a:b: 1\n\t\n  a:c: 1\n"],
    ["an infinite number", "config:\n  a:b: .inf\n"],
    ["a key of a section that is no text", "config:\n  1: x\n"],
  ])("%s, as the reader does", async (_, text) => {
    expect((await asked(text)).code).not.toBe(0);
    expect(() => read(text)).toThrow("Pulumi.dev.yaml, line ");
  });
});

describe("a command", () => {
  let clone: Clone;
  let text: string;
  beforeAll(async () => {
    clone = await Clone.create();
    text = readFileSync(clone.configurationFile, "utf8");
  });
  afterAll(() => clone?.dispose());

  function write(...lines: readonly string[]): string {
    const written = text.replace("config:", ["config:", ...lines].join("\n"));
    writeFileSync(clone.configurationFile, written);
    return written;
  }

  it("warns about a value that Pulumi reads in another way, also where a fault follows from the value", async () => {
    write("  unityplan-nats:wireguard: { mtu: 010 }");
    const warning = /^Warning: Pulumi\.dev\.yaml, line 2, column 36: Pulumi reads 010 as 8; write 10 /m;
    const status = await clone.command("status");
    expect(status.stderr).toMatch(warning);
    expect(status.stderr).toContain("dev wireguard.mtu: 8 ");
    const preview = await clone.command("preview");
    expect(preview.stdout).toMatch(warning);
    expect(preview.stdout).toContain("dev wireguard.mtu: 8 ");
  });

  it.each([["rotate", "ca"], ["adopt", "--yes"], ["preview"], ["preview", "--offline"]])(
    "refuses a file that it can't read, with the place, and leaves the file: %s %s",
    async (...args) => {
      const written = write("  t:a: 1", "  t:a: 2");
      const { code, stdout, stderr } = await clone.command(...args);
      expect(code).toBe(1);
      expect(stdout + stderr).toContain('Pulumi.dev.yaml, line 3, column 3: the key "t:a"');
      expect(readFileSync(clone.configurationFile, "utf8")).toBe(written);
    },
  );
});
