import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import type { Entry } from "./cache.ts";
import { GO_MODULES, PULUMI_VERSION, proveProgram } from "./modules.ts";
import { lastLines, runProgram } from "./run-program.ts";

/** Where Pulumi's own installer takes its archives from: https://www.pulumi.com/docs/iac/download-install/ */
export const RELEASES = "https://get.pulumi.com/releases/sdk";

/** A machine without a way to the vendor shall fall back within seconds. */
const ANSWER_WITHIN_MS = 5_000;
const STALLED_AFTER_MS = 30_000;

/** The vendor's name for this platform's archive; undefined where there is none. */
export function archiveName(platform: NodeJS.Platform, arch: string): string | undefined {
  const known = ["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64"];
  const name = `${platform}-${arch}`;
  return known.includes(name) ? `pulumi-v${PULUMI_VERSION}-${name}.tar.gz` : undefined;
}

/** The SHA-256 of `file` in a list of "HASH  FILE" lines. @throws if it is not there */
export function publishedChecksum(list: string, file: string): string {
  for (const line of list.split("\n")) {
    const [hash = "", name] = line.trim().split(/\s+/);
    if (name === file && /^[0-9a-f]{64}$/.test(hash)) return hash;
  }
  throw new Error(`the vendor's list of checksums does not name ${file}`);
}

const CHECKSUMS = `pulumi-${PULUMI_VERSION}-checksums.txt`;

/** Whether Pulumi can be downloaded here. */
export async function vendorAnswers(releases: string): Promise<boolean> {
  if (!archiveName(process.platform, process.arch)) return false;
  try {
    const response = await fetch(`${releases}/${CHECKSUMS}`, {
      method: "HEAD",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** Gets `url` into `file`. @returns the SHA-256 of what came; @throws if it fails or stalls */
async function download(url: string, file: string, note: (text: string) => void): Promise<string> {
  const stalled = new AbortController();
  const watch = setTimeout(
    () => stalled.abort(new Error(`no data for ${STALLED_AFTER_MS / 1000} s`)),
    STALLED_AFTER_MS,
  );
  try {
    const response = await fetch(url, { signal: stalled.signal });
    if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status}`);
    const total = Number(response.headers.get("content-length"));
    const hash = createHash("sha256");
    let bytes = 0;
    const count = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        watch.refresh();
        hash.update(chunk);
        bytes += chunk.length;
        note(`${Math.round(bytes / 1e6)} MB${total ? ` of ${Math.round(total / 1e6)} MB` : ""}`);
        next(undefined, chunk);
      },
    });
    const body = Readable.fromWeb(response.body as ReadableStream);
    await pipeline(body, count, createWriteStream(file), { signal: stalled.signal });
    return hash.digest("hex");
  } finally {
    clearTimeout(watch);
  }
}

const PROGRAMS = [GO_MODULES.pulumi.program, GO_MODULES["language-nodejs"].program];

/** Cache folder and programs of the vendor's release. */
export function releaseInCache(): Pick<Entry, "folderName" | "programs"> {
  const archive = archiveName(process.platform, process.arch) ?? "";
  return { folderName: `vendor-${archive.replace(/\.tar\.gz$/, "")}`, programs: PROGRAMS };
}

/** Pulumi's own release, pinned: archive and published checksum come from the vendor. */
export function downloadEntry(
  env: NodeJS.ProcessEnv,
  releases: string,
  note: (text: string) => void = () => {},
): Entry {
  const archive = archiveName(process.platform, process.arch) ?? "";
  return {
    ...releaseInCache(),
    make: async (folder) => {
      const list = await fetch(`${releases}/${CHECKSUMS}`, { signal: AbortSignal.timeout(STALLED_AFTER_MS) });
      if (!list.ok) throw new Error(`${list.url} answered ${list.status}`);
      const wanted = publishedChecksum(await list.text(), archive);
      const file = join(folder, archive);
      const found = await download(`${releases}/${archive}`, file, note);
      if (found !== wanted)
        throw new Error(
          `${archive} has SHA-256 ${found}, but the vendor publishes ${wanted}; the download is broken or was changed. Run the command again`,
        );
      const { code, output } = await runProgram("tar", ["-xzf", file, "-C", folder, "--strip-components=1"]);
      if (code !== 0) throw new Error(`unpacking ${archive} failed:\n${lastLines(output)}`);
      await rm(file);
    },
    prove: (folder) => proveProgram(join(folder, "pulumi"), GO_MODULES.pulumi.proof, env),
  };
}

/** Lets Pulumi fetch a plugin into its own plugin folder, its ordinary way. @throws with its output */
export async function installPlugin(name: string, version: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = ["plugin", "install", "resource", name, version];
  const { code, output, stopped } = await runProgram("pulumi", args, { env, timeoutSeconds: 600 });
  if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed: ${stopped ?? ""}\n${lastLines(output)}`);
}
