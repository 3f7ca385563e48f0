import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workflowCheck } from "../../../operations/check/workflows.ts";
import { provideActionlint } from "../../../toolchain/actionlint.ts";
import { ACTIONLINT_VERSION, GO_MODULES } from "../../../toolchain/modules.ts";
import { createReport } from "../../../toolchain/report.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

/** A machine with a stand-in for Go, and a module that "builds" in no time. */
function machine(goVersion: string) {
  const project = temporaryFolder();
  put(
    join(project, "toolchain/go/actionlint/build.sh"),
    `echo built >> ${project}/built; printf '#!/bin/sh\\necho ${ACTIONLINT_VERSION}\\n' > "$1/actionlint"; chmod +x "$1/actionlint"`,
  );
  putScript(join(project, "bin/go"), `echo go version go${goVersion} linux/amd64`);
  const lines: string[] = [];
  const setting = {
    project,
    cache: join(project, "cache"),
    env: pathWith(join(project, "bin")),
    report: createReport({ write: (text) => lines.push(text) }),
  };
  return { project, setting, lines };
}

describe("the linter of workflows", () => {
  it("is built once and then found", async () => {
    const { project, setting, lines } = machine("1.26.8");
    const first = await provideActionlint(setting);
    expect(first).toEqual({ program: expect.stringMatching(/\/tools\/actionlint-.*\/actionlint$/) });
    expect(lines[0]).toMatch(/^\[1\/1\] building actionlint from Go modules \(about /);
    lines.length = 0;
    expect(await provideActionlint(setting)).toEqual(first);
    expect(lines).toEqual([]);
    expect(readFileSync(join(project, "built"), "utf8")).toBe("built\n");
  });

  it.each([
    [ACTIONLINT_VERSION, true],
    ["1.7.11", false],
  ])("that is installed as %s is taken: %s", async (version, taken) => {
    const { project, setting } = machine("1.26.8");
    const installed = putScript(join(project, "bin/actionlint"), `[ "$1" = -version ] && echo ${version}`);
    const found = await provideActionlint(setting);
    expect("program" in found && found.program === installed).toBe(taken);
    expect(existsSync(join(project, "built"))).toBe(!taken);
  });

  it("is not there where Go is too old to build it, and the answer says what to do", async () => {
    const { setting } = machine("1.22.1");
    const found = await provideActionlint(setting);
    expect(found).toEqual({
      problem: expect.stringMatching(/^Go 1\.26 or newer is needed to build actionlint/),
    });
  });

  it("is of the version that its module is pinned to", () => {
    const folder = join(import.meta.dirname, "../../../toolchain/go", GO_MODULES.actionlint.name);
    const module = readFileSync(join(folder, "go.mod"), "utf8");
    expect(module).toContain(`require github.com/rhysd/actionlint v${ACTIONLINT_VERSION}\n`);
    expect(readFileSync(join(folder, "build.sh"), "utf8")).toContain(`version=${ACTIONLINT_VERSION}"`);
  });
});

describe("the check of workflows", () => {
  const none = { problem: "no Go was found" };

  it("says the same on every machine: what else is installed there has no say", () => {
    expect(workflowCheck({ program: "/actionlint" }, undefined)).toEqual({
      program: "/actionlint",
      args: ["-shellcheck=", "-pyflakes="],
    });
  });

  it("is left out in words where there is no linter", () => {
    expect(workflowCheck(none, undefined)).toEqual({
      says: "Workflows were not checked. Everything else was checked.\nno Go was found",
      code: 0,
    });
  });

  it("fails in CI where there is no linter", () => {
    expect(workflowCheck(none, "true")).toMatchObject({
      code: 1,
      says: expect.stringContaining("CI is set"),
    });
  });
});
