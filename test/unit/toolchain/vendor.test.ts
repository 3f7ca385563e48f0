import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { findComplete, obtain } from "../../../toolchain/cache.ts";
import { PULUMI_VERSION } from "../../../toolchain/modules.ts";
import { tarArchive } from "../../../toolchain/tar.ts";
import { archiveName, downloadEntry, publishedChecksum, vendorAnswers } from "../../../toolchain/vendor.ts";
import { temporaryFolder } from "./support.ts";

const hashOf = (content: Uint8Array) => createHash("sha256").update(content).digest("hex");
const env = { PATH: "/usr/bin:/bin" };

function release(says = `v${PULUMI_VERSION}`): Buffer {
  const script = (text: string) => Buffer.from(`#!/bin/sh\n${text}\n`);
  return gzipSync(
    tarArchive([
      { name: "pulumi/pulumi", content: script(`echo ${says}`), mode: 0o755 },
      { name: "pulumi/pulumi-language-nodejs", content: script(""), mode: 0o755 },
    ]),
  );
}

/** A stand-in for the vendor's site on loopback; a path that it does not know is answered with 404. */
async function site(files: Record<string, { content: Uint8Array; claimedLength?: number }>): Promise<string> {
  const server = createServer((request, response) => {
    const file = files[(request.url ?? "").slice(1)];
    if (!file) return response.writeHead(404).end();
    response.writeHead(200, { "content-length": file.claimedLength ?? file.content.length });
    if (request.method === "HEAD") return response.end();
    response.write(file.content, () => {
      if (file.claimedLength === undefined) response.end();
      else response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const archive = archiveName(process.platform, process.arch) ?? "";
const checksums = `pulumi-${PULUMI_VERSION}-checksums.txt`;
const listFor = (content: Uint8Array) => ({ content: Buffer.from(`${hashOf(content)}  ${archive}\n`) });

describe("the vendor's archive", () => {
  it("is named after the platform, where there is one for it", () => {
    expect(archiveName("linux", "x64")).toBe(`pulumi-v${PULUMI_VERSION}-linux-x64.tar.gz`);
    expect(archiveName("darwin", "arm64")).toBe(`pulumi-v${PULUMI_VERSION}-darwin-arm64.tar.gz`);
    expect(archiveName("freebsd", "x64")).toBeUndefined();
  });

  it("has its checksum in the vendor's list", () => {
    const [first, second] = ["a".repeat(64), "b".repeat(64)];
    const list = `${first}  one.tar.gz\n${second}  two.tar.gz\n`;
    expect(publishedChecksum(list, "two.tar.gz")).toBe(second);
  });

  it.each(["", "<html>blocked</html>", "abc  two.tar.gz"])("is refused without a checksum: %j", (list) => {
    expect(() => publishedChecksum(list, "two.tar.gz")).toThrow("does not name two.tar.gz");
  });
});

describe("the vendor", () => {
  it("answers where its list can be had", async () => {
    expect(await vendorAnswers(await site({ [checksums]: listFor(release()) }))).toBe(true);
  });

  it("does not answer where it can't be had, or nothing listens", async () => {
    expect(await vendorAnswers(await site({}))).toBe(false);
    expect(await vendorAnswers("http://127.0.0.1:1")).toBe(false);
  });
});

describe("a download", () => {
  const get = async (files: Parameters<typeof site>[0]) => {
    const cache = temporaryFolder();
    const notes: string[] = [];
    const entry = downloadEntry(env, await site(files), (text) => notes.push(text));
    return { cache, entry, notes, folder: obtain(cache, entry) };
  };

  it("is unpacked without the archive, and tells how much came", async () => {
    const content = release();
    const { cache, entry, notes, folder } = await get({
      [checksums]: listFor(content),
      [archive]: { content },
    });
    expect(readdirSync(await folder).sort()).toEqual(["complete.json", "pulumi", "pulumi-language-nodejs"]);
    expect(findComplete(cache, entry)).toBe(await folder);
    expect(notes.at(-1)).toMatch(/^\d+ MB/);
  });

  it.each([
    [
      "its checksum is another",
      { [checksums]: listFor(Buffer.from("other")), [archive]: { content: release() } },
      "the vendor publishes",
    ],
    [
      "it breaks off",
      { [checksums]: listFor(release()), [archive]: { content: release(), claimedLength: 1e6 } },
      "",
    ],
    ["it is not there", { [checksums]: listFor(release()) }, "answered 404"],
    [
      "it says another version",
      { [checksums]: listFor(release("v1.0.0")), [archive]: { content: release("v1.0.0") } },
      "does not match",
    ],
  ])("leaves nothing behind when %s", async (_case, files, message) => {
    const { cache, folder } = await get(files);
    await expect(folder).rejects.toThrow(message);
    expect(readdirSync(join(cache, "tools"))).toEqual([]);
  });
});
