import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findGo, goProblem, isNewEnough, parseGoVersion } from "../../../toolchain/go.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

describe("a Go version", () => {
  it.each([
    ["go version go1.26.8 linux/amd64", "1.26.8"],
    ["go1.26.8\ntime 2026-01-01T00:00:00Z\n", "1.26.8"],
    ["go version go1.27rc1 linux/arm64", "1.27rc1"],
    ["go version go1.26 darwin/arm64", "1.26"],
    ["go version devel linux/amd64", undefined],
  ])("is read from %j", (text, version) => {
    expect(parseGoVersion(text)).toBe(version);
  });

  it.each([
    ["1.26", true],
    ["1.26.0", true],
    ["1.26.8", true],
    ["1.27rc1", true],
    ["2.0", true],
    ["1.25.9", false],
    ["1.9.9", false],
    ["unknown", false],
  ])("%s against 1.26: %s", (version, enough) => {
    expect(isNewEnough(version, "1.26")).toBe(enough);
  });

  it("is compared number by number to the last place", () => {
    expect(isNewEnough("3.259.0", "3.259.0")).toBe(true);
    expect(isNewEnough("3.258.10", "3.259.0")).toBe(false);
    expect(isNewEnough("0.3.1", "0.3.0")).toBe(true);
    expect(isNewEnough("0.3", "0.3.1")).toBe(false);
  });
});

describe("the Go on this machine", () => {
  it("tells its version by the file in its tree, without being started", async () => {
    const folder = temporaryFolder();
    put(join(folder, "tree/VERSION"), "go1.26.3\n");
    putScript(join(folder, "tree/bin/go"), "exit 1");
    put(join(folder, "bin/other"), "");
    symlinkSync(join(folder, "tree/bin/go"), join(folder, "bin/go"));
    expect(await findGo({ PATH: join(folder, "bin") })).toEqual({
      program: join(folder, "bin/go"),
      version: "1.26.3",
    });
  });

  it("is asked for its version where there is no such file", async () => {
    const folder = temporaryFolder();
    putScript(join(folder, "bin/go"), 'echo "go version go1.24.1 linux/amd64"');
    expect((await findGo({ PATH: join(folder, "bin") }))?.version).toBe("1.24.1");
  });
});

describe("what is said of Go", () => {
  const needed = ["pulumi", "pulumi-resource-docker"];

  it("is nothing where it is new enough", () => {
    expect(goProblem({ program: "/go", version: "1.26.8" }, needed)).toBeUndefined();
  });

  it("names the version found, where it is, what is needed and what for, all at once", () => {
    const problem = goProblem({ program: "/usr/bin/go", version: "1.24.3" }, needed);
    expect(problem).toContain("Go 1.26 or newer is needed to build pulumi, pulumi-resource-docker");
    expect(problem).toContain("the Go on this machine is 1.24.3 (/usr/bin/go)");
    expect(problem).toContain("Install Go");
  });

  it("says so where there is none", () => {
    expect(goProblem(undefined, needed)).toContain("no Go was found on PATH");
  });
});
