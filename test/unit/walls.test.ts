import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { runProgram } from "../../toolchain/run-program.ts";

interface Room {
  /** Other rooms, or parts of them. */
  readonly imports: readonly string[] | "all";
  /** Packages that it may import although others may not. */
  readonly packages?: readonly string[];
  readonly refusedPackages?: readonly string[];
}

const project = fileURLToPath(new URL("../..", import.meta.url));

const pulumi = ["@pulumi/pulumi", "@pulumi/docker", "@pulumi/pulumi/proto/provider_pb.js"];
const grpc = ["@grpc/grpc-js", "google-protobuf/google/protobuf/empty_pb.js"];
const pure = {
  packages: ["node:crypto", "zod"],
  refusedPackages: [
    ...[...pulumi, ...grpc, "nats", "yaml"],
    ...["fs", "fs/promises", "child_process", "net"].flatMap((name) => [name, `node:${name}`]),
  ],
};

/** The rooms by their folders, and the part of a room that has walls of its own behind it. */
const rooms: Readonly<Record<string, Room>> = {
  ".": { imports: ["index.ts", "components", "plan", "model", "client"], packages: pulumi },
  components: { imports: ["plan", "model"], packages: pulumi },
  plan: { imports: ["model"], ...pure },
  model: { imports: [], ...pure },
  client: { imports: ["model"], packages: ["nats", "node:net"], refusedPackages: pulumi },
  provider: { imports: ["client", "model"], packages: ["nats"], refusedPackages: [...pulumi, ...grpc] },
  "provider/grpc": { imports: ["provider", "client", "model"], packages: [...pulumi, ...grpc] },
  operations: { imports: ["plan", "client", "model", "toolchain"], refusedPackages: pulumi },
  harness: {
    imports: ["plan", "client", "model", "toolchain", "operations/stack-file"],
    refusedPackages: pulumi,
  },
  toolchain: { imports: [], refusedPackages: pulumi },
  bench: {
    imports: ["harness", "plan", "client", "model", "toolchain", "operations/cli", "operations/up"],
    refusedPackages: pulumi,
  },
  test: { imports: "all", packages: pulumi },
};

/** What an import may lead to. */
const targets = [
  ...Object.keys(rooms).filter((room) => room !== "."),
  "operations/cli",
  "operations/stack-file",
  "operations/up",
  "index.ts",
];

/** Every folder with sources, by the room that it is in. */
const folders = Map.groupBy(new Set(sources().map((file) => dirname(file))), (folder) =>
  Object.keys(rooms).findLast((room) => isIn(folder, room)),
);

/** The files that the linter reads: none that is installed, left by a run, or beside sources in Go. */
function sources(): string[] {
  const skipped = /^(?:\.|node_modules\/|toolchain\/go\/|test\/reports\/|bench\/results\/)/;
  return readdirSync(project, { withFileTypes: true })
    .filter(({ name }) => !skipped.test(`${name}/`))
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(entry.name) : [entry.name]))
    .filter((file) => !skipped.test(file) && /\.[cm]?[jt]s$/.test(file));
}

function filesBelow(folder: string): string[] {
  const files = readdirSync(join(project, folder), { recursive: true, encoding: "utf8" });
  return files.map((file) => join(folder, file));
}

function isIn(path: string, room: string): boolean {
  return path === room || path.startsWith(`${room}/`);
}

function mayImport(room: string, target: string): boolean {
  const imports = rooms[room]?.imports ?? [];
  return imports === "all" || [room, ...imports].some((one) => isIn(target, one));
}

/** How a file in the folder names a file of the target. */
function specifier(folder: string, target: string): string {
  const path = relative(folder, target.endsWith(".ts") ? target : join(target, "some-file.ts"));
  return path.startsWith(".") ? path : `./${path}`;
}

