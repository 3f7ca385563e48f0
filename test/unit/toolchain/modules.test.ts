import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { obtain } from "../../../toolchain/cache.ts";
import { buildEntry, buildFolderName, findBuild, type GoModule } from "../../../toolchain/modules.ts";
import { pathWith, put, putScript, temporaryFolder } from "./support.ts";

const tool: GoModule = {
  name: "tool",
  program: "tool",
  proof: { args: ["--version"], says: /^v1\.2\.3$/m },
  coldBuildSeconds: 1,
};
const go = { program: "/usr/local/go/bin/go", version: "1.26.8" };

/** A module whose build writes a script; `body` is what that script does. */
function sourcesWith(body: string): string {
  const sources = temporaryFolder();
  put(join(sources, "tool/go.mod"), "module tool");
  put(join(sources, "tool/body"), `#!/bin/sh\n${body}\n`);
  put(join(sources, "tool/build.sh"), 'set -eu\ncp "$(dirname "$0")/body" "$1/tool"\nchmod +x "$1/tool"\n');
  return sources;
}

const build = (sources: string, changes: object = {}) =>
  buildEntry({ sources, module: tool, go, env: pathWith(sources), ...changes });

describe("the name of a build", () => {
  it("holds the hash of the sources, the target and the Go version", () => {
    const name = buildFolderName(tool, "0123456789abcdef0123", { os: "linux", arch: "arm64" }, "1.26.8");
    expect(name).toBe("tool-0123456789abcdef-linux-arm64-go1.26.8");
  });
});

describe("a module's build", () => {
  it("is kept and found again", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("echo v1.2.3")];
    expect(findBuild(cache, sources, tool, go)).toBeUndefined();
    const folder = await obtain(cache, build(sources));
    expect(findBuild(cache, sources, tool, go)).toBe(folder);
  });

  it("is not found after a source file changed, nor by another Go, nor for another target", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("echo v1.2.3")];
    await obtain(cache, build(sources));
    expect(findBuild(cache, sources, tool, { ...go, version: "1.27.0" })).toBeUndefined();
    expect(findBuild(cache, sources, tool, go, { os: "plan9", arch: "386" })).toBeUndefined();
    put(join(sources, "tool/go.mod"), "module tool // changed");
    expect(findBuild(cache, sources, tool, go)).toBeUndefined();
  });

  it.each([undefined, { ...go, version: "1.20.0" }])(
    "serves also where the Go found (%o) could not build it",
    async (other) => {
      const [cache, sources] = [temporaryFolder(), sourcesWith("echo v1.2.3")];
      const folder = await obtain(cache, build(sources));
      expect(findBuild(cache, sources, tool, other)).toBe(folder);
    },
  );

  it("is refused when the program says something else than it should", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("echo v9.9.9")];
    await expect(obtain(cache, build(sources))).rejects.toThrow(/its output does not match .*\n {4}v9\.9\.9/);
    expect(findBuild(cache, sources, tool, go)).toBeUndefined();
  });

  it("is refused when the program is killed", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("echo v1.2.3; kill -SEGV $$")];
    await expect(obtain(cache, build(sources))).rejects.toThrow("ended by SIGSEGV");
  });

  it("is not run for another machine, and gets the target's names", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("exit 1")];
    put(join(sources, "tool/build.sh"), 'echo "$GOOS $GOARCH" > "$1/tool"; chmod +x "$1/tool"');
    const target = { os: "plan9", arch: "386" };
    const folder = await obtain(cache, build(sources, { target }));
    expect(existsSync(join(folder, "tool"))).toBe(true);
  });

  it("says how it failed, with the end of its output", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("")];
    put(join(sources, "tool/build.sh"), "echo 'main.go:3: undefined: x' >&2; exit 7");
    await expect(obtain(cache, build(sources))).rejects.toThrow(
      "building tool from Go modules failed (exit code 7):\n    main.go:3: undefined: x",
    );
  });

  it("runs with the Go that was chosen first on PATH, and tells its lines", async () => {
    const [cache, sources] = [temporaryFolder(), sourcesWith("echo v1.2.3")];
    const program = putScript(join(sources, "go/bin/go"), "echo downloading");
    put(join(sources, "tool/build.sh"), 'go\ncp "$(dirname "$0")/body" "$1/tool"; chmod +x "$1/tool"');
    const lines: string[] = [];
    const onLine = (line: string) => lines.push(line);
    await obtain(cache, build(sources, { go: { program, version: "1.26.8" }, onLine }));
    expect(lines).toEqual(["downloading"]);
  });
});
