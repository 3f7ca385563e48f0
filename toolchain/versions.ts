import { mkdirSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isNewEnough } from "./go.ts";
import { findOnPath, runProgram } from "./run-program.ts";

type Known = Record<string, string>;

/** The first "1.2.3" in what a program says of itself. */
export function parseVersion(output: string): string | undefined {
  return /\bv?(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

function readKnown(file: string): Known {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}

/**
 * The version that a program says it has. The answer is kept beside the cache for as long as the file stays the
 * same (path, size, time of change): asking `pulumi` takes a quarter of a second.
 */
async function versionOf(cache: string, program: string, args: string[]): Promise<string | undefined> {
  const real = realpathSync(program);
  const { size, mtimeMs } = statSync(real);
  const key = `${real} ${size} ${mtimeMs}`;
  const file = join(cache, "versions.json");
  const known = readKnown(file);
  if (known[key]) return known[key];
  const { code, output } = await runProgram(real, args, { timeoutSeconds: 30 });
  const version = code === 0 ? parseVersion(output) : undefined;
  if (version) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify({ ...known, [key]: version }));
    renameSync(`${file}.${process.pid}`, file);
  }
  return version;
}

/**
 * A program on PATH, if it is of a wanted version.
 * @param wanted `atLeast` a version, or `exactly` one
 */
export async function findInstalled(options: {
  cache: string;
  env: NodeJS.ProcessEnv;
  program: string;
  versionArgs: string[];
  wanted: { atLeast: string } | { exactly: string };
}): Promise<string | undefined> {
  const file = findOnPath(options.program, options.env);
  if (!file) return undefined;
  const version = await versionOf(options.cache, file, options.versionArgs);
  if (!version) return undefined;
  const { wanted } = options;
  const fits = "exactly" in wanted ? version === wanted.exactly : isNewEnough(version, wanted.atLeast);
  return fits ? file : undefined;
}
