import { createHash } from "node:crypto";
import { join } from "node:path";
import { oldestRelease } from "../../plan/transitions/release-lines.ts";
import { cacheFolder, type Entry, hashOfFolder, obtain } from "../../toolchain/cache.ts";
import { findEngine } from "../../toolchain/engine.ts";
import { findGo, type Go, goProblem } from "../../toolchain/go.ts";
import { buildImage, engineArchitecture, hasImage } from "../../toolchain/image.ts";
import { withLock } from "../../toolchain/lock.mjs";
import {
  buildFolderName,
  HOST,
  NATS_SERVER_VERSION,
  proveProgram,
  type Target,
} from "../../toolchain/modules.ts";
import { findOnPath, lastLines, runProgram } from "../../toolchain/run-program.ts";

/** Oldest first; each but the last is pinned by the Go module in the folder of its name under server-versions, and so is the oldest release. */
export const serverVersions = {
  "2.10": "2.10.27",
  "2.11": "2.11.17",
  "2.12": "2.12.15",
  "2.14": "2.14.9",
  "2.15": NATS_SERVER_VERSION,
} as const;

export type LineName = keyof typeof serverVersions;

/** A server that the tests run: of a line, or the oldest release that is allowed. */
export type TriedServer = LineName | typeof oldestRelease;

const projectsOwn: LineName = "2.15";
const toolchain = join(import.meta.dirname, "..", "..", "toolchain");
const cache = cacheFolder(process.env);
const build = ["build", "-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w"];

/** A static nats-server of this line: the project's own, or built once from its Go module and kept in the cache. */
export async function serverOfLine(line: TriedServer, target: Target = HOST): Promise<string> {
  if (line !== projectsOwn) {
    return join(await obtain(cache, entry(line, await goToBuild(), target)), programOf(line));
  }
  const own = findOnPath("nats-server", process.env);
  if (own === undefined) throw new Error("nats-server is not on the PATH; start the tests by npm test");
  return own;
}

/**
 * The image `nats:VERSION` on the engine, made where the engine has none of that name. One that is there is left as
 * it is.
 * @returns its reference
 */
export async function imageOfLine(line: LineName): Promise<string> {
  const version = serverVersions[line];
  const reference = `nats:${version}`;
  const engine = await findEngine(process.env);
  if (!("endpoint" in engine)) throw new Error("no Docker engine answers");
  const { host } = engine.endpoint;
  const env = { ...process.env, DOCKER_HOST: host };
  return withLock(join(cache, "locks", `image-${version}`), async () => {
    if (await hasImage(reference, host, env)) return reference;
    if (line === projectsOwn) throw new Error(`the engine has no ${reference}; npm test brings it`);
    const server = await serverOfLine(line, { os: "linux", arch: await engineArchitecture(env) });
    await buildImage({ reference, version, server, toolchain, env });
    return reference;
  });
}

/** Not `nats-server`: with its folder on a PATH, it must not be taken for the project's own. */
function programOf(line: TriedServer): string {
  return `nats-server-${versionOf(line)}`;
}

function versionOf(line: TriedServer): string {
  return line === oldestRelease ? line : serverVersions[line];
}

async function goToBuild(): Promise<Go> {
  const go = await findGo(process.env);
  const problem = goProblem(go, ["older servers for the tests"]);
  if (go === undefined || problem !== undefined) throw new Error(problem);
  return go;
}

function entry(line: TriedServer, go: Go, target: Target): Entry {
  const version = versionOf(line);
  const sources = join(import.meta.dirname, "server-versions", line);
  const proof = { args: ["--version"], says: new RegExp(`v${version}$`, "m") };
  const program = programOf(line);
  const module = { name: program, program, proof, coldBuildSeconds: 28 };
  const inputs = createHash("sha256").update(hashOfFolder(sources)).update(build.join(" ")).digest("hex");
  return {
    folderName: buildFolderName(module, inputs, target, go.version),
    programs: [program],
    make: (folder) => compile(sources, join(folder, program), go, target),
    prove: async (folder) => {
      const isForHost = target.os === HOST.os && target.arch === HOST.arch;
      if (isForHost) await proveProgram(join(folder, program), proof, process.env);
    },
  };
}

async function compile(sources: string, output: string, go: Go, target: Target): Promise<void> {
  const args = ["-C", sources, ...build, "-o", output, "github.com/nats-io/nats-server/v2"];
  const fixed = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "" };
  const env = { ...process.env, ...fixed, GOOS: target.os, GOARCH: target.arch };
  const outcome = await runProgram(go.program, args, { env });
  if (outcome.code === 0) return;
  const how = outcome.stopped ?? `exit code ${outcome.code}`;
  throw new Error(`building ${output} from ${sources} failed (${how}):\n${lastLines(outcome.output)}`);
}
