import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { findInFolders, findOnPath, runProgram } from "./run-program.ts";

/** The oldest Go that builds every module under toolchain/go. */
export const MINIMUM_GO = "1.26";

export type Go = {
  /** Path of the `go` program. */
  program: string;
  /** As in "1.26.8". */
  version: string;
};

/** Where Go's own installer and Debian's packages put it, for a shell whose PATH lacks it. */
const USUAL_FOLDERS = ["/usr/local/go/bin", "/usr/lib/go/bin", `/usr/lib/go-${MINIMUM_GO}/bin`];

/** The version in "go1.26.8", "go1.27rc1" or "go version go1.26.8 linux/amd64"; undefined if there is none. */
export function parseGoVersion(text: string): string | undefined {
  return /\bgo(\d+\.\d+(?:\.\d+)?(?:(?:rc|beta)\d+)?)/.exec(text)?.[1];
}

/** Whether `version` is at least `minimum`, both as in "1.26" or "1.26.8"; a release candidate counts as its release. */
export function isNewEnough(version: string, minimum: string): boolean {
  const numbers = (text: string) =>
    text
      .replace(/(rc|beta|-).*$/, "")
      .split(".")
      .map(Number);
  const found = numbers(version);
  for (const [place, wanted] of numbers(minimum).entries()) {
    const have = found[place] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}

/** Go as it is installed: on PATH, else in one of the usual folders; undefined if there is none. */
export async function findGo(env: NodeJS.ProcessEnv): Promise<Go | undefined> {
  const program = findOnPath("go", env) ?? findInFolders("go", USUAL_FOLDERS);
  if (!program) return undefined;
  // A Go tree names its version in a file: that saves starting a process at each set-up.
  const versionFile = join(dirname(realpathSync(program)), "..", "VERSION");
  const text = existsSync(versionFile)
    ? readFileSync(versionFile, "utf8")
    : (await runProgram(program, ["version"], { env, timeoutSeconds: 20 })).output;
  return { program, version: parseGoVersion(text) ?? "unknown" };
}

/** What keeps Go from building the modules, in a few words; undefined if nothing does. */
export function goShortcoming(go: Go | undefined): string | undefined {
  if (!go) return "no Go was found on PATH";
  return isNewEnough(go.version, MINIMUM_GO)
    ? undefined
    : `the Go on this machine is ${go.version} (${go.program})`;
}

/** Why `needed` can't be built and what the user can do; undefined if it can. */
export function goProblem(go: Go | undefined, needed: string[]): string | undefined {
  const found = goShortcoming(go);
  if (!found) return undefined;
  return (
    `Go ${MINIMUM_GO} or newer is needed to build ${needed.join(", ")}, and ${found}.\n` +
    "Install Go from https://go.dev/dl/ and put it on PATH, or install these programs themselves, then run this again."
  );
}
