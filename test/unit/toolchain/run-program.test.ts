import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findOnPath, lastLines, runProgram } from "../../../toolchain/run-program.ts";
import { put, putScript, temporaryFolder } from "./support.ts";

const sh = (script: string, options = {}) => runProgram("sh", ["-c", script], options);

describe("running a program", () => {
  it("gives its exit code, all it said, and its standard output apart", async () => {
    const outcome = await sh("echo out; echo err >&2; exit 3");
    expect(outcome).toEqual({ code: 3, output: expect.stringMatching(/out/), stdout: "out\n" });
    expect(outcome.output).toContain("err");
  });

  it("tells its lines as they come", async () => {
    const lines: string[] = [];
    await sh("printf 'one\\ntw'; printf 'o\\n'", { onLine: (line: string) => lines.push(line) });
    expect(lines).toEqual(["one", "two"]);
  });

  it("hands over its input", async () => {
    expect((await sh("cat", { input: Buffer.from("words") })).stdout).toBe("words");
  });

  it("survives a program that does not read its input", async () => {
    expect((await sh("exit 0", { input: Buffer.alloc(1e6) })).code).toBe(0);
  });

  it("says so where there is no such program", async () => {
    const outcome = await runProgram("/no/such/program", []);
    expect(outcome).toMatchObject({ code: undefined, stopped: expect.stringContaining("ENOENT") });
  });

  it("ends a program after its time", async () => {
    const outcome = await sh("exec sleep 60", { timeoutSeconds: 0.05 });
    expect(outcome).toMatchObject({ code: undefined, stopped: "ended after 0.05 s" });
  });

  it("ends a program that says nothing at first, and lets one go on that does", async () => {
    const silent = await sh("exec sleep 60", { firstLineWithinSeconds: 0.05 });
    expect(silent.stopped).toBe("no answer within 0.05 s");
    const talking = await sh("echo hello; read line; exit 0", { firstLineWithinSeconds: 30 });
    expect(talking.code).toBe(0);
  });
});

describe("finding a program", () => {
  it("takes the first executable file on PATH, no folder and no plain file", () => {
    const folder = temporaryFolder();
    put(join(folder, "a/tool/file"), "");
    put(join(folder, "b/tool"), "");
    const file = putScript(join(folder, "c/tool"), "");
    putScript(join(folder, "d/tool"), "");
    const PATH = ["a", "b", "c", "d"].map((name) => join(folder, name)).join(":");
    expect(findOnPath("tool", { PATH })).toBe(file);
    expect(findOnPath("other", { PATH })).toBeUndefined();
    expect(findOnPath("tool", {})).toBeUndefined();
  });
});

describe("the last lines", () => {
  it("are indented, and no more than asked for", () => {
    expect(lastLines("one\ntwo\nthree\n", 2)).toBe("    two\n    three");
  });
});
