import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Entry, findComplete, hashOfFolder } from "./cache.ts";
import { type Go, isNewEnough, MINIMUM_GO } from "./go.ts";
import { lastLines, runProgram } from "./run-program.ts";

/** A Go module under toolchain/go that `sh build.sh FOLDER` makes one program of. */
export type GoModule = {
  /** Folder under toolchain/go. */
  name: string;
  program: string;
  /** How it shows that it works: what to call it with, and what it then says. */
  proof: { args: string[]; says: RegExp };
  /** Measured on 2 cores with nothing in Go's own cache, modules downloaded. */
  coldBuildSeconds: number;
};

export const PULUMI_VERSION = "3.259.0";
export const NATS_SERVER_VERSION = "2.15.1";
export const NATS_CLI_VERSION = "0.3.0";
export const ACTIONLINT_VERSION = "1.7.12";

/** These have no version to ask for, but their usage names this flag. */
const NAMES_ITS_FLAGS = { args: ["-help"], says: /-tracing/ };

/** The plugins that wrap a Terraform provider print their version alone. */
const PRINTS_ITS_VERSION = { args: ["-version"], says: /^\d+\.\d+\.\d+/ };

export const GO_MODULES = {
  pulumi: {
    name: "pulumi",
    program: "pulumi",
    proof: { args: ["version"], says: new RegExp(`^v${PULUMI_VERSION}$`, "m") },
    coldBuildSeconds: 240,
  },
  "language-nodejs": {
    name: "language-nodejs",
    program: "pulumi-language-nodejs",
    proof: NAMES_ITS_FLAGS,
    coldBuildSeconds: 20,
  },
  docker: {
    name: "docker",
    program: "pulumi-resource-docker",
    proof: PRINTS_ITS_VERSION,
    coldBuildSeconds: 150,
  },
  tls: { name: "tls", program: "pulumi-resource-tls", proof: PRINTS_ITS_VERSION, coldBuildSeconds: 60 },
  command: {
    name: "command",
    program: "pulumi-resource-command",
    proof: NAMES_ITS_FLAGS,
    coldBuildSeconds: 34,
  },
  nats: {
    name: "nats",
    program: "nats",
    proof: { args: ["--version"], says: new RegExp(`v?${NATS_CLI_VERSION}`) },
    coldBuildSeconds: 34,
  },
  "nats-server": {
    name: "nats-server",
    program: "nats-server",
    proof: { args: ["--version"], says: new RegExp(`v${NATS_SERVER_VERSION}\\b`) },
    coldBuildSeconds: 18,
  },
  actionlint: {
    name: "actionlint",
    program: "actionlint",
    proof: { args: ["-version"], says: new RegExp(`^v?${ACTIONLINT_VERSION}$`, "m") },
    coldBuildSeconds: 20,
  },
} as const satisfies Record<string, GoModule>;

export type GoModuleName = keyof typeof GO_MODULES;

/** Operating system and processor in Go's words. */
export type Target = { os: string; arch: string };

const GO_ARCH: Partial<Record<NodeJS.Architecture, string>> = { x64: "amd64", ia32: "386" };

/** What this machine is. */
export const HOST: Target = { os: process.platform, arch: GO_ARCH[process.arch] ?? process.arch };

/** The cache folder of a module's build: it names the hash of the sources, the target and the Go that builds. */
export function buildFolderName(
  module: Pick<GoModule, "name">,
  sourceHash: string,
  target: Target,
  goVersion: string,
): string {
  return `${module.name}-${sourceHash.slice(0, 16)}-${target.os}-${target.arch}-go${goVersion}`;
}

/**
 * The folder of a finished build. Where there is no Go that could build it again, a finished build by whatever Go
 * will do.
 */
export function findBuild(
  cache: string,
  sources: string,
  module: GoModule,
  go: Go | undefined,
  target: Target = HOST,
): string | undefined {
  const hash = hashOfFolder(join(sources, module.name));
  const programs = [module.program];
  if (go && isNewEnough(go.version, MINIMUM_GO)) {
    return findComplete(cache, { folderName: buildFolderName(module, hash, target, go.version), programs });
  }
  const anyGo = buildFolderName(module, hash, target, "");
  return foldersIn(join(cache, "tools"))
    .filter((name) => name.startsWith(anyGo))
    .map((folderName) => findComplete(cache, { folderName, programs }))
    .find((folder) => folder !== undefined);
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

/** Runs the program as `proof` says. @throws with its output, if the output does not match */
export async function proveProgram(
  file: string,
  proof: GoModule["proof"],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const { output, stopped } = await runProgram(file, proof.args, { env, timeoutSeconds: 60 });
  if (stopped || !proof.says.test(output)) {
    const why = stopped ?? `its output does not match ${proof.says}`;
    throw new Error(`${file} ${proof.args.join(" ")} failed: ${why}; its output:\n${lastLines(output)}`);
  }
}

/** How a module's program gets into the cache: built by its build.sh with `go`. */
export function buildEntry(options: {
  sources: string;
  module: GoModule;
  go: Go;
  env: NodeJS.ProcessEnv;
  target?: Target;
  onLine?: (line: string) => void;
}): Entry {
  const { sources, module, go, target = HOST } = options;
  const script = join(sources, module.name, "build.sh");
  const isForHost = target.os === HOST.os && target.arch === HOST.arch;
  const env = {
    ...options.env,
    PATH: `${join(go.program, "..")}:${options.env.PATH ?? ""}`,
    GOOS: target.os,
    GOARCH: target.arch,
  };
  return {
    folderName: buildFolderName(module, hashOfFolder(join(sources, module.name)), target, go.version),
    programs: [module.program],
    make: async (folder) => {
      const { code, output, stopped } = await runProgram("sh", [script, folder], {
        env,
        ...(options.onLine ? { onLine: options.onLine } : {}),
      });
      if (code !== 0) {
        const how = stopped ?? `exit code ${code}`;
        throw new Error(`building ${module.program} from Go modules failed (${how}):\n${lastLines(output)}`);
      }
    },
    prove: async (folder) => {
      if (isForHost) await proveProgram(join(folder, module.program), module.proof, options.env);
    },
  };
}
