import { existsSync, rmSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isNatsInstalled } from "../../../toolchain/nats.ts";
import { findInstalled, parseVersion } from "../../../toolchain/versions.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

function look(folder: string, wanted: { atLeast: string } | { exactly: string }) {
  const cache = join(folder, "cache");
  return findInstalled({ cache, env: pathWith(folder), program: "tool", versionArgs: ["version"], wanted });
}

describe("a version in what a program says", () => {
  it.each([
    ["v3.259.0\n", "3.259.0"],
    ["nats-server: v2.15.1\n", "2.15.1"],
    ["0.3.0", "0.3.0"],
    ["development", undefined],
  ])("%j is %s", (output, version) => {
    expect(parseVersion(output)).toBe(version);
  });
});

describe("an installed program", () => {
  it.each([
    ["3.259.0", true],
    ["3.270.1", true],
    ["3.258.9", false],
  ])("of version %s is taken where 3.259.0 is the least: %s", async (version, taken) => {
    const folder = temporaryFolder();
    const file = putScript(join(folder, "tool"), `echo v${version}`);
    expect(await look(folder, { atLeast: "3.259.0" })).toBe(taken ? file : undefined);
  });

  it("of a newer version is not taken where one is wanted exactly", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "tool"), "echo 2.16.0");
    expect(await look(folder, { exactly: "2.15.1" })).toBeUndefined();
    expect(await look(folder, { exactly: "2.16.0" })).toBe(join(folder, "tool"));
  });

  it("is not taken where it fails, says no version, or is not there", async () => {
    const folder = temporaryFolder();
    expect(await look(folder, { atLeast: "1.0.0" })).toBeUndefined();
    putScript(join(folder, "tool"), "echo 1.2.3; exit 1");
    expect(await look(folder, { atLeast: "1.0.0" })).toBeUndefined();
    putScript(join(folder, "tool"), "echo hello");
    expect(await look(folder, { atLeast: "1.0.0" })).toBeUndefined();
  });

  it("is asked once, and again only after it changed", async () => {
    const folder = temporaryFolder();
    const ran = join(folder, "ran");
    const file = putScript(join(folder, "tool"), `touch ${ran}; echo 1.2.3`);
    await look(folder, { atLeast: "1.0.0" });
    rmSync(ran);
    expect(await look(folder, { atLeast: "1.0.0" })).toBe(file);
    expect(existsSync(ran)).toBe(false);
    utimesSync(file, 1, 1);
    await look(folder, { atLeast: "1.0.0" });
    expect(existsSync(ran)).toBe(true);
  });

  it("is asked anew where the list of answers is broken", async () => {
    const folder = temporaryFolder();
    put(join(folder, "cache/versions.json"), '{"half');
    const file = putScript(join(folder, "tool"), "echo 1.2.3");
    expect(await look(folder, { atLeast: "1.0.0" })).toBe(file);
  });
});

describe("the NATS programs", () => {
  it.each([
    ["nats", "v0.4.1", true],
    ["nats", "v0.2.4", false],
    ["nats-server", "nats-server: v2.15.1", true],
    ["nats-server", "nats-server: v2.15.2", false],
  ] as const)("%s that says %j is taken: %s", async (name, says, taken) => {
    const folder = temporaryFolder();
    putScript(join(folder, name), `[ "$1" = --version ] && echo '${says}'`);
    expect(await isNatsInstalled(name, join(folder, "cache"), pathWith(folder))).toBe(taken);
  });
});
