import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { basename, join, relative } from "node:path";
import { type Entry, hashOfFolder, obtain } from "../../toolchain/cache.ts";
import { findGo, type Go, goProblem } from "../../toolchain/go.ts";
import { buildFolderName, HOST, type Target } from "../../toolchain/modules.ts";
import { lastLines, runProgram } from "../../toolchain/run-program.ts";

/** A Go module with tests. */
export interface TestedModule {
  readonly name: string;
  /** Where its sources are. */
  readonly folder: string;
}

/** The tests of one package, compiled. */
export interface TestBinary {
  readonly file: string;
  /** The package's folder below the module's. */
  readonly packageFolder: string;
}

/** As the set-up builds the plugins, so that Go compiles what both are made of once. */
const buildFlags = ["-trimpath", "-buildvcs=false", "-ldflags=-s -w"];
/** Go reads the flags in a person's own settings only where this GOFLAGS is empty. */
const fixedEnv = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=readonly" };

const folderPrefix = "go-tests-";
/** Go removes from its own cache what was not used for five days. */
const unusedAfterMs = 5 * 24 * 3600 * 1000;
/** In the cache folder: which binary belongs to which package. */
const listName = "packages.json";
type PackageList = Readonly<Record<string, string>>;

/** Leaves out no file, since a test may embed any. */
const nothing = /(?!)/;

/** The cache folder of a module's test binaries. Its name changes with everything that they are made of. */
export function testBinariesFolderName(
  { name, folder }: TestedModule,
  goVersion: string,
  target: Target = HOST,
  flags: readonly string[] = buildFlags,
): string {
  const made = JSON.stringify([hashOfFolder(folder, nothing), flags, fixedEnv]);
  const hash = createHash("sha256").update(made).digest("hex");
  return buildFolderName({ name: `${folderPrefix}${name}` }, hash, target, goVersion);
}

/** @throws Error that says what to install where there is no Go, or one too old */
export async function goToCompile(): Promise<Go> {
  const go = await findGo(process.env);
  const problem = goProblem(go, ["the tests of the plugins"]);
  if (go === undefined || problem !== undefined) throw new Error(problem);
  return go;
}

/** The environment in which Go compiles, and in which the tests run. */
export function goTestEnv(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, ...fixedEnv, GOOS: HOST.os, GOARCH: HOST.arch };
}

/**
 * The compiled tests of a module's packages: from the cache, else made and kept there. What no run used for five days
 * is removed.
 * @throws Error with what Go said, where it can't compile them
 */
export async function testBinaries(
  cache: string,
  module: TestedModule,
  go: Go,
  env: NodeJS.ProcessEnv,
): Promise<TestBinary[]> {
  const folderName = testBinariesFolderName(module, go.version);
  await markUsed(join(cache, "tools", folderName));
  const folder = await obtain(cache, entry(module, folderName, go, env));
  await removeUnused(cache);
  return binariesIn(folder);
}

function entry(module: TestedModule, folderName: string, go: Go, env: NodeJS.ProcessEnv): Entry {
  return {
    folderName,
    // Which packages have tests is known once they were compiled.
    programs: [],
    make: async (folder) => {
      const packages = await packagesWithTests(module, go, env);
      // Checks and compiles the packages without tests too, as `go test` does.
      await callGo(module, go, env, ["test", "-c", ...buildFlags, "-o", `${folder}/`, "./..."]);
      await writeFile(join(folder, listName), JSON.stringify(packages));
    },
    prove: async (folder) => {
      for (const { file, packageFolder } of binariesIn(folder)) {
        const cwd = join(module.folder, packageFolder);
        const { code, output, stopped } = await runProgram(file, ["-test.list=."], { cwd, env });
        if (code !== 0) throw new Error(`${file} does not run (${stopped ?? code}):\n${lastLines(output)}`);
      }
    },
  };
}

/** By the name that Go gives each package's binary. */
async function packagesWithTests(module: TestedModule, go: Go, env: NodeJS.ProcessEnv): Promise<PackageList> {
  const format = "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}\t{{.Module.Dir}}\t{{.Dir}}{{end}}";
  const listed = await callGo(module, go, env, ["list", "-f", format, "./..."]);
  const lines = listed.split("\n").filter((line) => line !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [importPath = "", moduleFolder = "", folder = ""] = line.split("\t");
      return [`${basename(importPath)}.test`, relative(moduleFolder, folder)];
    }),
  );
}

async function callGo(module: TestedModule, go: Go, env: NodeJS.ProcessEnv, args: string[]): Promise<string> {
  const { code, output, stdout, stopped } = await runProgram(go.program, args, {
    cwd: module.folder,
    env: goTestEnv(env),
  });
  if (code === 0) return stdout;
  throw new Error(
    `go ${args[0]} of ${module.name} failed (${stopped ?? `exit code ${code}`}):\n${lastLines(output, 60)}`,
  );
}

function binariesIn(folder: string): TestBinary[] {
  const packages: PackageList = JSON.parse(readFileSync(join(folder, listName), "utf8"));
  return Object.entries(packages).map(([name, packageFolder]) => ({
    file: join(folder, name),
    packageFolder,
  }));
}

async function markUsed(folder: string): Promise<void> {
  const now = new Date();
  if (existsSync(folder)) await utimes(folder, now, now);
}

/** Each change of a plugin leaves its binaries of before, some 100 MB, which can be made again. */
async function removeUnused(cache: string): Promise<void> {
  const tools = join(cache, "tools");
  for (const name of await readdir(tools)) {
    if (!name.startsWith(folderPrefix)) continue;
    const path = join(tools, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > unusedAfterMs) await rm(path, { recursive: true, force: true });
  }
}