/** Lints a checkout that has these files and the linter's own alone. */
async function lint(files: ReadonlyMap<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), "unityplan-walls-"));
  try {
    for (const name of ["biome.json", ".gitignore"]) copyFileSync(join(project, name), join(folder, name));
    for (const [name, text] of files) {
      mkdirSync(join(folder, dirname(name)), { recursive: true });
      writeFileSync(join(folder, name), `${text}\n`);
    }
    const args = ["lint", "--reporter=github", "--max-diagnostics=none", "--error-on-warnings", "."];
    const biome = join(project, "node_modules/.bin/biome");
    const { code, output } = await runProgram(biome, args, { cwd: folder, timeoutSeconds: 50 });
    const fault =
      /^::\w+ title=lint\/\w+\/(\w+),file=([^,]+),line=(\d+),endLine=\d+,col=(\d+),endColumn=(\d+)::/gm;
    const faults = [...output.matchAll(fault)].map(([, rule, path = "", line, from, to]) => {
      const file = relative(folder, path);
      const text = files.get(file)?.split("\n")[Number(line) - 1];
      return `${file}: ${rule} ${text?.slice(Number(from) - 1, Number(to) - 1)}`;
    });
    return { code, faults: faults.sort() };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the walls", { timeout: 60_000 }, () => {
  const walls = Object.entries(rooms).flatMap(([room, { refusedPackages = [] }]) => [
    ...targets
      .filter((target) => !mayImport(room, target))
      .map((what) => ({ room, what, written: (folder: string) => specifier(folder, what) })),
    ...refusedPackages.map((what) => ({ room, what, written: () => what })),
  ]);
  /** What a room would write in each of its folders to break through, by file. */
  const mutationsOf = ({ room, written }: (typeof walls)[number], index: number) =>
    (folders.get(room) ?? []).map((folder) => ({
      file: join(folder, `mutation-${index}.ts`),
      imported: `"${written(folder)}"`,
    }));
  let faults: readonly string[] = [];

  beforeAll(async () => {
    const mutations = walls.flatMap(mutationsOf);
    const texts = mutations.map(({ file, imported }) => [file, `import ${imported};`] as const);
    faults = (await lint(new Map(texts))).faults;
  }, 60_000);

  it("stand around every folder that has sources", () => {
    expect([...folders.keys()].sort()).toEqual(Object.keys(rooms).sort());
  });

  it.each(walls.map((wall, index) => ({ ...wall, mutations: mutationsOf(wall, index) })))(
    "keep $what out of $room",
    ({ mutations }) => {
      const wanted = mutations.map(({ file, imported }) => `${file}: noRestrictedImports ${imported}`);
      expect(faults.filter((fault) => wanted.includes(fault))).toEqual(wanted.sort());
    },
  );

  it("let through what is allowed", async () => {
    const allowed = Object.entries(rooms).flatMap(([room, { packages = [] }]) =>
      (folders.get(room) ?? []).map((folder) => {
        const within = targets.filter((target) => mayImport(room, target));
        const all = [...within.map((target) => specifier(folder, target)), ...packages];
        return [join(folder, "control.ts"), all.map((one) => `import "${one}";`).join("\n")] as const;
      }),
    );
    expect(await lint(new Map(allowed))).toEqual({ code: 0, faults: [] });
  });

  it.each([
    ["a value", 'import { a } from "../plan/a.ts";\nconsole.log(a);'],
    ["a type", 'import type { A } from "../plan/a.ts";\nexport const a: A = 1;'],
    ["what is passed on", 'export { a } from "../plan/a.ts";'],
    ["all that is passed on", 'export * from "../plan/a.ts";'],
    ["what is loaded later", 'export const a = import("../plan/a.ts");'],
  ])("hold against the import of %s", async (_, text) => {
    const found = await lint(new Map([["model/a.ts", text]]));
    expect(found.faults).toContainEqual(
      expect.stringMatching(/^model\/a\.ts: noRestrictedImports .*"\.\.\/plan\/a\.ts"/),
    );
  });
});

describe("imports in a circle", { timeout: 60_000 }, () => {
  it.each([
    ["values", (other: string) => `import { ${other} } from "./${other}.ts";\nexport const own = ${other};`],
    ["types", (other: string) => `import type { Of } from "./${other}.ts";\nexport type In = Of[];`],
  ])("are refused, of %s", async (_, importing) => {
    const files = new Map([
      ["plan/left.ts", importing("right")],
      ["plan/right.ts", importing("left")],
    ]);
    expect((await lint(files)).faults).toEqual([
      'plan/left.ts: noImportCycles "./right.ts"',
      'plan/right.ts: noImportCycles "./left.ts"',
    ]);
  });
});

describe("a file's name", { timeout: 60_000 }, () => {
  it("is in kebab case", async () => {
    const files = new Map(
      ["plan/hostPlan.ts", "plan/host-plan.ts", "plan/host-plan.test.ts"].map((file) => [file, ""]),
    );
    expect((await lint(files)).faults).toEqual([
      expect.stringMatching(/^plan\/hostPlan\.ts: useFilenamingConvention/),
    ]);
  });
});
