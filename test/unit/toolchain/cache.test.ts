import { readdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder, type Entry, findComplete, hashOfFolder, obtain } from "../../../toolchain/cache.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

function entry(changes: Partial<Entry> = {}): Entry {
  return {
    folderName: "tool-1",
    programs: ["tool"],
    make: async (folder) => {
      putScript(join(folder, "tool"), "echo tool");
    },
    prove: async () => {},
    ...changes,
  };
}

describe("the cache folder", () => {
  it("is under XDG_CACHE_HOME, else under the home folder's .cache", () => {
    expect(cacheFolder({ XDG_CACHE_HOME: "/x", HOME: "/home/a" })).toBe("/x/unityplan-nats");
    expect(cacheFolder({ XDG_CACHE_HOME: "", HOME: "/home/a" })).toBe("/home/a/.cache/unityplan-nats");
  });
});

describe("the hash of a module's folder", () => {
  it("stays the same while nothing changes", () => {
    const folder = temporaryFolder();
    put(join(folder, "main.go"), "package main");
    expect(hashOfFolder(folder)).toBe(hashOfFolder(folder));
  });

  it("changes with a file's content, its name, and a new file in a folder below", () => {
    const folder = temporaryFolder();
    const hashes = [hashOfFolder(folder)];
    const file = put(join(folder, "main.go"), "package main");
    hashes.push(hashOfFolder(folder));
    put(file, "package main // changed");
    hashes.push(hashOfFolder(folder));
    renameSync(file, join(folder, "other.go"));
    hashes.push(hashOfFolder(folder));
    put(join(folder, "cmd/gen/main.go"), "package main");
    hashes.push(hashOfFolder(folder));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it("does not change with prose and Go tests, which no program is made of", () => {
    const folder = temporaryFolder();
    put(join(folder, "main.go"), "package main");
    const before = hashOfFolder(folder);
    put(join(folder, "README.md"), "words");
    put(join(folder, "main_test.go"), "package main");
    expect(hashOfFolder(folder)).toBe(before);
  });
});

describe("a folder of the cache", () => {
  it("is found once it was made", async () => {
    const cache = temporaryFolder();
    expect(findComplete(cache, entry())).toBeUndefined();
    const folder = await obtain(cache, entry());
    expect(findComplete(cache, entry())).toBe(folder);
  });

  it("is made once by two that want it at the same time", async () => {
    const cache = temporaryFolder();
    let made = 0;
    const counting = entry({
      make: async (folder) => {
        made += 1;
        putScript(join(folder, "tool"), "echo tool");
      },
    });
    const folders = await Promise.all([obtain(cache, counting), obtain(cache, counting)]);
    expect(made).toBe(1);
    expect(folders[0]).toBe(folders[1]);
  });

  it("is not taken for finished without its list", async () => {
    const cache = temporaryFolder();
    const folder = await obtain(cache, entry());
    rmSync(join(folder, "complete.json"));
    expect(findComplete(cache, entry())).toBeUndefined();
  });

  it("is not taken for finished with a program cut short", async () => {
    const cache = temporaryFolder();
    const folder = await obtain(cache, entry());
    truncateSync(join(folder, "tool"), 3);
    expect(findComplete(cache, entry())).toBeUndefined();
  });

  it("is not taken for finished with a list cut short", async () => {
    const cache = temporaryFolder();
    const folder = await obtain(cache, entry());
    truncateSync(join(folder, "complete.json"), 5);
    expect(findComplete(cache, entry())).toBeUndefined();
  });

  it("is not taken for finished where a program is not in the list", async () => {
    const cache = temporaryFolder();
    const folder = await obtain(cache, entry());
    putScript(join(folder, "second"), "echo");
    expect(findComplete(cache, entry({ programs: ["tool", "second"] }))).toBeUndefined();
  });

  it("is made anew in place of a broken one", async () => {
    const cache = temporaryFolder();
    const folder = await obtain(cache, entry());
    truncateSync(join(folder, "tool"), 3);
    expect(await obtain(cache, entry())).toBe(folder);
    expect(findComplete(cache, entry())).toBe(folder);
  });

  it.each([
    ["making it fails", { make: async () => Promise.reject(new Error("no disk")) }, "no disk"],
    [
      "its program does not work",
      { prove: async () => Promise.reject(new Error("it crashed")) },
      "it crashed",
    ],
    ["its program was not made", { make: async () => {} }, "tool-1: tool was not made"],
    [
      "its program is not executable",
      { make: async (folder: string) => writeFileSync(join(folder, "tool"), "") },
      "tool-1: tool was not made",
    ],
  ])("leaves nothing behind when %s", async (_case, broken, message) => {
    const cache = temporaryFolder();
    await expect(obtain(cache, entry(broken))).rejects.toThrow(message);
    expect(readdirSync(join(cache, "tools"))).toEqual([]);
    expect(readdirSync(join(cache, "locks"))).toEqual([]);
  });

  it("is not what a killed set-up left half made, which goes with the next build", async () => {
    const cache = temporaryFolder();
    const halfMade = (name: string) => putScript(join(cache, "tools", name, "tool"), "echo");
    halfMade(".making-tool-1-00000000");
    halfMade(".making-another-1-00000000");
    halfMade(".making-old-1-00000000");
    const twoDaysAgo = Date.now() / 1000 - 48 * 3600;
    utimesSync(join(cache, "tools/.making-old-1-00000000"), twoDaysAgo, twoDaysAgo);
    expect(findComplete(cache, entry())).toBeUndefined();
    await obtain(cache, entry());
    expect(readdirSync(join(cache, "tools")).sort()).toEqual([".making-another-1-00000000", "tool-1"]);
  });
});
